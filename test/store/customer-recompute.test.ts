import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordComplaint, withdrawComplaint } from '../../store/complaints.ts'
import { mergeCustomers, splitCustomer } from '../../store/customer-merging.ts'
import { type CustomerStore, openCustomerStore } from './customer-support.ts'

const DAY_MS = 86_400_000
/** Orders lie on both sides of the beginning of the window, which moves with the days. */
const WINDOW_DAYS = 30
const DAYS = 45
const START_MS = Date.parse('2026-01-15T00:00:00+08:00')
const RUNS = 12

let store: CustomerStore
beforeAll(async () => {
  store = await openCustomerStore()
  await store.publish({ windowDays: WINDOW_DAYS })
})
afterAll(() => store.close())

const time = (ms: number) => new Date(ms).toISOString()
/** A moment of the days that it is about: also the first and the last second of a day of China. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: DAYS - 1 }), fc.constantFrom(0, 1, 43_200, 86_399))
  .map(([day, second]) => START_MS + day * DAY_MS + second * 1_000)
const which = fc.nat(1_000)
const phone = fc.option(fc.constantFrom('13900000001', '13900000002', '13900000003'), { nil: undefined })
const buyer = fc.option(fc.constantFrom('b1', 'b2'), { nil: undefined })

type Step =
  | {
      do: 'order'
      at: number
      phone: string | undefined
      buyer: string | undefined
      isJd: boolean
      fromGz: boolean
      paidCents: number
    }
  | { do: 'cancel' | 'send-back' | 'complain' | 'withdraw' | 'split'; of: number }
  | { do: 'refund'; of: number; cents: number }
  | { do: 'merge'; of: number; other: number }
  | { do: 'refresh'; at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      at: moment,
      phone,
      buyer,
      isJd: fc.boolean(),
      fromGz: fc.boolean(),
      paidCents: fc.constantFrom(0, 1, 9_999, 10_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'cancel' as const,
        'send-back' as const,
        'complain' as const,
        'withdraw' as const,
        'split' as const,
      ),
      of: which,
    }),
  },
  fc.record({ do: fc.constant('refund' as const), of: which, cents: fc.nat(10_000) }),
  fc.record({ do: fc.constant('merge' as const), of: which, other: which }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refresh' as const), at: moment }) },
)

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)]
}

/** What happens, one after the other; what needs something that is not there does not happen. */
class History {
  readonly #orders: string[] = []
  readonly #complaints: string[] = []

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case 'order': {
        const { phone: number, buyer: account } = step
        const person = {
          ...(number === undefined ? {} : { phone: number }),
          ...(account === undefined ? {} : { buyer: account }),
        }
        const options = {
          storeId: step.isJd ? 'JD-1' : 'MALL',
          warehouseId: step.fromGz ? 'WH-GZ' : 'WH-HZ',
          paidCents: step.paidCents,
        }
        this.#orders.push(await store.ordered(person, time(step.at), options))
        return
      }
      case 'refresh':
        await store.settle(time(step.at), { ordersARound: 2, customersARound: 2 })
        return
      case 'withdraw': {
        const [complaintId] = this.#complaints.splice(step.of % Math.max(1, this.#complaints.length), 1)
        if (complaintId === undefined) return
        await store.inTransaction((tx) =>
          withdrawComplaint(tx, complaintId, 'a mistake', { operator: 'test', scope: { kind: 'all' } }),
        )
        return
      }
      default: {
        const orderId = pick(this.#orders, step.of)
        if (orderId !== undefined) await this.#about(orderId, step)
      }
    }
  }

  async #about(orderId: string, step: Exclude<Step, { do: 'order' | 'refresh' | 'withdraw' }>) {
    switch (step.do) {
      case 'cancel':
        return store.cancel(orderId)
      case 'send-back':
        return store.sendBack(orderId)
      case 'refund':
        return store.refund(orderId, step.cents)
      case 'complain': {
        const by = { operator: 'test', now: new Date() }
        const body = { orderId, source: 'customer_service', category: 'quality' } as const
        this.#complaints.push(await store.inTransaction((tx) => recordComplaint(tx, body, by)))
        return
      }
      case 'merge': {
        const { one, other } = await this.#two(step)
        if (!one || !other || one.id === other.id) return
        const said = { ...store.said(one.id, one.version), otherCustomerId: other.id }
        await store.inTransaction((tx) => mergeCustomers(tx, said))
        return
      }
      case 'split': {
        const { one } = await this.#two({ of: step.of, other: step.of })
        if (!one) return
        const identities = await store.db
          .selectFrom('customer_identity')
          .select('id')
          .where('customer_id', '=', one.id)
          .orderBy('id')
          .execute()
        const [first] = identities
        if (!first || identities.length < 2) return
        const said = { ...store.said(one.id, one.version), identityIds: [first.id] }
        await store.inTransaction((tx) => splitCustomer(tx, said))
      }
    }
  }

  async #two({ of, other }: { of: number; other: number }) {
    const living = await store.db
      .selectFrom('customer')
      .select(['id', 'version'])
      .where('merged_into', 'is', null)
      .orderBy('id')
      .execute()
    return { one: pick(living, of), other: pick(living, other) }
  }
}

let runs = 0

test('customers who were counted step by step, merged and split, are those that are counted from everything at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const history = new History()
      for (const each of steps) await history.play(each)
      // A day that nobody was graded on: cuts are those of everybody at its first turn.
      runs += 1
      const endMs = START_MS + (DAYS + 2 * runs) * DAY_MS
      const end = time(endMs)
      // The log is read to its end on the day before: cuts that were made of a part of it would be those of the day.
      await store.settle(time(endMs - DAY_MS), { ordersARound: 3, customersARound: 3 })
      await store.settle(end, { ordersARound: 3, customersARound: 3 })
      const stepwise = await store.figures()
      await store.forget()
      await store.settle(end)
      expect(await store.figures()).toEqual(stepwise)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
