import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distanceKilometres } from '../../domain/division.ts'
import { explainProposal, explainRejection } from '../../domain/transfer-explanation.ts'
import {
  type ProposalResult,
  proposeTransfer,
  type SourceLevel,
  type SourcingRules,
  type TransferPlace,
} from '../../domain/transfer-proposal.ts'

const place = (warehouseId: string, longitude: number, latitude: number, region = '华东'): TransferPlace => ({
  warehouseId,
  longitude,
  latitude,
  region,
  active: true,
})
/** Shanghai asks; Hangzhou is near, Wuhan in between, Guangzhou far. */
const PLACES = [
  place('SH', 121.17, 31.19),
  place('HZ', 120.09, 30.44),
  place('WH', 114.11, 30.66, '华中'),
  place('GZ', 113.29, 23.3, '华南'),
]
const RULES: SourcingRules = {
  salesWindowDays: 10,
  minimumCoverDays: 0,
  targetCoverDays: 0,
  coverCentsPerUnit: 0,
  mayBreakSafetyStock: false,
  maximumSources: 2,
  hubs: [],
  hubHandlingCents: 0,
  lanes: [],
  bands: [
    { upToKilometres: 500, fixedCents: 10_000, centsPerKilogram: 50 },
    { upToKilometres: null, fixedCents: 30_000, centsPerKilogram: 150 },
  ],
}
const level = (warehouseId: string, available: number, more: Partial<SourceLevel> = {}): SourceLevel => ({
  warehouseId,
  available,
  safetyStock: 0,
  shortfall: 0,
  sold: 0,
  ...more,
})
const ask = (quantity: number, levels: SourceLevel[], rules: Partial<SourcingRules> = {}, places = PLACES) =>
  proposeTransfer({
    demand: { skuId: 'A', destinationId: 'SH', quantity, weightGrams: 1_000 },
    levels,
    places,
    rules: { ...RULES, ...rules },
  })
const sourcesOf = (result: ProposalResult) =>
  result.ok ? result.proposal.legs.map((leg) => `${leg.path.join('>')} ${leg.quantity}`) : []
const reasonsOf = (result: ProposalResult) =>
  Object.fromEntries(
    (result.ok ? result.proposal.rejected : result.rejected).map(({ sourceIds, path, reason }) => [
      path.length > 2 ? path.join('>') : sourceIds.join('+'),
      reason.code,
    ]),
  )

