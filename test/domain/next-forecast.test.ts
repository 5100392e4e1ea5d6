import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NamedForecaster } from '../../domain/forecast.ts'
import { forecastDemand, type KeptForecast, nextForecast } from '../../domain/replenishment.ts'

const DAYS = 112
const PROTECTED_DAYS = 14
/** The last 8 ends of a week that 14 days came after, the newest first. */
const ORIGIN_LENGTHS = [98, 91, 84, 77, 70, 63, 56, 49]
const known = (history: (number | null)[]) => ({ history, censoredDays: 0, promotionDays: 0 })
/** Rises by a unit a day: whatever goes on at a level is late. */
const unitsOf = (day: number) => 10 + day
const rising = (days = DAYS) => known(Array.from({ length: days }, (_, day) => unitsOf(day)))
const nightOf = (number: number) => new Date(Date.UTC(2026, 10, 1 + number)).toISOString().slice(0, 10)

/** Knows what comes, but for so many units a day; and remembers how long the histories were that it was asked about. */
function heavy(name: string, wrongBy: number): NamedForecaster & { asked: number[] } {
  const asked: number[] = []
  return {
    ...{ name, asked },
    forecast: (history, horizon) => {
      asked.push(history.length)
      return Array.from({ length: horizon }, (_, step) => unitsOf(history.length + step) + wrongBy)
    },
  }
}

const next = (change: Partial<Parameters<typeof nextForecast>[0]>) =>
  nextForecast({
    ...{ known: rising(), protectedDays: PROTECTED_DAYS, heavy: [], previous: null },
    ...{ levelKey: 'SKU-1 WH-1', today: nightOf(0), ...change },
  })

/** The night of the week on which a level is tried first. */
function firstNight(): number {
  return [0, 1, 2, 3, 4, 5, 6].findIndex(
    (night) => next({ heavy: [heavy('near', 0)], today: nightOf(night) }).triedOn !== null,
  )
}
const FIRST = firstNight()
const plainOf = (days = DAYS) => forecastDemand(rising(days), PROTECTED_DAYS)
const won = (name = 'near'): KeptForecast => next({ heavy: [heavy(name, 0)], today: nightOf(FIRST) })

describe('a forecaster that takes long', () => {
  test('is tried first on one night of any seven, whatever the level', () => {
    const property = fc.property(fc.string(), fc.integer({ min: 0, max: 1_000 }), (levelKey, from) => {
      const tried = [0, 1, 2, 3, 4, 5, 6].filter(
        (night) => next({ levelKey, heavy: [heavy('near', 0)], today: nightOf(from + night) }).triedOn,
      )
      expect(tried).toHaveLength(1)
    })
    fc.assert(property, { numRuns: 20 })
  })

  test('wins on that night where it is nearest at eight earlier days, in whatever order they are named', () => {
    for (const order of [0, 1]) {
      const [nearest, near] = [heavy('nearest', 0), heavy('near', 2)]
      const kept = next({ heavy: order === 0 ? [near, nearest] : [nearest, near], today: nightOf(FIRST) })
      expect(kept.triedOn).toBe(nightOf(FIRST))
      // 14 days from day 112 on: 122 to 135.
      expect(kept.forecast).toMatchObject({ method: 'nearest', perDay: 128.5, residualDays: 14 })
      expect(kept.forecast.residuals).toEqual(Array(8).fill(0))
      expect(nearest.asked).toEqual([...ORIGIN_LENGTHS, DAYS])
      expect(near.asked).toEqual(ORIGIN_LENGTHS)
    }
  })

  test('loses to a plain one that is nearer, which is judged over the whole year', () => {
    const kept = next({ heavy: [heavy('wrong', -500)], today: nightOf(FIRST) })
    expect(kept).toEqual({ forecast: plainOf(), triedOn: nightOf(FIRST) })
  })

  test('is kept the next six nights without being judged anew, with the errors of the night it won', () => {
    let previous = next({ heavy: [heavy('near', 2)], today: nightOf(FIRST) })
    for (let night = 1; night <= 6; night += 1) {
      const [other, winner] = [heavy('other', 0), heavy('near', 2)]
      const known = rising(DAYS + night)
      const today = nightOf(FIRST + night)
      previous = next({ known, previous, today, heavy: [other, winner], protectedDays: 21 })
      expect(winner.asked).toEqual([DAYS + night])
      expect(other.asked).toEqual([])
      expect(previous.triedOn).toBe(nightOf(FIRST))
      // The path is tonight's, over 21 days; the errors are those that were made over 14.
      expect(previous.forecast).toMatchObject({ method: 'near', perDay: unitsOf(DAYS + night) + 10 + 2 })
      expect(previous.forecast).toMatchObject({ residualDays: 14, residuals: Array(8).fill(-28) })
    }
  })

  test('is given up when it loses at the next trial, and not asked on the nights after', () => {
    const wrong = heavy('near', -500)
    const known = rising(DAYS + 7)
    const lost = next({ known, previous: won(), today: nightOf(FIRST + 7), heavy: [wrong] })
    expect(wrong.asked).toEqual(ORIGIN_LENGTHS.map((days) => days + 7))
    expect(lost).toEqual({ forecast: plainOf(DAYS + 7), triedOn: nightOf(FIRST + 7) })
    const again = heavy('near', 0)
    const after = next({ known, previous: lost, today: nightOf(FIRST + 8), heavy: [again] })
    expect(again.asked).toEqual([])
    expect(after).toEqual(lost)
  })

  test('that is not finite gives way to the best plain one, on its night and on those between', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      // Nearest at every earlier day; only what it says of the days to come is none.
      const near = heavy('near', 0)
      const broken: NamedForecaster = {
        name: 'near',
        forecast: (history, horizon) =>
          history.length < DAYS
            ? near.forecast(history, horizon)
            : Array.from({ length: horizon }, (_, step) => (step === 1 ? bad : 50)),
      }
      const tried = next({ heavy: [broken], today: nightOf(FIRST) })
      expect(tried).toEqual({ forecast: plainOf(), triedOn: nightOf(FIRST) })
      const between = next({ heavy: [broken], previous: won(), today: nightOf(FIRST + 1) })
      expect(between).toEqual({ forecast: plainOf(), triedOn: nightOf(FIRST) })
    }
  })

  test('that has no answer, or is there no more, gives way to the best plain one', () => {
    const expected = { forecast: plainOf(), triedOn: nightOf(FIRST) }
    const silent: NamedForecaster = { name: 'near', forecast: () => null }
    expect(next({ heavy: [silent], previous: won(), today: nightOf(FIRST + 1) })).toEqual(expected)
    const other = heavy('other', 0)
    expect(next({ heavy: [other], previous: won(), today: nightOf(FIRST + 1) })).toEqual(expected)
    expect(other.asked).toEqual([])
  })

  test('is never asked about what sells on few days, or for less than eight weeks', () => {
    const few = known(Array.from({ length: DAYS }, (_, day) => (day % 4 === 0 ? 5 : 0)))
    const unknown = known(rising().history.map((units, day) => (day < 57 ? null : units)))
    for (const demand of [few, rising(55), unknown]) {
      for (let night = 0; night < 7; night += 1) {
        for (const previous of [null, won()]) {
          const near = heavy('near', 0)
          const kept = next({ known: demand, previous, heavy: [near], today: nightOf(FIRST + night + 1) })
          expect(near.asked).toEqual([])
          expect(kept.forecast).toEqual(forecastDemand(demand, PROTECTED_DAYS))
          expect(kept.triedOn).toBe(previous?.triedOn ?? null)
        }
      }
    }
  })
})
