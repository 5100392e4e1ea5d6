import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Erp, ErpAnswer } from '../../connectors/erp/erp.ts'
import { RateLimitedError, UnreachableError } from '../../connectors/outside-errors.ts'
import type { ErpChange } from '../../domain/erp-change.ts'
import { type ErpPurchase, erpPurchaseKey } from '../../domain/erp-purchase.ts'
import { compareWithErp, type HubAmount } from '../../simulator/erp/compare.ts'
import type { Mood } from '../../simulator/erp/mood.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'

/** An adapter, called with the right secret or, for once, with another. */
export type ErpUnderTest = {
  name: string
  create: (simulator: Simulator, seed: string, secret?: string) => Erp
}

let count = 0
/** A change of an order of its own, unless one is named. */
export function change(fields: Partial<ErpChange> = {}): ErpChange {
  count += 1
  return {
    changeId: `change-${count}`,
    changeNumber: `CR-20261122-${String(count).padStart(4, '0')}`,
    orderId: `order-${count}`,
    storeId: 'ST-MALL-EAST',
    channel: 'mall',
    type: 'price',
    reasonCode: 'damaged',
    previousAmountCents: 10_000,
    targetAmountCents: 8_710,
    lines: [
      {
        lineNumber: 1,
        skuId: 'SKU-0001',
        previousQuantity: 1,
        quantity: 1,
        previousUnitPriceCents: 10_000,
        unitPriceCents: 8_710,
      },
    ],
    approvedAt: '2026-11-21T16:30:00Z',
    ...fields,
  }
}

/** A purchase of its own. */
export function purchase(fields: Partial<ErpPurchase> = {}): ErpPurchase {
  count += 1
  return {
    ...{ purchaseId: `purchase-${count}`, number: `PO-20261122-${String(count).padStart(4, '0')}` },
    ...{ warehouseId: 'WH-1', supplierId: 'SUP-1', orderedOn: '2026-11-22', expectedOn: '2026-12-01' },
    amountCents: 4_050,
    lines: [
      { lineNumber: 1, skuId: 'SKU-0001', quantity: 5, unitCostCents: 410 },
      { lineNumber: 2, skuId: 'SKU-0002', quantity: 2, unitCostCents: 1_000 },
    ],
    ...fields,
  }
}

export const keyOf = ({ changeId }: ErpChange) => ({ idempotencyKey: `${changeId}:erp:1` })
const applied = (wanted: ErpChange): HubAmount => ({
  orderId: wanted.orderId,
  openingCents: wanted.previousAmountCents,
  amountCents: wanted.targetAmountCents,
})
const untouched = (wanted: ErpChange): HubAmount => ({
  ...applied(wanted),
  amountCents: wanted.previousAmountCents,
})

/** As Temporal would: what may pass is tried again, anything else is the answer. */
async function persist(call: () => Promise<ErpAnswer>): Promise<ErpAnswer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      const mayPass = error instanceof UnreachableError || error instanceof RateLimitedError
      if (!mayPass || tries >= 60) throw error
    }
  }
}

