import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type HubFact,
  isTrustworthy,
  judgeSnapshot,
  type OnHandFallsAt,
  onHandRange,
} from '../../domain/wms-snapshot.ts'
import { WarehouseModel } from '../support/wms-model.ts'

const MODES = ['pick', 'pack', 'dispatch'] as const satisfies OnHandFallsAt[]
const timing = { clockToleranceMs: 5_000, reportDelayMs: 60_000 }
const T = 1_800_000_000_000

const move = fc.record({
  kind: fc.constantFrom(
    'order',
    'order',
    'receive',
    'lose',
    'enter',
    'write-off',
    'snapshot',
    'snapshot',
    'apply',
    'apply',
    'wait',
  ),
  units: fc.integer({ min: 1, max: 9 }),
  chance: fc.integer({ min: 0, max: 0xffff_ffff }),
})

describe.each(MODES)('a WMS whose on-hand falls at %s', (fallsAt) => {
  test('snapshots of random age between random movements never raise available above physical − committed', () => {
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 5, maxLength: 80 }),
        fc.integer({ min: -timing.clockToleranceMs, max: timing.clockToleranceMs }),
        (moves, clockSkewMs) => {
          const model = new WarehouseModel(fallsAt, timing, clockSkewMs)
          for (const each of moves) model.play(each)
          expect(model.raisedTooHigh).toEqual([])
          expect(model.neverPromised).toEqual([])
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('once all reports are in, a snapshot makes the hub’s number exactly what is there', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const model = new WarehouseModel(fallsAt, timing, 0)
        for (const each of moves) model.play(each)
        model.rest()
        expect(model.applyFresh()).toBe(model.physical)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the range that a snapshot stands for', () => {
  const snapshot = { onHand: 100, asOfMs: T }
  const range = (facts: HubFact[], fallsAt: OnHandFallsAt = 'pack', at = snapshot) =>
    onHandRange(at, facts, fallsAt, timing)
  const ship = (offsetMs: number, more: { pickedAtMs?: number; leftAtMs?: number } = {}): HubFact => ({
    kind: 'ship',
    units: 7,
    heardAtMs: T + offsetMs,
    pickedAtMs: more.pickedAtMs ?? null,
    leftAtMs: more.leftAtMs ?? null,
  })

  test('shipped before T is in the number, shipped after T comes off, and in between it may be either', () => {
    expect(range([ship(-5_000)])).toEqual({ least: 100, most: 100 })
    expect(range([ship(65_001)])).toEqual({ least: 93, most: 93 })
    expect(range([ship(0)])).toEqual({ least: 93, most: 100 })
  })

  test('packed units that have not left yet are subtracted where on-hand falls at dispatch', () => {
    expect(range([ship(-60_000)], 'dispatch').least).toBe(93)
    expect(range([ship(-60_000, { leftAtMs: T - 6_000 })], 'dispatch')).toEqual({ least: 100, most: 100 })
  })

  test('picked units that are still to be packed are added where on-hand falls at pick', () => {
    const picked: HubFact = { kind: 'pick', units: 7, state: 'picked', pickedAtMs: T - 5_000 }
    expect(range([picked], 'pick')).toEqual({ least: 107, most: 107 })
    expect(range([{ ...picked, pickedAtMs: T + 70_000 }], 'pick')).toEqual({ least: 100, most: 100 })
    expect(range([picked], 'dispatch')).toEqual({ least: 100, most: 100 })
  })

  test('units entered in the hub after T are kept, but are no reason to raise', () => {
    expect(range([{ kind: 'other', units: 7, heardAtMs: T + 90_000 }])).toEqual({ least: 100, most: 107 })
    expect(range([{ kind: 'other', units: -7, heardAtMs: T + 90_000 }])).toEqual({ least: 93, most: 93 })
  })

  test('without a time there is no lower end', () => {
    expect(range([ship(0)], 'pack', { onHand: 100, asOfMs: Number.NaN })).toBeDefined()
    expect(onHandRange({ onHand: 100, asOfMs: null }, [ship(0)], 'pack', timing)).toEqual({
      least: 0,
      most: 100,
    })
  })
})

describe('the verdict', () => {
  const judge = (current: number, least: number, most: number, more: object = {}) =>
    judgeSnapshot({
      current,
      range: { least, most },
      mayRaise: true,
      plausible: { units: 50, share: 0.5 },
      ...more,
    })

  test('a number within the range stays', () => {
    expect(judge(10, 8, 12)).toEqual({ kind: 'unchanged', isSettled: false })
    expect(judge(10, 10, 10)).toEqual({ kind: 'unchanged', isSettled: true })
  })

  test('raised to the lower end, lowered to the upper end', () => {
    expect(judge(5, 8, 12)).toEqual({ kind: 'set', onHand: 8, isSettled: false })
    expect(judge(20, 8, 12)).toEqual({ kind: 'set', onHand: 12, isSettled: false })
  })

  test('what must not raise only lowers', () => {
    expect(judge(5, 8, 12, { mayRaise: false })).toEqual({ kind: 'unchanged', isSettled: false })
    expect(judge(20, 8, 12, { mayRaise: false })).toEqual({ kind: 'set', onHand: 12, isSettled: false })
  })

  test('a jump beyond the bound is not applied, unless a person has agreed', () => {
    expect(judge(100, 151, 151)).toEqual({ kind: 'implausible', onHand: 151 })
    expect(judge(100, 150, 150)).toEqual({ kind: 'set', onHand: 150, isSettled: true })
    expect(judge(1_000, 499, 499)).toEqual({ kind: 'implausible', onHand: 499 })
    expect(judge(1_000, 499, 499, { plausible: null })).toEqual({ kind: 'set', onHand: 499, isSettled: true })
  })
})

describe('the time of a row', () => {
  const read = { atMs: T, clockSkewMs: 0 }
  test('is believed up to now, as long as both clocks agree', () => {
    expect(isTrustworthy(T + 5_000, read, timing)).toBe(true)
    expect(isTrustworthy(T + 5_001, read, timing)).toBe(false)
    expect(isTrustworthy(T - 86_400_000, read, timing)).toBe(true)
    expect(isTrustworthy(T, { ...read, clockSkewMs: 5_001 }, timing)).toBe(false)
    expect(isTrustworthy(T, { ...read, clockSkewMs: null }, timing)).toBe(false)
  })
})
