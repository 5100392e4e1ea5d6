import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordComplaint, withdrawComplaint } from '../../store/complaints.ts'
import { type HealthStore, openHealthStore, type Placed } from './health-support.ts'

const HOUR_MS = 3_600_000
const DAYS = 8
const START_MS = Math.floor((Date.now() - 18 * 24 * HOUR_MS) / HOUR_MS) * HOUR_MS
const RUNS = 12

let store: HealthStore
beforeAll(async () => {
  store = await openHealthStore()
})
afterAll(() => store.close())

const time = (ms: number) => new Date(ms).toISOString()
/** A moment of the days that it is about, to the second: also the very first of an hour. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: DAYS * 24 - 1 }), fc.constantFrom(0, 1, 1_799, 3_599))
  .map(([hour, second]) => START_MS + hour * HOUR_MS + second * 1_000)
/** After something, by so many seconds. */
const lag = fc.constantFrom(1, 59, 61, 149, 151, 3_000, 3_601, 90_000, 180_000, 300_000)
/** Which of what there is already. */
const which = fc.nat(1_000)

type Step =
  | { do: 'order'; at: number; heard: number; isJd: boolean; isPaid: boolean }
  | { do: 'pack'; of: number; after: number; warehouseId: 'WH-HZ' | 'WH-GZ' }
  | { do: 'arrive'; of: number; after: number }
  | { do: 'cancel'; of: number; after: number }
  | { do: 'ask'; of: number; at: number }
  | { do: 'decide'; of: number; after: number; approved: boolean }
  | { do: 'count'; at: number; book: number; counted: number }
  | { do: 'complain'; of: number; at: number }
  | { do: 'withdraw'; of: number }
  | { do: 'refresh'; at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      at: moment,
      heard: lag,
      isJd: fc.boolean(),
      isPaid: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pack' as const),
      of: which,
      after: lag,
      warehouseId: fc.constantFrom('WH-HZ' as const, 'WH-GZ' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('arrive' as const), of: which, after: lag }) },
  fc.record({ do: fc.constant('cancel' as const), of: which, after: lag }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), of: which, at: moment }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      of: which,
      after: lag,
      approved: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('count' as const), at: moment, book: fc.nat(20), counted: fc.nat(20) }),
  fc.record({ do: fc.constant('complain' as const), of: which, at: moment }),
  fc.record({ do: fc.constant('withdraw' as const), of: which }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refresh' as const), at: moment }) },
)

/** What happens, one after the other; what needs something that is not there does not happen. */
class History {
  readonly #orders: (Placed & { atMs: number; packed: Set<string>; isAsked: boolean })[] = []
  readonly #parcels: { order: Placed; parcelId: string; atMs: number }[] = []
  readonly #requests: { changeId: string; atMs: number; order: { isAsked: boolean } }[] = []
  readonly #complaints: string[] = []

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case 'order': {
        const at = time(step.at)
        const paid = step.isPaid ? { paid: { at, heardAt: time(step.at + step.heard * 1_000) } } : {}
        const order = await store.placed(at, { storeId: step.isJd ? 'JD-1' : 'MALL', ...paid })
        this.#orders.push({ ...order, atMs: step.at, packed: new Set(), isAsked: false })
        return
      }
      case 'pack': {
        const order = pick(this.#orders, step.of)
        if (!order || order.packed.has(step.warehouseId)) return
        order.packed.add(step.warehouseId)
        const atMs = order.atMs + step.after * 1_000
        const parcelId = await store.pack(order, time(atMs), { warehouseId: step.warehouseId })
        this.#parcels.push({ order, parcelId, atMs })
        return
      }
      case 'arrive': {
        const parcel = pick(this.#parcels, step.of)
        if (parcel) await store.arrive(parcel.order, parcel.parcelId, time(parcel.atMs + step.after * 1_000))
        return
      }
      case 'cancel': {
        const order = pick(this.#orders, step.of)
        if (order) await store.cancel(order, time(order.atMs + step.after * 1_000))
        return
      }
      case 'ask': {
        const order = pick(this.#orders, step.of)
        if (!order || order.isAsked) return
        order.isAsked = true
        this.#requests.push({ changeId: await store.ask(order, time(step.at)), atMs: step.at, order })
        return
      }
      case 'decide': {
        const [request] = this.#requests.splice(step.of % Math.max(1, this.#requests.length), 1)
        if (!request) return
        request.order.isAsked = false
        await store.decide(request.changeId, {
          at: time(request.atMs + step.after * 1_000),
          approved: step.approved,
        })
        return
      }
      case 'count':
        return store.counted(time(step.at), [{ book: step.book, counted: step.counted }])
      case 'complain': {
        const order = pick(this.#orders, step.of)
        if (!order) return
        const body = { orderId: order.orderId, source: 'customer_service', category: 'quality' } as const
        const occurredAt = time(step.at)
        const by = { operator: 'test', now: new Date() }
        this.#complaints.push(
          await store.inTransaction((tx) => recordComplaint(tx, { ...body, occurredAt }, by)),
        )
        return
      }
      case 'withdraw': {
        const [complaintId] = this.#complaints.splice(step.of % Math.max(1, this.#complaints.length), 1)
        if (complaintId === undefined) return
        await store.inTransaction((tx) =>
          withdrawComplaint(tx, complaintId, 'a mistake', { operator: 'test', scope: { kind: 'all' } }),
        )
        return
      }
      case 'refresh':
        await store.settle(time(step.at), undefined, { sourcesARound: 2, hoursARound: 3 })
    }
  }
}

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)]
}

test('figures that were brought up to date step by step are those that are made from everything at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const history = new History()
      for (const each of steps) await history.play(each)
      const end = time(START_MS + (DAYS + 6) * 24 * HOUR_MS)
      await store.settle(end, undefined, { sourcesARound: 3, hoursARound: 5 })
      const stepwise = await store.figures()
      await store.forget()
      await store.settle(end)
      expect(stepwise).toEqual(await store.figures())
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
