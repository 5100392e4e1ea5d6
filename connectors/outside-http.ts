import { createHmac } from 'node:crypto'
import { type HttpAnswer, httpCall } from './http-call.ts'
import { RefusedError, UnreachableError } from './outside-errors.ts'

/**
 * Answers below 500 that say "not now" rather than "no". 401 is one of them: keys are rotated on two sides, never at the
 * same moment, and money must not be given up because of it.
 */
const RETRYABLE: ReadonlySet<number> = new Set([401, 408, 425, 429])

/** Whether a status that is not 2xx may be another one a while later. */
export function mayPass(status: number): boolean {
  return status >= 500 || RETRYABLE.has(status)
}

type SignedRequest = {
  method: 'GET' | 'POST'
  /** Absolute, as it is signed. */
  path: string
  body?: object
  /** Makes a repeated call the same call. */
  idempotencyKey?: string
  timeoutMs?: number
}
export type SignedCall = (request: SignedRequest) => Promise<HttpAnswer>

/**
 * Signed JSON over HTTP: `x-hub-signature: v1=` HMAC-SHA256 over `timestamp.method.path.body`, hex. Every answer is
 * returned, whatever its status.
 *
 * @throws UnreachableError when no whole answer came
 */
export function createSignedCall(baseUrl: string, secret: string): SignedCall {
  const { origin } = new URL(baseUrl)
  return async ({ method, path, body, idempotencyKey, timeoutMs }) => {
    const url = new URL(path, baseUrl)
    // "//elsewhere/" is a path of another host.
    if (url.origin !== origin) throw new Error(`${path} leads away from ${origin}`)
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
    return httpCall(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: text }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }
}

export type OutsideHttp = {
  /** Sends JSON and reads JSON. `idempotencyKey` makes a repeated call the same call. */
  request: (call: SignedRequest) => Promise<unknown>
}

/**
 * Signed JSON as the warehouse gateway, the payment provider and the courier gateway speak it.
 *
 * @throws RefusedError for 4xx except the few that ask for patience; UnreachableError for everything else that is not 2xx
 */
export function createOutsideHttp(baseUrl: string, secret: string): OutsideHttp {
  const call = createSignedCall(baseUrl, secret)
  return {
    request: async (request) => {
      const answer = await call(request)
      if (answer.status >= 200 && answer.status < 300) return parse(answer.text)
      const message = `${request.method} ${request.path} answered ${answer.status}`
      throw mayPass(answer.status) ? new UnreachableError(message) : new RefusedError(answer.status, message)
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
