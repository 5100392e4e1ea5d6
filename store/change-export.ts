import { type RawBuilder, sql } from 'kysely'
import type { ChangeFilters } from '../contracts/change-requests.ts'
import { changeTexts } from '../domain/change-text.ts'
import { fits } from './change-queries.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { exact } from './paging.ts'

/** So many requests are read at a time. */
const BATCH = 1_000
/** More rows than any spreadsheet shows. */
const MAX_REQUESTS = 1_000_000

type Position = [createdAt: string, changeId: string]

/**
 * Every request that fits, the oldest first, a row for each of its versions: what it found and wants, who asked, who decided
 * and when. Read as fast as they are taken.
 */
export async function* exportChanges(db: Db, filters: ChangeFilters, scope: Scope) {
  let after: Position | null = null
  for (let read = 0; read < MAX_REQUESTS; read += BATCH) {
    const found: Awaited<ReturnType<typeof readBatch>> = await readBatch(db, filters, scope, after)
    const last = found.at(-1)
    if (!last) return
    const changeIds = found.map(({ id }) => id)
    const versions = await versionsOf(db, changeIds)
    const decisions = await decisionsOf(db, changeIds)
    const files = await filesOf(db, changeIds)
    for (const request of found) {
      for (const version of versions.get(request.id) ?? [])
        yield rowOf(request, version, decisions.get(request.id) ?? [], files.get(request.id) ?? [])
    }
    if (found.length < BATCH) return
    after = [last.exactly, last.id]
  }
}

function readBatch(db: Db, filters: ChangeFilters, scope: Scope, after: Position | null) {
  let select = db
    .selectFrom('change_request as request')
    .select(['id', 'number', 'order_id', 'store_id', 'request_version', 'status', 'separated'])
    .select(['erp_reference', 'end_code', 'end_detail', 'closed_at'])
    .where(inScope(scope, 'request.store_id'))
    .where(fits(filters))
    .select(exact('request.created_at').as('exactly'))
    .orderBy('request.created_at')
    .orderBy('request.id')
    .limit(BATCH)
  if (after)
    select = select.where(
      sql<boolean>`(request.created_at, request.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`,
    )
  return select.execute()
}

/** One parameter for a thousand ids, which cost more to write out than to find. */
function isOneOf(changeIds: string[]): RawBuilder<boolean> {
  return sql<boolean>`change_id = any(${changeIds}::uuid[])`
}

async function versionsOf(db: Db, changeIds: string[]) {
  const rows = await db
    .selectFrom('change_request_version')
    .select(['change_id', 'request_version', 'reason_code', 'reason', 'order_version', 'effect', 'tier'])
    .select(['submitted_by', 'submitted_at', 'policy_version'])
    .where(isOneOf(changeIds))
    .orderBy('request_version')
    .execute()
  return grouped(rows)
}

/** Those that counted. */
async function decisionsOf(db: Db, changeIds: string[]) {
  const rows = await db
    .selectFrom('change_decision')
    .select(['change_id', 'request_version', 'step_number', 'account', 'on_behalf_of', 'decision', 'via'])
    .select('recorded_at')
    .where(isOneOf(changeIds))
    .where('refusal_code', 'is', null)
    .orderBy('recorded_at')
    .execute()
  return grouped(rows)
}

async function filesOf(db: Db, changeIds: string[]) {
  const rows = await db
    .selectFrom('attachment')
    .select(['change_id', 'request_version', 'sha256'])
    .where(isOneOf(changeIds))
    .orderBy('position')
    .execute()
  return grouped(rows.flatMap(({ change_id, ...row }) => (change_id === null ? [] : [{ change_id, ...row }])))
}

function grouped<Row extends { change_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.change_id)
    if (group) group.push(row)
    else groups.set(row.change_id, [row])
  }
  return groups
}

type Found = Awaited<ReturnType<typeof readBatch>>[number]
type Rows<Read extends (...args: never[]) => Promise<Map<string, unknown[]>>> =
  Awaited<ReturnType<Read>> extends Map<string, (infer Row)[]> ? Row : never
type Version = Rows<typeof versionsOf>
type Decision = Rows<typeof decisionsOf>
type File = Rows<typeof filesOf>

function rowOf(request: Found, version: Version, decisions: readonly Decision[], files: readonly File[]) {
  const isPresent = version.request_version === request.request_version
  const isOfVersion = (row: { request_version: number | null }) =>
    row.request_version === version.request_version
  const { before, after } = changeTexts(version.effect)
  const { amountCents, differenceCents, type } = version.effect
  return {
    changeNumber: request.number,
    requestVersion: version.request_version,
    orderId: request.order_id,
    orderVersion: version.order_version,
    storeId: request.store_id,
    type,
    // Only what was rejected is asked for again.
    status: isPresent ? request.status : ('rejected' as const),
    applicant: version.submitted_by,
    submittedAt: version.submitted_at.toISOString(),
    reasonCode: version.reason_code,
    reason: version.reason,
    oldValue: before,
    newValue: after,
    oldAmountCents: amountCents.before,
    newAmountCents: amountCents.after,
    differenceCents,
    tier: version.tier,
    policyVersion: version.policy_version,
    decisions: decisions.filter(isOfVersion).map(decisionText).join('; '),
    /** SHA-256 of each file that was handed out with it. */
    attachments: files
      .filter(isOfVersion)
      .map(({ sha256 }) => sha256.toString('hex'))
      .join('; '),
    separationOfDuties: isPresent ? String(request.separated) : null,
    erpReference: isPresent ? request.erp_reference : null,
    endCode: isPresent ? request.end_code : null,
    endDetail: isPresent ? request.end_detail : null,
    closedAt: isPresent ? (request.closed_at?.toISOString() ?? null) : null,
    changeId: request.id,
  }
}
export type ExportedChange = ReturnType<typeof rowOf>

/** `step 1: approve by li.wei for wang.fang, wecom, 2026-11-28T01:02:03.000Z` */
function decisionText({ step_number, decision, account, on_behalf_of, via, recorded_at }: Decision): string {
  const standIn = on_behalf_of === null || on_behalf_of === account ? '' : ` for ${on_behalf_of}`
  return `step ${step_number}: ${decision} by ${account}${standIn}, ${via}, ${recorded_at.toISOString()}`
}
