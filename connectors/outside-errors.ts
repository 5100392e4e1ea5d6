/** An outside system said no: asking again with the same words would get the same answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** An outside system did not answer, or not sensibly: asking again is right. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** An outside system asks for patience. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** The access token is no longer good: refresh it, then ask again. */
export class TokenExpiredError extends Error {
  override readonly name = 'TokenExpiredError'
}
