import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto'

/** What a parameter of a call may be; `bigint` is a number of any length, as the platform writes its ids. */
export type Param = string | number | bigint | boolean | null | Param[] | { [name: string]: Param }

/**
 * `param_json`: keys sorted at every depth, no blanks, nothing escaped that JSON does not demand. These bytes are signed and
 * these bytes are sent.
 */
export function paramJson(value: Param): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(paramJson).join(',')}]`
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${paramJson(part)}`)
  return `{${members.join(',')}}`
}

/** Sent beside the signature, but no part of what is signed. */
const UNSIGNED: ReadonlySet<string> = new Set(['sign', 'sign_method', 'access_token'])

export type SignMethod = 'hmac-sha256' | 'md5'

/**
 * `sign` of a request: lower hex of HMAC-SHA256 under the secret (or MD5) over the secret, every parameter's name and value by
 * name, and the secret again.
 */
export function signRequest(
  params: Readonly<Record<string, string>>,
  secret: string,
  method: SignMethod = 'hmac-sha256',
): string {
  const pairs = Object.keys(params)
    .filter((name) => !UNSIGNED.has(name))
    .sort()
    .map((name) => `${name}${params[name]}`)
  const text = `${secret}${pairs.join('')}${secret}`
  return method === 'md5'
    ? createHash('md5').update(text).digest('hex')
    : createHmac('sha256', secret).update(text).digest('hex')
}

/** `event-sign` of a push: hex MD5 over the app's key, the bytes as they came, and the app's secret. */
export function signEvent(appKey: string, body: string | Uint8Array, secret: string): string {
  return createHash('md5').update(appKey).update(body).update(secret).digest('hex')
}

/** Whether `event-sign` is right, in a time that does not depend on how wrong it is. Upper or lower case. */
export function isEventSigned(appKey: string, body: Uint8Array, secret: string, signature: string): boolean {
  if (!/^[0-9a-f]{32}$/i.test(signature)) return false
  const signed = Buffer.concat([Buffer.from(appKey), body, Buffer.from(secret)])
  return timingSafeEqual(hash('md5', signed, 'buffer'), Buffer.from(signature, 'hex'))
}
