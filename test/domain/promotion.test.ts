import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  divideReturned,
  drawQuotas,
  isOver,
  nextStep,
  type OpenQuota,
  PROMOTION_STATES,
  PROMOTION_TRANSITIONS,
  planHolds,
  refuseClosing,
  spread,
  withQuotas,
} from '../../domain/promotion.ts'

const units = (entries: readonly { quantity: number }[]) =>
  entries.reduce((sum, entry) => sum + entry.quantity, 0)
const warehouse = fc.constantFrom('WH-A', 'WH-B', 'WH-C')
const sku = fc.constantFrom('SKU-1', 'SKU-2')

describe('the life of a promotion', () => {
  test('every state but the last ones leads on, and closing is refused where the table does not allow it', () => {
    for (const state of PROMOTION_STATES) {
      for (const to of ['ended', 'cancelled'] as const) {
        if (refuseClosing(state, to) === null) expect(PROMOTION_TRANSITIONS[state]).toContain(to)
      }
    }
    expect(PROMOTION_STATES.filter(isOver)).toEqual(['ended', 'cancelled'])
    expect(refuseClosing('scheduled', 'ended')?.code).toBe('promotion-not-running')
    expect(refuseClosing('cancelled', 'cancelled')?.code).toBe('promotion-closed')
  })

  test('it starts and ends at its moments to the millisecond, and an end that has come outranks a missed start', () => {
    const times = { startsAtMs: 1_000, endsAtMs: 2_000 }
    expect(nextStep({ ...times, state: 'scheduled' }, 999)).toEqual({ kind: 'wait', forMs: 1 })
    expect(nextStep({ ...times, state: 'scheduled' }, 1_000)).toEqual({ kind: 'start' })
    expect(nextStep({ ...times, state: 'scheduled' }, 2_000)).toEqual({ kind: 'end' })
    expect(nextStep({ ...times, state: 'running' }, 1_999.5)).toEqual({ kind: 'wait', forMs: 0.5 })
    expect(nextStep({ ...times, state: 'running' }, 2_000)).toEqual({ kind: 'end' })
    expect(nextStep({ ...times, state: 'cancelled' }, 500)).toEqual({ kind: 'over' })
  })
})

describe('spreading over warehouses', () => {
  const places = fc.uniqueArray(
    fc.record({ warehouseId: fc.nat({ max: 20 }).map(String), available: fc.nat({ max: 1_000 }) }),
    { selector: (place) => place.warehouseId, minLength: 1, maxLength: 12 },
  )

  test('takes exactly the quantity, nowhere more than there is, and each place within one unit of its proportion', () => {
    fc.assert(
      fc.property(places, fc.double({ min: 0, max: 1, noNaN: true }), (from, share) => {
        const total = from.reduce((sum, place) => sum + place.available, 0)
        const quantity = Math.floor(total * share)
        const parts = spread(quantity, from)
        expect(units(parts)).toBe(quantity)
        for (const { warehouseId, available } of from) {
          const part = parts.find((entry) => entry.warehouseId === warehouseId)?.quantity ?? 0
          expect(part).toBeLessThanOrEqual(available)
          if (total > 0) expect(Math.abs(part - (quantity * available) / total)).toBeLessThan(1)
        }
      }),
    )
  })

  test('refuses more than there is', () => {
    expect(() => spread(3, [{ warehouseId: 'WH-A', available: 2 }])).toThrow(RangeError)
  })
})

