import { createHmac } from 'node:crypto'

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

/** A slow neighbour may not hold a worker's slot longer than this. */
const TIMEOUT_MS = 8_000
/**
 * Answers below 500 that say "not now" rather than "no". 401 is one of them: keys are rotated on two sides, never at the
 * same moment, and money must not be given up because of it.
 */
const RETRYABLE: ReadonlySet<number> = new Set([401, 408, 425, 429])
const MAX_ANSWER_BYTES = 1024 * 1024

export type OutsideHttp = {
  /** Sends JSON and reads JSON. `idempotencyKey` makes a repeated call the same call. */
  request: (call: {
    method: 'GET' | 'POST'
    path: string
    body?: object
    idempotencyKey?: string
  }) => Promise<unknown>
}

/**
 * Signed JSON over HTTP, as the warehouse gateway, the payment provider and the courier gateway speak it:
 * `x-hub-signature: v1=` HMAC-SHA256 over `timestamp.method.path.body`, hex.
 *
 * @throws RefusedError for 4xx except the few that ask for patience; UnreachableError for everything else that is not 2xx
 */
export function createOutsideHttp(baseUrl: string, secret: string): OutsideHttp {
  return {
    request: async ({ method, path, body, idempotencyKey }) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = createHmac('sha256', secret)
        .update(`${timestamp}.${method}.${path}.${text}`)
        .digest('hex')
      const headers: Record<string, string> = {
        'x-hub-timestamp': timestamp,
        'x-hub-signature': `v1=${signature}`,
      }
      if (body !== undefined) headers['content-type'] = 'application/json'
      if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
      const answer = await send(new URL(path, baseUrl), {
        method,
        headers,
        ...(body === undefined ? {} : { body: text }),
      })
      if (answer.status >= 200 && answer.status < 300) return parse(answer.text)
      const retryable = answer.status >= 500 || RETRYABLE.has(answer.status)
      const message = `${method} ${path} answered ${answer.status}`
      throw retryable ? new UnreachableError(message) : new RefusedError(answer.status, message)
    },
  }
}

async function send(url: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    if (text.length > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    return { status: response.status, text }
  } catch (error) {
    throw new UnreachableError(
      `${init.method} ${url.pathname}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    throw new UnreachableError('the answer is not JSON')
  }
}