describe('what is proposed', () => {
  test('the cheapest source alone, with its freight, what it is left with and why the others are not it', () => {
    const result = ask(10, [level('HZ', 30, { sold: 10 }), level('GZ', 100), level('WH', 4)])
    expect(result).toMatchObject({
      ok: true,
      proposal: {
        legs: [{ sourceId: 'HZ', quantity: 10, freightCents: 10_500, availableLeft: 20, coverDaysLeft: 20 }],
        freightCents: 10_500,
        crossRegion: false,
        breaksSafetyStock: false,
      },
    })
    expect(reasonsOf(result)).toEqual({ GZ: 'dearer', WH: 'not-enough', 'HZ+WH': 'dearer' })
  })

  test('two sources when none has enough alone, and a refusal that says how much there is when two have not', () => {
    const levels = [level('HZ', 6), level('WH', 7), level('GZ', 8)]
    expect(sourcesOf(ask(12, levels))).toEqual(['HZ>SH 6', 'WH>SH 6'])
    expect(ask(13, levels, { maximumSources: 1 })).toMatchObject({ ok: false, canGive: 8 })
    expect(ask(16, levels)).toMatchObject({
      ok: false,
      canGive: 15,
      rejected: [
        { sourceIds: ['HZ'], reason: { code: 'not-enough', canGive: 6 } },
        { sourceIds: ['WH'], reason: { code: 'not-enough', canGive: 7 } },
        { sourceIds: ['GZ'], reason: { code: 'not-enough', canGive: 8 } },
      ],
    })
  })

  test('over a hub where the freight table makes that cheaper, and straight where it does not', () => {
    const lanes = [
      { from: 'GZ', to: 'WH', fixedCents: 5_000, centsPerKilogram: 10 },
      { from: 'WH', to: 'SH', fixedCents: 5_000, centsPerKilogram: 10 },
    ]
    const over = ask(10, [level('GZ', 50)], { hubs: ['WH'], lanes, hubHandlingCents: 2_000 })
    expect(sourcesOf(over)).toEqual(['GZ>WH>SH 10'])
    expect(over).toMatchObject({ proposal: { freightCents: 12_200 } })
    expect(reasonsOf(over)).toEqual({ GZ: 'dearer' })
    const straight = ask(10, [level('GZ', 50)], { hubs: ['WH'], lanes, hubHandlingCents: 40_000 })
    expect(sourcesOf(straight)).toEqual(['GZ>SH 10'])
    expect(reasonsOf(straight)).toEqual({ 'GZ>WH>SH': 'dearer' })
    const closed = PLACES.map((each) => (each.warehouseId === 'WH' ? { ...each, active: false } : each))
    expect(sourcesOf(ask(10, [level('GZ', 50)], { hubs: ['WH'], lanes }, closed))).toEqual(['GZ>SH 10'])
  })

  test('a farther source when the near one would lose cover that the policy prices higher than the way', () => {
    const levels = [level('HZ', 30, { sold: 30 }), level('WH', 30)]
    expect(sourcesOf(ask(10, levels, { targetCoverDays: 10 }))).toEqual(['HZ>SH 10'])
    expect(sourcesOf(ask(10, levels, { targetCoverDays: 10, coverCentsPerUnit: 5_000 }))).toEqual([
      'WH>SH 10',
    ])
  })

  test('nothing from safety stock; with leave of the policy only when there is no other way, and marked', () => {
    const levels = [level('HZ', 10, { safetyStock: 5 }), level('GZ', 12)]
    expect(sourcesOf(ask(8, levels))).toEqual(['GZ>SH 8'])
    expect(ask(18, levels)).toMatchObject({ ok: false, canGive: 17 })
    expect(sourcesOf(ask(8, levels, { mayBreakSafetyStock: true }))).toEqual(['GZ>SH 8'])
    const broken = ask(18, levels, { mayBreakSafetyStock: true })
    expect(broken).toMatchObject({ proposal: { breaksSafetyStock: true, legs: [{}, { sourceId: 'HZ' }] } })
  })

  test('each obstacle is named', () => {
    const rules = {
      minimumCoverDays: 30,
      bands: [{ upToKilometres: 900, fixedCents: 1, centsPerKilogram: 1 }],
    }
    const places = [
      ...PLACES,
      place('X1', 120, 30),
      place('X2', 120, 30),
      { ...place('X3', 120, 30), active: false },
    ]
    const levels = [
      level('HZ', 10, { sold: 20 }),
      level('WH', 10, { safetyStock: 10 }),
      level('GZ', 99),
      level('X1', 0),
      level('X2', 0, { shortfall: 3 }),
      level('X3', 99),
      level('SH', 99),
    ]
    const result = ask(5, levels, rules, places)
    expect(result).toMatchObject({ ok: false, canGive: 0 })
    expect(reasonsOf(result)).toEqual({
      HZ: 'cover',
      WH: 'safety-stock',
      GZ: 'no-freight',
      X1: 'sold-out',
      X2: 'shortfall',
      X3: 'inactive',
    })
  })

  test('is told in both languages, with names', () => {
    const result = ask(10, [level('GZ', 50, { sold: 10 }), level('WH', 4)], { hubs: ['WH'] })
    if (!result.ok) throw new Error('nothing was proposed')
    const names = (id: string) => ({ GZ: '广州仓', WH: '武汉仓' })[id] ?? id
    expect(explainProposal(result.proposal, names)).toEqual([
      {
        en: '广州仓 sends 10: 1172 km, ¥315.00, 40 left, what is left lasts 40 days there',
        zh: '广州仓调出 10 件：1172 公里，运费 ¥315.00，剩余 40 件，余量可售 40 天',
      },
    ])
    expect(result.proposal.rejected.map((entry) => explainRejection(entry, names))).toContainEqual({
      en: '武汉仓: can give 4 of its 4, too few alone',
      zh: '武汉仓：可用 4 件中可调 4 件，单仓不足',
    })
  })
})