describe('planning the holds', () => {
  test('all quotas or none; what is held is what was asked, and no level gives more than it has', () => {
    const demand = fc.uniqueArray(
      fc.record({
        skuId: sku,
        channel: fc.constantFrom('mall', 'jd', 'taobao'),
        quantity: fc.integer({ min: 1, max: 40 }),
      }),
      { selector: ({ skuId, channel }) => `${skuId} ${channel}`, minLength: 1 },
    )
    const levels = fc.uniqueArray(
      fc.record({ skuId: sku, warehouseId: warehouse, available: fc.integer({ min: -5, max: 40 }) }),
      { selector: ({ skuId, warehouseId }) => `${skuId} ${warehouseId}` },
    )
    fc.assert(
      fc.property(demand, levels, fc.integer({ min: 1, max: 100 }), (wanted, free, percent) => {
        const plan = planHolds(wanted, free, percent)
        for (const skuId of ['SKU-1', 'SKU-2']) {
          const asked = units(wanted.filter((line) => line.skuId === skuId))
          const there = free.reduce(
            (sum, level) => sum + (level.skuId === skuId ? Math.max(0, level.available) : 0),
            0,
          )
          const allowed = Math.floor((there * percent) / 100)
          if (plan.ok) expect(asked).toBeLessThanOrEqual(allowed)
          else expect(plan.shortages.some((entry) => entry.skuId === skuId)).toBe(asked > allowed)
        }
        if (!plan.ok) return
        for (const line of wanted) {
          const held = plan.holds.filter((hold) => hold.skuId === line.skuId && hold.channel === line.channel)
          expect(units(held)).toBe(line.quantity)
        }
        for (const { skuId, warehouseId, available } of free) {
          const held = plan.holds.filter((hold) => hold.skuId === skuId && hold.warehouseId === warehouseId)
          expect(units(held)).toBeLessThanOrEqual(Math.max(0, available))
        }
      }),
    )
  })
})

describe('drawing from quotas', () => {
  const quota: fc.Arbitrary<OpenQuota> = fc.record({
    quotaId: fc.constantFrom('P1/mall', 'P2/mall'),
    skuId: sku,
    warehouseId: warehouse,
    remaining: fc.integer({ min: 1, max: 10 }),
    endsAtMs: fc.integer({ min: 1, max: 3 }),
  })
  const quotasOf = fc.uniqueArray(quota, {
    selector: ({ quotaId, skuId, warehouseId }) => `${quotaId} ${skuId} ${warehouseId}`,
    maxLength: 8,
  })
  const taken = fc.array(
    fc.record({ skuId: sku, warehouseId: warehouse, quantity: fc.integer({ min: 1, max: 12 }) }),
    { maxLength: 6 },
  )

  test('no unit appears or vanishes, no quota gives more than it has, and free stock is touched last', () => {
    fc.assert(
      fc.property(taken, quotasOf, (entries, quotas) => {
        const left = structuredClone(quotas)
        const { holds, given } = drawQuotas(entries, left)
        const isOf = (skuId: string) => (units: { skuId: string }) => units.skuId === skuId
        for (const [index, before] of quotas.entries()) {
          const gave = given.filter(
            (units) =>
              units.quotaId === before.quotaId &&
              units.skuId === before.skuId &&
              units.warehouseId === before.warehouseId,
          )
          expect(left[index]?.remaining).toBe(before.remaining - units(gave))
          expect(left[index]?.remaining).toBeGreaterThanOrEqual(0)
        }
        for (const skuId of ['SKU-1', 'SKU-2']) {
          const ofSku = holds.filter(isOf(skuId))
          const free = units(ofSku.filter((hold) => hold.drawnFrom === null))
          expect(units(ofSku)).toBe(units(entries.filter(isOf(skuId))))
          expect(units(given.filter(isOf(skuId)))).toBe(units(ofSku) - free)
          if (free > 0) expect(left.filter(isOf(skuId)).every((quota) => quota.remaining === 0)).toBe(true)
        }
      }),
    )
  })

  test('what an order takes stays where it was allocated, each source once', () => {
    fc.assert(
      fc.property(taken, quotasOf, (entries, quotas) => {
        const lines = entries.map((entry, lineNumber) => ({ ...entry, lineNumber }))
        const { holds } = drawQuotas(lines, structuredClone(quotas))
        for (const line of lines) {
          const parts = holds.filter((hold) => hold.lineNumber === line.lineNumber)
          expect(units(parts)).toBe(line.quantity)
          expect(parts.every((part) => part.warehouseId === line.warehouseId)).toBe(true)
          expect(new Set(parts.map((part) => part.drawnFrom)).size).toBe(parts.length)
        }
      }),
    )
  })

  const wanted = [{ skuId: 'SKU-1', warehouseId: 'WH-A', quantity: 5 }]
  const held = { skuId: 'SKU-1', warehouseId: 'WH-A', remaining: 2 }

  test('the promotion that ends first is drawn from first', () => {
    const { holds } = drawQuotas(wanted, [
      { ...held, quotaId: 'late/mall', endsAtMs: 9 },
      { ...held, quotaId: 'early/mall', endsAtMs: 1 },
    ])
    expect(holds.map(({ drawnFrom, quantity }) => [drawnFrom, quantity])).toEqual([
      ['early/mall', 2],
      ['late/mall', 2],
      [null, 1],
    ])
  })

  test('a quota that lies elsewhere gives its units up there for the free ones that the order takes', () => {
    const quotas = [
      { ...held, quotaId: 'P/mall', endsAtMs: 1 },
      { ...held, quotaId: 'P/mall', warehouseId: 'WH-B', remaining: 9, endsAtMs: 1 },
    ]
    expect(drawQuotas(wanted, quotas)).toEqual({
      holds: [{ ...wanted[0], drawnFrom: 'P/mall' }],
      given: [
        { quotaId: 'P/mall', skuId: 'SKU-1', warehouseId: 'WH-A', quantity: 2 },
        { quotaId: 'P/mall', skuId: 'SKU-1', warehouseId: 'WH-B', quantity: 3 },
      ],
    })
  })

  test('a channel sees its quotas on top of free stock, and only where there is a level', () => {
    const levels = [{ skuId: 'SKU-1', warehouseId: 'WH-A', available: 3 }]
    const open = { skuId: 'SKU-1', remaining: 2, endsAtMs: 1 }
    const quotas = [
      { ...open, quotaId: 'P1/mall', warehouseId: 'WH-A' },
      { ...open, quotaId: 'P2/mall', warehouseId: 'WH-A' },
      { ...open, quotaId: 'P1/mall', warehouseId: 'WH-B' },
    ]
    expect(withQuotas(levels, quotas)).toEqual([{ ...levels[0], available: 7 }])
  })
})

