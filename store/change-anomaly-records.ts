import { sql } from 'kysely'
import type { ChangeRecord } from '../domain/change-anomaly.ts'
import type { Db } from './database.ts'

/** Requests are read so many at a time, and never more than these: of more, the newest. */
const BATCH = 2_000
const MOST_RECORDS = 200_000

type RecordRow = Omit<ChangeRecord, 'submittedAtMs'> & { submittedAt: Date; at: string }

/** What people have asked for since then. What buyers and systems ask for by themselves is nobody's behaviour. */
export async function readChangeRecords(db: Db, since: Date): Promise<ChangeRecord[]> {
  const records: ChangeRecord[] = []
  let before: { at: string; id: string } | null = null
  while (records.length < MOST_RECORDS) {
    const rows: RecordRow[] = await readBatch(db, since, before)
    for (const { submittedAt, at: _, ...record } of rows) {
      records.push({ ...record, submittedAtMs: submittedAt.getTime() })
    }
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) break
    before = { at: last.at, id: last.changeId }
  }
  return records
}

async function readBatch(
  db: Db,
  since: Date,
  before: { at: string; id: string } | null,
): Promise<RecordRow[]> {
  const { rows } = await sql<RecordRow>`
    select request.id as "changeId", request.order_id as "orderId", request.store_id as "storeId", request.applicant,
      request.created_at as "submittedAt", request.created_at::text as at,
      request.concession_cents::float8 as "concessionCents",
      array(select distinct decision.account from change_decision decision
        where decision.change_id = request.id and decision.request_version = request.request_version
          and decision.decision = 'approve' and decision.refusal_code is null order by 1) as "approvedBy",
      case when request.type in ('price', 'item') then (
        select coalesce(jsonb_agg(jsonb_build_object('skuId', sku.id, 'standardPriceCents', sku.standard_price_cents,
          'unitPriceCents', line -> 'after' -> 'unitPriceCents')), '[]')
        from jsonb_array_elements(asked.effect -> 'lines') line
        join sku on sku.id = line -> 'after' ->> 'skuId'
        where (line -> 'after' ->> 'quantity')::int > 0
      ) else '[]' end as prices,
      encode(contact.customer, 'hex') as customer
    from change_request request
    join change_request_version asked
      on asked.change_id = request.id and asked.request_version = request.request_version
    join orders on orders.id = request.order_id
    join contact on contact.id = orders.contact_id
    where request.created_at >= ${since} and asked.facts ->> 'applicantRole' not in ('buyer', 'system')
      and (${before?.at ?? null}::timestamptz is null
        or (request.created_at, request.id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
    order by request.created_at desc, request.id desc
    limit ${BATCH}`.execute(db)
  return rows
}