/** Small enough to try every way: up to five warehouses, a hub or two, a dozen units. */
const price = fc.record({ fixedCents: fc.nat(20), centsPerKilogram: fc.nat(60) })
const cases = fc.record({
  quantity: fc.integer({ min: 1, max: 12 }),
  weightGrams: fc.integer({ min: 1, max: 1_500 }),
  levels: fc.array(
    fc.record({
      available: fc.integer({ min: -2, max: 14 }),
      safetyStock: fc.nat(5),
      shortfall: fc.constantFrom(0, 0, 0, 1),
      sold: fc.nat(12),
      active: fc.constantFrom(true, true, true, false),
      longitude: fc.integer({ min: 100, max: 120 }),
      latitude: fc.integer({ min: 25, max: 35 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rules: fc.record({
    minimumCoverDays: fc.nat(6),
    targetCoverDays: fc.nat(12),
    coverCentsPerUnit: fc.nat(150),
    mayBreakSafetyStock: fc.boolean(),
    maximumSources: fc.constantFrom(1, 2),
    hubs: fc.subarray(['W0', 'W1', 'D']),
    hubHandlingCents: fc.nat(20),
    lanes: fc.array(
      fc
        .tuple(fc.constantFrom('W0', 'W1', 'W2'), fc.constantFrom('W0', 'W1', 'D'), price)
        .map(([from, to, cost]) => ({ from, to, ...cost })),
      { maxLength: 4 },
    ),
    bands: fc.tuple(price, price, fc.boolean()).map(([near, far, open]) => [
      { upToKilometres: 800, ...near },
      { upToKilometres: open ? null : 1_500, ...far },
    ]),
  }),
})
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never
type Source = ReturnType<typeof inputOf>['levels'][number]

function inputOf({ quantity, weightGrams, levels, rules }: Case) {
  return {
    demand: { skuId: 'A', destinationId: 'D', quantity, weightGrams },
    levels: levels.map((entry, index) => ({ warehouseId: `W${index}`, ...entry })),
    places: [
      place('D', 110, 30),
      ...levels.map((entry, index) => ({
        ...place(`W${index}`, entry.longitude, entry.latitude),
        active: entry.active,
      })),
    ],
    rules: { ...RULES, ...rules },
  }
}

/** What each way costs, written a second time: in thousandths of a cent, infinite where it is not permitted. */
function pricesOf(problem: Case, breaking: boolean) {
  const { demand, places, rules } = inputOf(problem)
  const placeOf = (id: string) => places.find((each) => each.warehouseId === id)
  const hop = (from: string, to: string, units: number): number => {
    const [start, end] = [placeOf(from), placeOf(to)]
    if (!start || !end) return Number.POSITIVE_INFINITY
    const kilometres = distanceKilometres(start, end)
    const cost =
      rules.lanes.find((lane) => lane.from === from && lane.to === to) ??
      rules.bands.find((band) => band.upToKilometres === null || kilometres <= band.upToKilometres)
    if (!cost) return Number.POSITIVE_INFINITY
    return cost.fixedCents * 1_000 + cost.centsPerKilogram * demand.weightGrams * units
  }
  /** Units of one source on one path. */
  return (source: Source, path: string[], units: number): number => {
    const left = source.available - units
    const lasts = (stock: number, days: number) => stock * rules.salesWindowDays >= days * source.sold
    if (!source.active || source.shortfall > 0 || left < 0) return Number.POSITIVE_INFINITY
    if (!breaking && left < source.safetyStock) return Number.POSITIVE_INFINITY
    if (!lasts(left, rules.minimumCoverDays)) return Number.POSITIVE_INFINITY
    if (path.slice(1, -1).some((hub) => !placeOf(hub)?.active)) return Number.POSITIVE_INFINITY
    let cost = rules.hubHandlingCents * 1_000 * (path.length - 2)
    for (const [index, to] of path.slice(1).entries()) cost += hop(path[index] ?? '', to, units)
    for (let taken = 1; taken <= units; taken += 1) {
      if (!lasts(source.available - taken, rules.targetCoverDays)) cost += rules.coverCentsPerUnit * 1_000
    }
    return cost
  }
}

/** The least cost of all ways, each tried in turn: every source, every path, every split. */
function leastCost(problem: Case, breaking: boolean): number {
  const { demand, levels, rules } = inputOf(problem)
  const costOf = pricesOf(problem, breaking)
  const alone = (source: Source, units: number) => {
    const id = source.warehouseId
    const hubs = rules.hubs.filter((hub) => hub !== id && hub !== 'D')
    return Math.min(
      ...[[id, 'D'], ...hubs.map((hub) => [id, hub, 'D'])].map((path) => costOf(source, path, units)),
    )
  }
  const costs = levels.map((source) => alone(source, demand.quantity))
  if (rules.maximumSources === 2) {
    for (const first of levels) {
      for (const second of levels) {
        if (first === second) continue
        for (let units = 1; units < demand.quantity; units += 1)
          costs.push(alone(first, units) + alone(second, demand.quantity - units))
      }
    }
  }
  return Math.min(...costs)
}

describe('on cases small enough to try every way', () => {
  test('no way is cheaper, and nothing is refused that has a way', () => {
    fc.assert(
      fc.property(cases, (problem) => {
        const result = proposeTransfer(inputOf(problem))
        const gentle = leastCost(problem, false)
        const breaking = gentle === Number.POSITIVE_INFINITY && problem.rules.mayBreakSafetyStock
        const least = breaking ? leastCost(problem, true) : gentle
        expect(result.ok).toBe(least < Number.POSITIVE_INFINITY)
        if (!result.ok) return
        const costOf = pricesOf(problem, breaking)
        const { levels } = inputOf(problem)
        const cost = result.proposal.legs.reduce((total, leg) => {
          const source = levels.find((each) => each.warehouseId === leg.sourceId)
          return total + (source ? costOf(source, leg.path, leg.quantity) : Number.POSITIVE_INFINITY)
        }, 0)
        expect(cost).toBe(least)
        // What people are shown is the same in whole cents, each leg's freight rounded up.
        const shown = (result.proposal.freightCents + result.proposal.coverCents) * 1_000
        expect(shown - least).toBeGreaterThanOrEqual(0)
        expect(shown - least).toBeLessThan(1_000 * result.proposal.legs.length)
      }),
      { numRuns: 600 },
    )
  })

  test('legs add up to what was asked, no source twice, and safety stock is safe unless the policy allows', () => {
    fc.assert(
      fc.property(cases, (problem) => {
        const { levels, rules, demand } = inputOf(problem)
        const result = proposeTransfer(inputOf(problem))
        if (!result.ok) expect(result.canGive).toBeLessThan(demand.quantity)
        if (!result.ok) return
        const { legs, rejected } = result.proposal
        expect(legs.reduce((total, leg) => total + leg.quantity, 0)).toBe(demand.quantity)
        expect(new Set(legs.map((leg) => leg.sourceId)).size).toBe(legs.length)
        expect(legs.length).toBeLessThanOrEqual(rules.maximumSources)
        for (const leg of legs) {
          const source = levels.find((each) => each.warehouseId === leg.sourceId)
          expect(leg.availableLeft).toBe((source?.available ?? 0) - leg.quantity)
          expect(leg.breaksSafetyStock).toBe(leg.availableLeft < (source?.safetyStock ?? 0))
          if (!rules.mayBreakSafetyStock) expect(leg.breaksSafetyStock).toBe(false)
        }
        // Whoever is not chosen is told why not.
        const named = new Set([
          ...legs.map((leg) => leg.sourceId),
          ...rejected.flatMap((entry) => entry.sourceIds),
        ])
        for (const source of levels) expect(named).toContain(source.warehouseId)
      }),
      { numRuns: 500 },
    )
  })

  test('the order in which rows come in changes nothing', () => {
    fc.assert(
      fc.property(cases, (problem) => {
        const input = inputOf(problem)
        const turned = { ...input, levels: input.levels.toReversed(), places: input.places.toReversed() }
        expect(proposeTransfer(turned)).toEqual(proposeTransfer(input))
      }),
      { numRuns: 200 },
    )
  })
})

test('a hundred warehouses with two hubs are decided within half a second', () => {
  const places = [
    place('SH', 121, 31),
    ...Array.from({ length: 100 }, (_, index) => place(`W${index}`, 100 + index / 5, 30)),
  ]
  const levels = Array.from({ length: 100 }, (_, index) => level(`W${index}`, 60, { sold: index }))
  const started = performance.now()
  expect(ask(100, levels, { hubs: ['W1', 'W2'] }, places).ok).toBe(true)
  expect(performance.now() - started).toBeLessThan(500)
})