describe('giving back what was drawn', () => {
  const returned = fc.array(
    fc.record({
      drawnFrom: fc.constantFrom('P1/mall', 'P2/jd'),
      skuId: sku,
      warehouseId: warehouse,
      quantity: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 8 },
  )

  test('every unit goes to its running quota or to free stock, and a missing one is never promised again', () => {
    fc.assert(
      fc.property(
        returned,
        fc.subarray(['P1/mall', 'P2/jd']),
        fc.dictionary(fc.constantFrom('SKU-1 WH-A', 'SKU-2 WH-B'), fc.integer({ min: 1, max: 6 })),
        (back, running, shortfall) => {
          const missing = new Map(Object.entries(shortfall))
          const { toQuota, toFree } = divideReturned(back, new Set(running), missing)
          expect(units(toQuota) + units(toFree)).toBe(units(back))
          expect(toQuota.every((entry) => running.includes(entry.drawnFrom))).toBe(true)
          for (const [level, lost] of missing) {
            const at = (entry: { skuId: string; warehouseId: string }) =>
              `${entry.skuId} ${entry.warehouseId}` === level
            const kept = units(toQuota.filter(at))
            expect(kept).toBeLessThanOrEqual(Math.max(0, units(back.filter(at)) - lost))
          }
        },
      ),
    )
  })

  test('with nothing missing and its promotion running, all of it is the quota’s again', () => {
    const back = [{ drawnFrom: 'P1/mall', skuId: 'SKU-1', warehouseId: 'WH-A', quantity: 3 }]
    expect(divideReturned(back, new Set(['P1/mall']), new Map())).toEqual({ toQuota: back, toFree: [] })
  })
})
