import { createHmac } from 'node:crypto'
import { httpCall } from './http-call.ts'
import { RefusedError, UnreachableError } from './outside-errors.ts'

/**
 * Answers below 500 that say "not now" rather than "no". 401 is one of them: keys are rotated on two sides, never at the
 * same moment, and money must not be given up because of it.
 */
const RETRYABLE: ReadonlySet<number> = new Set([401, 408, 425, 429])

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
      const answer = await httpCall(new URL(path, baseUrl), {
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

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    throw new UnreachableError('the answer is not JSON')
  }
}