/** What every adapter guarantees, against the simulated ERP over HTTP. */
export function erpSuite({ name, create }: ErpUnderTest): void {
  describe(`${name}: what every ERP guarantees`, () => {
    let simulator: Simulator
    let erp: Erp
    const hub = new Map<string, HubAmount>()
    const settled = (amount: HubAmount) => hub.set(amount.orderId, amount)
    const next = (...moods: Mood[]) => simulator.erp.change({ next: moods })

    beforeAll(async () => {
      simulator = await startSimulator({ secret: 'x'.repeat(32), seed: name, now: () => Date.now() })
      erp = create(simulator, name)
    })
    afterAll(() => simulator.close())
    afterEach(async () => {
      await simulator.erp.change({ mood: 'ok', next: [], rates: {}, downSeconds: 0, slowMs: 3_000 })
      // Whatever happened on the way: the books and the hub agree.
      expect(compareWithErp(hub.values(), simulator.erp.ledger)).toEqual([])
    })

    test('a change is booked once, is found afterwards, and is the same when it is told again', async () => {
      const wanted = change()
      expect(await erp.findChange(keyOf(wanted))).toBeNull()
      const first = await erp.applyChange(wanted, keyOf(wanted))
      settled(applied(wanted))
      expect(first).toEqual({ ok: true, reference: expect.stringMatching(/\d/) })
      expect(await erp.applyChange(wanted, keyOf(wanted))).toEqual(first)
      expect(await erp.findChange(keyOf(wanted))).toEqual({
        state: 'applied',
        reference: first.ok ? first.reference : '',
      })
    })

    test('told twice at the same moment it is booked once', async () => {
      const wanted = change({ targetAmountCents: 12_345 })
      const answers = await Promise.all([1, 2, 3].map(() => erp.applyChange(wanted, keyOf(wanted))))
      settled(applied(wanted))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toMatchObject({ ok: true })
    })

    test.each(['timeout-after-applying', 'garbage'] as const)(
      'an answer that is lost (%s) is thrown; the change is found, and is not booked again',
      async (mood) => {
        const wanted = change()
        await next(mood)
        await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
        settled(applied(wanted))
        expect(await erp.findChange(keyOf(wanted))).toMatchObject({ state: 'applied' })
        expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      },
    )

    test('a refusal is a value in the ERP’s words, and nothing is booked', async () => {
      const wanted = change()
      await next('refuse')
      expect(await erp.applyChange(wanted, keyOf(wanted))).toEqual({
        ok: false,
        refused: { code: expect.stringMatching(/./), text: expect.stringContaining('会计期间已结账') },
      })
      settled(untouched(wanted))
      expect(await erp.findChange(keyOf(wanted))).toBeNull()
    })

    test('down for ten minutes: every call is thrown, and afterwards it is booked once', async () => {
      const wanted = change()
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        await simulator.erp.change({ downSeconds: 600 })
        for (let minute = 0; minute < 10; minute += 1) {
          await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
          await expect(erp.findChange(keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
          vi.setSystemTime(Date.now() + 60_000)
        }
        expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      } finally {
        vi.useRealTimers()
      }
      settled(applied(wanted))
    })

    test('an ERP that is too busy says when to come again', async () => {
      const wanted = change()
      await next('busy')
      await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(RateLimitedError)
      settled(untouched(wanted))
    })

    test('a slow ERP is waited for', async () => {
      const wanted = change()
      await simulator.erp.change({ next: ['slow'], slowMs: 30 })
      expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      settled(applied(wanted))
    })

    test('called with a wrong secret the ERP books nothing, and the call is no refusal', async () => {
      const wanted = change()
      const stranger = create(simulator, name, 'another-secret-of-32-characters!')
      await expect(stranger.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
      await expect(stranger.reverseChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
      settled(untouched(wanted))
    })

    test('a change that is taken back leaves the order as it was, however often, and cannot be booked again', async () => {
      const wanted = change()
      await erp.applyChange(wanted, keyOf(wanted))
      await next('timeout-after-applying')
      await expect(erp.reverseChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
      expect(await erp.reverseChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      expect(await erp.reverseChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      expect(await erp.findChange(keyOf(wanted))).toMatchObject({ state: 'reversed' })
      expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({
        ok: false,
        refused: { code: 'reversed' },
      })
      settled(untouched(wanted))
    })

    test('a call that arrives after the change was taken back is not booked', async () => {
      const wanted = change()
      await next('late')
      await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
      expect(await erp.reverseChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      await simulator.erp.change({ arrive: true })
      settled(untouched(wanted))
      expect(await erp.findChange(keyOf(wanted))).toMatchObject({ state: 'reversed' })
    })

    test('a call that arrives after it was repeated is not booked again', async () => {
      const wanted = change()
      await next('late')
      await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
      expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({ ok: true })
      await simulator.erp.change({ arrive: true })
      settled(applied(wanted))
    })

    test('two changes of one order add up, and the second can be taken back alone', async () => {
      const first = change()
      const second = change({
        orderId: first.orderId,
        previousAmountCents: first.targetAmountCents,
        targetAmountCents: 9_999,
      })
      await erp.applyChange(first, keyOf(first))
      await erp.applyChange(second, keyOf(second))
      settled({ ...applied(first), amountCents: 9_999 })
      expect(compareWithErp(hub.values(), simulator.erp.ledger)).toEqual([])
      await erp.reverseChange(second, keyOf(second))
      settled(applied(first))
    })

    test('a purchase is ordered once, however often and at how many moments it is told, and is found', async () => {
      const wanted = purchase()
      const call = { idempotencyKey: erpPurchaseKey(wanted) }
      expect(await erp.findPurchase(call)).toBeNull()
      const answers = await Promise.all([1, 2, 3].map(() => erp.placePurchase(wanted, call)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toEqual({ ok: true, reference: expect.stringMatching(/^PUR-ORD-/) })
      const [first] = answers
      expect(await erp.findPurchase(call)).toEqual({ reference: first?.ok ? first.reference : '' })
      const ordered = simulator.erp.purchases.orders().filter(({ key }) => key === call.idempotencyKey)
      expect(ordered).toMatchObject([{ supplier: 'SUP-1', warehouse: 'WH-1', amountCents: 4_050, units: 7 }])
    })

    test.each(['timeout-after-applying', 'garbage', 'late'] as const)(
      'a purchase whose answer is lost (%s) is not ordered twice',
      async (mood) => {
        const wanted = purchase()
        const call = { idempotencyKey: erpPurchaseKey(wanted) }
        await next(mood)
        await expect(erp.placePurchase(wanted, call)).rejects.toBeInstanceOf(UnreachableError)
        expect(await erp.placePurchase(wanted, call)).toMatchObject({ ok: true })
        await simulator.erp.change({ arrive: true })
        const ordered = simulator.erp.purchases.orders().filter(({ key }) => key === call.idempotencyKey)
        expect(ordered).toHaveLength(1)
      },
    )

    test('a purchase that is refused is a value, and nothing is ordered', async () => {
      const wanted = purchase()
      const call = { idempotencyKey: erpPurchaseKey(wanted) }
      await next('refuse')
      expect(await erp.placePurchase(wanted, call)).toMatchObject({ ok: false })
      expect(await erp.findPurchase(call)).toBeNull()
    })

    test.each(['one', 'two', 'three'])(
      'after a run in which everything goes wrong (seed %s) the ERP’s amounts are the hub’s',
      async (seed) => {
        const storm = await startSimulator({ secret: 'x'.repeat(32), seed })
        try {
          await storm.erp.change({
            rates: {
              down: 0.15,
              busy: 0.1,
              slow: 0.1,
              refuse: 0.1,
              garbage: 0.1,
              'timeout-after-applying': 0.2,
            },
            slowMs: 2,
          })
          const door = create(storm, seed)
          const amounts: HubAmount[] = []
          for (let index = 0; index < 25; index += 1) {
            const wanted = change({
              targetAmountCents: 10_000 + (index % 2 === 0 ? -1 : 1) * (index + 1) * 37,
            })
            const answer = await persist(async () => {
              // As the activity does: a try that was cut off may have been booked, and the next be refused.
              const known = await door.findChange(keyOf(wanted))
              if (known?.state === 'applied') return { ok: true, reference: known.reference }
              return door.applyChange(wanted, keyOf(wanted))
            })
            const isTakenBack = answer.ok && index % 5 === 0
            if (isTakenBack) {
              const back = () => persist(() => door.reverseChange(wanted, keyOf(wanted)))
              while (!(await back()).ok);
            }
            amounts.push(answer.ok && !isTakenBack ? applied(wanted) : untouched(wanted))
          }
          expect(compareWithErp(amounts, storm.erp.ledger)).toEqual([])
          expect(amounts.some((amount) => amount.amountCents !== amount.openingCents)).toBe(true)
        } finally {
          await storm.close()
        }
      },
    )
  })
}
