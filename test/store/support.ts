import type { ControlledTransaction } from 'kysely'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { expect, vi } from 'vitest'
import { orderPlacedBody } from '../../contracts/facts.ts'
import type { PlacedOrder } from '../../contracts/orders.ts'
import type { PaymentAnswer } from '../../contracts/payments.ts'
import type { PickTaskEventAnswer, PickTaskEventBody } from '../../contracts/pick-tasks.ts'
import type { FulfilmentLine, OrderState, OrderWrite } from '../../domain/order.ts'
import { placeOrder } from '../../domain/order-life.ts'
import { type CheckoutInput, type CheckoutResult, checkout } from '../../store/checkout.ts'
import { type CommitResult, commitOrder } from '../../store/commit.ts'
import { createDatabase, type Db, type Tx } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { recordPayment } from '../../store/payments.ts'
import { recordPickTaskEvent } from '../../store/pick-tasks.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { placedFacts } from '../../store/reconcile.ts'
import type { Database } from '../../store/schema.ts'
import { adjustStock } from '../../store/stock.ts'
import { createTestDatabase } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { Random } from '../support/random.ts'

const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 10

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
export type Report = DistributiveOmit<PickTaskEventBody, 'eventId'> & { eventId?: string }
export type Line = { skuId: string; quantity: number }
export type TestStore = Awaited<ReturnType<typeof openTestStore>>

/** Chance whose seed is printed; TEST_SEED repeats a run. */
export function newRandom(what: string): Random {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.info(`${what}: TEST_SEED=${seed}`)
  return new Random(seed)
}

/** Waits until something is so. */
export function until<Result>(
  what: string,
  look: () => Promise<Result | null | undefined | false>,
): Promise<Result> {
  return vi.waitFor(
    async () => {
      const found = await look()
      if (found === null || found === undefined || found === false) throw new Error(`waited for ${what}`)
      return found
    },
    { timeout: PATIENCE_MS, interval: LOOK_AGAIN_MS },
  )
}

/** Works through items with as many hands at once as there are connections: more would only wait for one of those. */
export async function withHands<Item, Result>(
  hands: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const hand = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index)
  }
  await Promise.all(Array.from({ length: hands }, hand))
  return results
}

/** An order's workflow does one thing after another, however many hands ask it to. */
export function newTurns() {
  const turns = new Map<string, Promise<unknown>>()
  return <Result>(orderId: string, work: () => Promise<Result>): Promise<Result> => {
    const turn = (turns.get(orderId) ?? Promise.resolve()).then(work, work)
    turns.set(orderId, turn)
    return turn
  }
}

