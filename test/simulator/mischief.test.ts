import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Mischief, type MischiefRates } from '../../simulator/platforms/mischief.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const rates = fc.record<MischiefRates>({
  ...{ lost: share, doubled: share, reordered: share, late: share, delayMs: fc.nat(600_000) },
  ...{ gatewayTimeout: share, rateLimited: share, slow: share, garbage: share, cut: share },
  ...{ cutAfterEffect: share, tokenExpired: share, regressed: share },
})
const seed = fc.string({ minLength: 1, maxLength: 10 })
const EVENTS = 200

const befalls = (seed: string, name: string, rates: MischiefRates) => {
  const mischief = new Mischief(seed, name)
  mischief.change(rates)
  const pushes = Array.from({ length: EVENTS }, () => mischief.nextPush())
  const calls = Array.from({ length: EVENTS }, () => mischief.nextCall())
  return { pushes, calls }
}

test('the same seed brings the same mischief on each platform, however calls and pushes mix', () => {
  fc.assert(
    fc.property(seed, rates, fc.array(fc.boolean(), { maxLength: EVENTS }), (seed, rates, isPush) => {
      const { pushes, calls } = befalls(seed, 'taobao', rates)
      const mixed = new Mischief(seed, 'taobao')
      mixed.change(rates)
      for (const push of isPush) {
        const { pushes: told, calls: asked } = mixed.counts()
        if (push) expect(mixed.nextPush()).toEqual(pushes[told])
        else expect(mixed.nextCall()).toBe(calls[asked])
      }
    }),
  )
})

test('another seed or another platform has mischief of its own', () => {
  const half = { lost: 0.5, cut: 0.5 }
  const { pushes, calls } = befalls('seed', 'taobao', half)
  for (const other of [befalls('another', 'taobao', half), befalls('seed', 'jd', half)]) {
    expect(other.pushes).not.toEqual(pushes)
    expect(other.calls).not.toEqual(calls)
  }
})

test('nothing goes wrong without being asked for, and everything where it always does', () => {
  expect(befalls('seed', 'jd', {})).toEqual({
    pushes: Array(EVENTS).fill([0]),
    calls: Array(EVENTS).fill('ok'),
  })
  const always = befalls('seed', 'jd', { lost: 1, cutAfterEffect: 1 })
  expect(always).toEqual({ pushes: Array(EVENTS).fill([]), calls: Array(EVENTS).fill('cutAfterEffect') })
  expect(befalls('seed', 'jd', { late: 1, delayMs: 70 }).pushes).toEqual(Array(EVENTS).fill([70]))
  expect(befalls('seed', 'jd', { doubled: 1 }).pushes.every((copies) => copies.length === 2)).toBe(true)
})
