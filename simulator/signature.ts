import { createHmac, timingSafeEqual } from 'node:crypto'

/** A call that was recorded and sent again later is refused after this. */
const TOLERANCE_MS = 5 * 60_000

export type SignedCall = {
  method: string
  /** With the query, exactly as it stands in the request line. */
  path: string
  body: Buffer
  /** `x-hub-timestamp`: seconds since 1970. */
  timestamp: string | undefined
  /** `x-hub-signature`: `v1=` and the HMAC-SHA256 over `timestamp.method.path.body` in hex. */
  signature: string | undefined
}

/** Whether the hub made this call: the words of our own, so that a mistake in the hub's signing shows. */
export function isSigned(call: SignedCall, secret: string, nowMs: number): boolean {
  const { method, path, body, timestamp, signature } = call
  if (timestamp === undefined || !/^[0-9]{1,12}$/.test(timestamp)) return false
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > TOLERANCE_MS) return false
  const [, hex] = /^v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? []
  if (hex === undefined) return false
  const expected = createHmac('sha256', secret)
    .update(`${timestamp}.${method}.${path}.`)
    .update(body)
    .digest()
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'))
}
