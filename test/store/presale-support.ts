import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { expect } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { MixedOrders } from '../../domain/presale.ts'
import { type ChangeResult, changeHolds } from '../../store/change-holds.ts'
import type { Db, Tx } from '../../store/database.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { findPresale } from '../../store/presale-queries.ts'
import { createPresale, receiveArrival } from '../../store/presales.ts'

export const EXPECTED_ON = '2031-06-18'

/** Opens a presale of a SKU, for years. Returns its id. */
export async function openPresale(db: Db, skuId: string, quantity: number): Promise<string> {
  const presaleId = uuid()
  const body = {
    skuId,
    warehouseId: 'WH-HZ',
    quantity,
    expectedOn: EXPECTED_ON,
    closesAt: '2031-06-01T00:00:00Z',
  }
  await db
    .transaction()
    .execute((tx) => createPresale(tx, { presaleId, body, operationId: uuid(), operator: 'test' }))
  return presaleId
}

export function arriveIn(tx: Tx, presaleId: string, quantity: number, operationId: string = uuid()) {
  const body = { warehouseId: 'WH-HZ', quantity, inStock: false, reason: 'delivery note 1' }
  return receiveArrival(tx, { presaleId, body, operationId, operator: 'test', traceParent: null })
}

export const arrive = (db: Db, presaleId: string, quantity: number, operationId?: string) =>
  db.transaction().execute((tx) => arriveIn(tx, presaleId, quantity, operationId))

export const presaleHolds = (db: Db, orderId: string) =>
  db.selectFrom('presale_hold').selectAll().where('order_id', '=', orderId).orderBy('created_at').execute()

/** Lets the time of all that an order holds be over since a moment ago. */
export async function endTimeOfOrder(db: Db, orderId: string): Promise<void> {
  for (const table of ['presale_hold', 'reservation'] as const) {
    await sql`update ${sql.table(table)} set expires_at = clock_timestamp() - interval '1 millisecond'
      where order_id = ${orderId}`.execute(db)
  }
}

export async function countersOf(db: Db, presaleId: string) {
  const presale = await findPresale(db, presaleId)
  if (!presale) throw new Error('no such presale')
  const { state, promised, sold, served, freed, waiting, left } = presale
  return { state, promised, sold, served, freed, waiting, left }
}

/** What orders with both kinds of goods do from now on. */
export const shipMixed = (db: Db, presale: MixedOrders) =>
  publishPolicy(db, {
    kind: 'allocation',
    document: { ...POLICIES.allocation.initial, presale },
    author: 'test',
    reason: 'test',
  })

/** Every presale's counters are what its ledger and its holds say, and no more is sold than promised. */
export async function expectPresalesSound(db: Db | Tx): Promise<void> {
  const { rows } = await sql`
    with ledger as (
      select presale_id as id, sum(promised_delta) as promised, sum(sold_delta) as sold, sum(served_delta) as served,
        sum(freed_delta) as freed
      from presale_ledger group by presale_id
    ), held as (
      select presale_id as id, sum(case when state in ('held', 'waiting') then quantity else served end) as sold,
        sum(served) as served
      from presale_hold group by presale_id
    )
    select presale.id from presale left join ledger using (id) left join held using (id)
    where (presale.promised, presale.sold, presale.served, presale.freed)
        is distinct from (ledger.promised, ledger.sold, ledger.served, ledger.freed)
      or (presale.sold, presale.served) is distinct from (coalesce(held.sold, 0), coalesce(held.served, 0))
      or presale.sold + presale.freed > presale.promised`.execute(db)
  expect(rows).toEqual([])
}

export type ChangedLine = { lineNumber: number; skuId: string; quantity: number }

/** Changes what an order demands, as an approved change would: its row locked, its lines as they are then. */
export async function changeIn(
  tx: Tx,
  { orderId, reservationExpiresAt }: PlacedOrder,
  demand: ChangedLine[],
): Promise<ChangeResult> {
  await sql`select 1 from orders where id = ${orderId} for no key update`.execute(tx)
  const { rows } = await sql<{ paid: boolean }>`
    select exists (select from payment where order_id = ${orderId}) as paid`.execute(tx)
  // What is owed stays what it was, all of it freight: here it is the units that change.
  const wanted = JSON.stringify(demand)
  await sql`
    with line as (
      select "lineNumber", coalesce(wanted."skuId", had.sku_id) as "skuId",
        coalesce(wanted.quantity, had.quantity) as quantity, 0 as "unitPriceCents"
      from (select line_number as "lineNumber", sku_id, quantity from order_line where order_id = ${orderId}) as had
        full join json_to_recordset(${wanted}::json) as wanted ("lineNumber" int, "skuId" text, quantity int)
          using ("lineNumber")
    )
    select hub_change_order(id, 'CR-TEST', (select jsonb_agg(line) from line), amount_cents, amount_cents, null, null)
    from orders where id = ${orderId}`.execute(tx)
  return changeHolds(tx, {
    orderId,
    channel: 'mall',
    divisionCode: '330106',
    demand,
    expiresAt: new Date(reservationExpiresAt),
    operationId: uuid(),
    confirmed: rows[0]?.paid === true,
    operator: 'test',
  })
}

/** The same in a transaction of its own, which a refusal rolls back. */
export async function change(db: Db, order: PlacedOrder, demand: ChangedLine[]): Promise<ChangeResult> {
  const tx = await db.startTransaction().execute()
  try {
    const result = await changeIn(tx, order, demand)
    await (result.ok ? tx.commit() : tx.rollback()).execute()
    return result
  } catch (error) {
    await tx.rollback().execute()
    throw error
  }
}
