import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDays,
  type DemandChange,
  type DemandLevel,
  type DemandMove,
  foldDemand,
  knownDemand,
  startOfDay,
} from '../../domain/demand.ts'

const at = (time: string) => Date.parse(`${time}+08:00`)
const move = (time: string, fields: Partial<DemandMove>): DemandMove => ({
  atMs: at(time),
  availableDelta: 0,
  orderedAtMs: null,
  units: 0,
  promotionUnits: 0,
  ...fields,
})
const level = (fields: Partial<DemandLevel> = {}): DemandLevel => ({
  available: 5,
  outSinceMs: null,
  firstAtMs: at('2026-03-01T00:00:00'),
  ...fields,
})
const days = (changes: readonly DemandChange[]) =>
  Object.fromEntries(changes.map((change) => [change.day, change]))

test('units belong to the day in China on which their order was placed, however late they come or go', () => {
  const { days: found } = foldDemand(null, [
    move('2026-03-01T08:00:00', { availableDelta: 10 }),
    move('2026-03-03T10:00:00', { availableDelta: -4, orderedAtMs: at('2026-03-01T23:59:59'), units: 4 }),
    move('2026-03-05T10:00:00', { availableDelta: 1, orderedAtMs: at('2026-03-01T23:59:59'), units: -1 }),
    move('2026-03-05T10:00:00', { availableDelta: -2, orderedAtMs: at('2026-03-02T00:00:00'), units: 2 }),
  ])
  expect(days(found)).toMatchObject({ '2026-03-01': { units: 3 }, '2026-03-02': { units: 2 } })
})

test('time without stock is divided at midnight in China, also at the end of a month and of February', () => {
  const { days: found, level: after } = foldDemand(null, [
    move('2026-02-28T12:00:00', { availableDelta: 3 }),
    move('2026-02-28T18:00:00', { availableDelta: -3 }),
    move('2026-03-02T06:00:00', { availableDelta: 1 }),
  ])
  const hours = 3_600_000
  expect(days(found)).toMatchObject({
    '2026-02-28': { outMs: 6 * hours },
    '2026-03-01': { outMs: 24 * hours },
    '2026-03-02': { outMs: 6 * hours },
  })
  expect(after).toMatchObject({ available: 1, outSinceMs: null })
})

const moves = fc
  .array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 2 * 86_400_000 }),
      units: fc.integer({ min: -5, max: 5 }),
      orderedBackMs: fc.option(fc.integer({ min: 0, max: 5 * 86_400_000 })),
      promotionUnits: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let atMs = at('2026-02-25T09:00:00')
    return steps.map(({ waitMs, units, orderedBackMs, promotionUnits }): DemandMove => {
      atMs += waitMs
      const orderedAtMs = orderedBackMs === null ? null : atMs - orderedBackMs
      return { atMs, availableDelta: -units, orderedAtMs, units, promotionUnits }
    })
  })

test('however moves are cut into batches, days and level come to the same', () => {
  const cutting = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 })
  const property = fc.property(moves, cutting, (all, cuts) => {
    const whole = foldDemand(null, all)
    const ends = [...cuts, 0, all.length].sort((a, b) => a - b)
    let state: DemandLevel | null = null
    const sums = new Map<string, DemandChange>()
    for (const [index, end] of ends.entries()) {
      const part = foldDemand(state, all.slice(ends[index - 1] ?? 0, end))
      state = part.level
      for (const change of part.days) {
        const before = sums.get(change.day)
        sums.set(change.day, {
          day: change.day,
          units: change.units + (before?.units ?? 0),
          promotionUnits: change.promotionUnits + (before?.promotionUnits ?? 0),
          outMs: change.outMs + (before?.outMs ?? 0),
        })
      }
    }
    const isSome = ({ units, promotionUnits, outMs }: DemandChange) =>
      units !== 0 || promotionUnits !== 0 || outMs !== 0
    expect(state).toEqual(whole.level)
    expect(days([...sums.values()].filter(isSome))).toEqual(days(whole.days))
    for (const { outMs } of whole.days) expect(outMs).toBeLessThanOrEqual(86_400_000)
  })
  fc.assert(property)
})

const options = { today: '2026-03-08', days: 30, censorAboveOutPercent: 25 }

test('a day without stock is not known, one with hardly any lack is; before the first stock there is nothing', () => {
  const rows = [
    { day: '2026-03-02', units: 3, promotionUnits: 0, outMs: 86_400_000 },
    { day: '2026-03-03', units: 2, promotionUnits: 0, outMs: 3_600_000 },
    { day: '2026-02-20', units: 9, promotionUnits: 0, outMs: 0 },
  ]
  const known = knownDemand(rows, level(), options)
  expect(known.history).toEqual([0, null, 2, 0, 0, 0, 0])
  expect(known.censoredDays).toBe(1)
})

test('stock that is still out counts up to today', () => {
  const known = knownDemand([], level({ available: 0, outSinceMs: at('2026-03-06T01:00:00') }), options)
  expect(known.history).toEqual([0, 0, 0, 0, 0, null, null])
})

test('what a promotion gave is no demand, and a day that it made is not known', () => {
  const rows = [
    { day: '2026-03-05', units: 10, promotionUnits: 2, outMs: 0 },
    { day: '2026-03-06', units: 10, promotionUnits: 5, outMs: 0 },
  ]
  const known = knownDemand(rows, level(), options)
  expect(known.history.slice(-3)).toEqual([8, null, 0])
  expect(known.promotionDays).toBe(1)
})

test('a level that came today has no history', () => {
  expect(knownDemand([], level({ firstAtMs: at('2026-03-08T00:00:00') }), options).history).toEqual([])
})

test('days go on over months and leap years, and begin at midnight in China', () => {
  expect(addDays('2028-02-28', 2)).toBe('2028-03-01')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(new Date(startOfDay('2026-03-01')).toISOString()).toBe('2026-02-28T16:00:00.000Z')
})