/** A database for one test file: store MALL, warehouses WH-HZ (Hangzhou) and WH-GZ (Guangzhou), no SKUs. */
export async function openTestStore(connections = 10) {
  const database = await createTestDatabase()
  const { appUrl } = database
  await database.db.destroy()
  const db = createDatabase(appUrl, connections)
  const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)
  const policies = new Policies()
  const rivals: Db[] = []
  await seedPlaces(db)
  const inTransaction = <Result>(work: (tx: Tx) => Promise<Result>) => db.transaction().execute(work)

  /** A SKU with as many units as told in each warehouse; the ledger says how they came in. */
  async function addSku(units: Partial<Record<'WH-HZ' | 'WH-GZ', number>>): Promise<string> {
    const skuId = `SKU-${uuid()}`
    await db
      .insertInto('sku')
      .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })
      .execute()
    await inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: Object.entries(units).map(([warehouseId, quantityDelta]) => ({
          skuId,
          warehouseId,
          quantityDelta,
        })),
        operationId: uuid(),
        operator: 'test',
        reason: 'first stock',
      }),
    )
    return skuId
  }

  /** Checks out in a transaction that is rolled back when refused, as the API does. */
  async function tryCheckout(
    lines: Line[],
    options: { db?: Db; externalOrderId?: string } = {},
  ): Promise<CheckoutResult> {
    const tx = await (options.db ?? db).startTransaction().execute()
    try {
      const result = await checkoutIn(tx, lines, options.externalOrderId)
      await (result.ok ? tx.commit() : tx.rollback()).execute()
      return result
    } catch (error) {
      await tx.rollback().execute()
      throw error
    }
  }

  /** What the API passes on for these lines. */
  function checkoutInput(lines: Line[], externalOrderId?: string): CheckoutInput {
    return {
      orderId: uuid(),
      placedBy: 'system:mall',
      traceParent: null,
      body: {
        storeId: 'MALL',
        channel: 'mall',
        ...(externalOrderId === undefined ? {} : { externalOrderId }),
        contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
        lines: lines.map((line) => ({ ...line, unitPriceCents: 1_000 })),
        freightCents: 0,
      },
    }
  }

  /** Checks out in a transaction of the test's own. */
  function checkoutIn(tx: Tx, lines: Line[], externalOrderId?: string): Promise<CheckoutResult> {
    return checkout(tx, { keyRing, policies }, checkoutInput(lines, externalOrderId))
  }

  async function order(lines: Line[]): Promise<PlacedOrder> {
    const result = await tryCheckout(lines)
    if (!result.ok) throw result.problem
    return result.order
  }

  function payIn(
    tx: Tx,
    placed: Pick<PlacedOrder, 'orderId' | 'amountCents'>,
    payment: { paymentId?: string; amountCents?: number } = {},
  ): Promise<PaymentAnswer> {
    const { paymentId = uuid(), amountCents = placed.amountCents } = payment
    const body = { paymentId, amountCents, method: 'wechat' as const, paidAt: new Date().toISOString() }
    return recordPayment(tx, {
      orderId: placed.orderId,
      body,
      operator: 'system:payments',
      traceParent: null,
    })
  }

  function reportIn(tx: Tx, pickTaskId: string, body: Report): Promise<PickTaskEventAnswer> {
    return recordPickTaskEvent(tx, {
      pickTaskId,
      body: { eventId: uuid(), ...body },
      operator: 'system:warehouse',
      traceParent: null,
    })
  }

  /** The state that the order's workflow begins with. */
  async function firstState(orderId: string): Promise<OrderState> {
    return placeOrder(orderPlacedBody.parse(await placedFacts(db, orderId)))
  }

  /** Commits the order's next version with the given writes, as its workflow would. */
  async function commit(
    orderId: string,
    writes: OrderWrite[],
    change: Partial<OrderState> = {},
    options: { db?: Db } = {},
  ): Promise<CommitResult> {
    const { version, event_count } = await row(orderId)
    const state = { ...(await firstState(orderId)), ...change, version, eventCount: event_count + 1 }
    return commitOrder(
      options.db ?? db,
      { runId: 'run', state, records: [{ key: uuid(), log: [], writes }] },
      { keyRing, policies },
    )
  }

  /** A paid order with a pick task in each of its warehouses. Returns the ids of the tasks. */
  async function paidOrder(lines: Line[]): Promise<{ order: PlacedOrder; taskIds: string[] }> {
    const placed = await order(lines)
    await inTransaction((tx) => payIn(tx, placed))
    return { order: placed, taskIds: await openTasks(placed.orderId, placed.reservations) }
  }

  async function openTasks(
    orderId: string,
    allocations: readonly (FulfilmentLine & { warehouseId: string })[],
    options: { db?: Db } = {},
  ): Promise<string[]> {
    const warehouseIds = [...new Set(allocations.map((entry) => entry.warehouseId))].sort()
    const before = (await tasks(orderId)).length
    const fulfilments = warehouseIds.map((warehouseId, index) => ({
      fulfilmentId: `${orderId}-F${before + index + 1}`,
      warehouseId,
      state: 'picking' as const,
      lines: allocations
        .filter((entry) => entry.warehouseId === warehouseId)
        .map(({ lineNumber, skuId, quantity }) => ({ lineNumber, skuId, quantity })),
    }))
    await commit(
      orderId,
      fulfilments.map((fulfilment) => ({ kind: 'create_pick_task', fulfilment })),
      { status: 'paid' },
      options,
    )
    return fulfilments.map((fulfilment) => fulfilment.fulfilmentId)
  }

  const row = (orderId: string) =>
    db.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirstOrThrow()
  const tasks = (orderId: string) =>
    db.selectFrom('pick_task').selectAll().where('order_id', '=', orderId).orderBy('id').execute()
  const holds = (orderId: string) =>
    db
      .selectFrom('reservation')
      .selectAll()
      .where('order_id', '=', orderId)
      .orderBy('sku_id')
      .orderBy('warehouse_id')
      .execute()
  const level = (skuId: string, warehouseId: string) =>
    db
      .selectFrom('stock_level')
      .selectAll()
      .where('sku_id', '=', skuId)
      .where('warehouse_id', '=', warehouseId)
      .executeTakeFirstOrThrow()

  /** Lets the time of an order's holds be over since a moment ago. */
  const endTimeOf = (orderId: string) =>
    db
      .updateTable('reservation')
      .set({ expires_at: sql`clock_timestamp() - interval '1 millisecond'` })
      .where('order_id', '=', orderId)
      .execute()

  /** Somebody else with one connection of their own, so that it can be seen whether they wait for a lock. */
  function newRival(): Rival {
    const own = createDatabase(appUrl, 1)
    rivals.push(own)
    return createRival(own, db)
  }

  /** A transaction that stays open until the test ends it. */
  async function begin(): Promise<ControlledTransaction<Database>> {
    const own = createDatabase(appUrl, 1)
    rivals.push(own)
    return own.startTransaction().execute()
  }

  return {
    ...database,
    db,
    keyRing,
    policies,
    inTransaction,
    addSku,
    tryCheckout,
    checkoutInput,
    checkoutIn,
    order,
    payIn,
    pay: (
      placed: Pick<PlacedOrder, 'orderId' | 'amountCents'>,
      payment: { paymentId?: string; amountCents?: number } = {},
    ) => inTransaction((tx) => payIn(tx, placed, payment)),
    reportIn,
    report: (pickTaskId: string, body: Report) => inTransaction((tx) => reportIn(tx, pickTaskId, body)),
    firstState,
    commit,
    paidOrder,
    openTasks,
    row,
    tasks,
    holds,
    level,
    endTimeOf,
    newRival,
    begin,
    close: async () => {
      await Promise.all([...rivals, db].map((each) => each.destroy()))
      await database.destroy()
    },
  }
}

