import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSigned, type SignedCall } from '../../simulator/signature.ts'

const secret = 'a secret that both sides know, and nobody else'
const nowMs = Date.parse('2026-03-01T08:00:00Z')

function signed(change: Partial<SignedCall> = {}, signedAtMs = nowMs, key = secret): SignedCall {
  const call = { method: 'POST', path: '/payment/refunds', body: Buffer.from('{"退款":1}') }
  const timestamp = String(Math.floor(signedAtMs / 1_000))
  const signature = createHmac('sha256', key)
    .update(`${timestamp}.${call.method}.${call.path}.${call.body.toString('utf8')}`)
    .digest('hex')
  return { ...call, timestamp, signature: `v1=${signature}`, ...change }
}

test('a call signed with the shared secret passes', () => {
  expect(isSigned(signed(), secret, nowMs)).toBe(true)
})

test.each<[string, SignedCall]>([
  ['another secret', signed({}, nowMs, 'another secret, as long as the first one is')],
  ['another method', signed({ method: 'GET' })],
  ['another path', signed({ path: '/payment/refunds?x=1' })],
  ['another body', signed({ body: Buffer.from('{"退款":2}') })],
  ['another time', signed({ timestamp: String(nowMs / 1_000 + 1) })],
  ['no signature', signed({ signature: undefined })],
  ['no time', signed({ timestamp: undefined })],
  ['an unknown scheme', signed({ signature: signed().signature?.replace('v1', 'v2') })],
  ['half a signature', signed({ signature: signed().signature?.slice(0, 40) })],
  ['a time that is no number', signed({ timestamp: 'yesterday' })],
  ['a time more than five minutes ago', signed({}, nowMs - 301_000)],
  ['a time more than five minutes ahead', signed({}, nowMs + 301_000)],
])('a call with %s is refused', (_, call) => {
  expect(isSigned(call, secret, nowMs)).toBe(false)
})

test('a call of four minutes ago still passes', () => {
  expect(isSigned(signed({}, nowMs - 240_000), secret, nowMs)).toBe(true)
})
