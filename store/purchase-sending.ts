import { sql } from 'kysely'
import type { ErpPurchase } from '../domain/erp-purchase.ts'
import type { Db } from './database.ts'
import { BUSINESS_TIME_ZONE } from './sales-figures.ts'
import { openWorkItem } from './work-items.ts'

/** Longer than one call of the ERP takes with its time-out: until then nobody else tells it of the same list. */
const CLAIM_SECONDS = 120
const FIRST_RETRY_SECONDS = 15
const LAST_RETRY_SECONDS = 1_800

/** A list that the ERP is to be told of, and for the how manieth time. */
export type DuePurchase = { purchase: ErpPurchase; attempts: number }

/** The next list that the ERP is to be told of; nobody else tells it meanwhile. */
export async function claimDuePurchase(db: Db): Promise<DuePurchase | null> {
  const { rows } = await sql<{
    id: string
    number: string
    attempts: number
    warehouse_id: string
    supplier_id: string
    amount_cents: number
    ordered_on: string
    expected_on: string
    lines: ErpPurchase['lines']
  }>`
    with claimed as (
      update purchase_list set erp_state = 'sending', erp_attempts = erp_attempts + 1,
        erp_next_at = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
      where id = (
        select id from purchase_list where erp_state in ('due', 'sending') and erp_next_at <= clock_timestamp()
        order by erp_next_at, id limit 1 for update skip locked
      ) returning *
    )
    select id::text, number, erp_attempts as attempts, warehouse_id, supplier_id, amount_cents,
      (approved_at at time zone ${BUSINESS_TIME_ZONE})::date::text as ordered_on, expected_on::text,
      (select jsonb_agg(jsonb_build_object('lineNumber', line_number, 'skuId', sku_id, 'quantity', units,
        'unitCostCents', unit_cost_cents) order by line_number) from purchase_line where purchase_id = claimed.id) as lines
    from claimed`.execute(db)
  const [row] = rows
  if (!row) return null
  const { id: purchaseId, number, attempts, lines } = row
  const purchase: ErpPurchase = {
    ...{ purchaseId, number, warehouseId: row.warehouse_id, supplierId: row.supplier_id },
    ...{ orderedOn: row.ordered_on, expectedOn: row.expected_on, amountCents: row.amount_cents, lines },
  }
  return { purchase, attempts }
}

/** What became of telling the ERP. */
export type SendingResult =
  | { state: 'sent'; reference: string | null }
  | { state: 'refused'; error: string }
  | { state: 'later'; error: string; afterSeconds?: number }

/** Keeps it. A call without an answer may have had its effect, and is made again; a refusal is somebody's work. */
export async function settleSending(db: Db, due: DuePurchase, result: SendingResult): Promise<void> {
  const { purchaseId, number } = due.purchase
  await db.transaction().execute(async (tx) => {
    const { numAffectedRows } = await sql`update purchase_list set
        erp_state = ${result.state === 'later' ? 'sending' : result.state},
        erp_reference = ${result.state === 'sent' ? result.reference : null},
        erp_error = ${result.state === 'sent' ? null : result.error},
        erp_next_at = clock_timestamp() + make_interval(secs => ${patience(due.attempts, result)}),
        updated_at = clock_timestamp()
      where id = ${purchaseId} and erp_state = 'sending' and erp_attempts = ${due.attempts}`.execute(tx)
    if (result.state !== 'refused' || numAffectedRows === 0n) return
    const detail = { number, purchaseId, error: result.error }
    await openWorkItem(tx, { kind: 'purchase_refused', key: purchaseId, orderId: null, detail })
  })
}

function patience(attempts: number, result: SendingResult): number {
  if (result.state !== 'later') return 0
  return (
    result.afterSeconds ?? Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(attempts - 1, 10))
  )
}

/** Makes somebody's work of what should have been here and is not. Returns how many there are newly. */
export async function raiseOverdue(db: Db): Promise<number> {
  const { rows } = await sql<{ id: string; number: string; supplier_id: string; expected_on: string }>`
    select id::text, number, supplier_id, expected_on::text from purchase_list
    where status in ('approved', 'partially_received')
      and expected_on < (clock_timestamp() at time zone ${BUSINESS_TIME_ZONE})::date
      and not exists (select 1 from work_item
        where kind = 'purchase_overdue' and key = purchase_list.id::text and state = 'open')
    order by expected_on, id limit 100`.execute(db)
  for (const { id, number, supplier_id: supplierId, expected_on: expectedOn } of rows) {
    const detail = { number, supplierId, expectedOn, purchaseId: id }
    await openWorkItem(db, { kind: 'purchase_overdue', key: id, orderId: null, detail })
  }
  return rows.length
}