export type Rival = ReturnType<typeof createRival>

function createRival(own: Db, watcher: Db) {
  let pid = 0
  return {
    /** Begins work and returns at once; its failure is seen by whoever awaits `result`. */
    start: async <Result>(work: (db: Db) => Promise<Result>): Promise<{ result: Promise<Result> }> => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(own)
      pid = rows[0]?.pid ?? 0
      const result = work(own)
      result.catch(() => undefined)
      return { result }
    },
    /** Returns once this one waits for somebody else's lock. */
    untilBlocked: () =>
      until('the rival to wait for a lock', async () => {
        const { rows } = await sql<{
          blocked: boolean
        }>`select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`.execute(watcher)
        return rows[0]?.blocked
      }),
  }
}

async function seedPlaces(db: Db): Promise<void> {
  const place = { region: '华东' }
  await db
    .insertInto('warehouse')
    .values([
      { ...place, id: 'WH-HZ', name: '杭州仓', division_code: '330106', longitude: 120.13, latitude: 30.26 },
      { ...place, id: 'WH-GZ', name: '广州仓', division_code: '440106', longitude: 113.36, latitude: 23.12 },
    ])
    .execute()
  await db.insertInto('store').values({ id: 'MALL', name: '商城', channel: 'mall', region: '华东' }).execute()
  const document = {
    trackingIntervalSeconds: 1,
    afterSalesWindowSeconds: 1,
    latePaymentWindowSeconds: 1,
    parcelSilenceSeconds: 3_600,
  }
  await publishPolicy(db, { kind: 'order-life', document, author: 'test', reason: 'test' })
  const reservation = { holdTtlSeconds: 600, rules: [] }
  await publishPolicy(db, { kind: 'reservation', document: reservation, author: 'test', reason: 'test' })
}

type Unsound = { sku_id: string; warehouse_id: string; problem: string }

/** Levels whose counters differ from the ledger or from the holds, or that promise more than there is. */
export async function findUnsound(db: Db | Tx): Promise<Unsound[]> {
  const { rows } = await sql<Unsound>`
    with ledger as (
      select sku_id, warehouse_id, sum(total_delta) as total, sum(shipped_delta) as shipped,
        sum(reserved_delta) as reserved, sum(shortfall_delta) as shortfall
      from stock_ledger group by 1, 2
    ), live as (
      select sku_id, warehouse_id, sum(quantity) as units from reservation
      where state in ('held', 'confirmed') group by 1, 2
    )
    select level.sku_id, level.warehouse_id, concat_ws('; ',
      case when level.reserved <> coalesce(live.units, 0)
        then format('reserved %s, holds %s', level.reserved, coalesce(live.units, 0)) end,
      case when (level.total, level.shipped, level.reserved, level.shortfall) is distinct from
          (coalesce(ledger.total, 0), coalesce(ledger.shipped, 0), coalesce(ledger.reserved, 0), coalesce(ledger.shortfall, 0))
        then format('counters %s, ledger %s', (level.total, level.shipped, level.reserved, level.shortfall),
          (ledger.total, ledger.shipped, ledger.reserved, ledger.shortfall)) end,
      case when level.total - level.shipped - level.reserved + level.shortfall < 0 then 'oversold' end,
      case when level.shipped > level.total then format('%s left the house, %s were there', level.shipped, level.total) end
    ) as problem
    from stock_level as level
      left join ledger using (sku_id, warehouse_id) left join live using (sku_id, warehouse_id)`.execute(db)
  return rows.filter((found) => found.problem !== '')
}

export async function expectSound(db: Db | Tx): Promise<void> {
  expect(await findUnsound(db)).toEqual([])
}
