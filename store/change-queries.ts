import { type RawBuilder, sql } from 'kysely'
import type {
  ChangeDetail,
  ChangeFilters,
  ChangeSummary,
  InboxCounts,
  InboxCountsQuery,
  InboxQuery,
  ListChangesQuery,
} from '../contracts/change-requests.ts'
import { changeSummary, MOST_COUNTED_APPROVALS } from '../contracts/change-requests.ts'
import { CHANGE_REQUEST_MEANING } from '../domain/change-request-state.ts'
import { attachmentsOf } from './attachments.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'

/** A request with what its present version asks for. */
function requests(db: Db | Tx, scope: Scope) {
  return db
    .selectFrom('change_request as request')
    .innerJoin('change_request_version as asked', (join) =>
      join
        .onRef('asked.change_id', '=', 'request.id')
        .onRef('asked.request_version', '=', 'request.request_version'),
    )
    .selectAll('request')
    .select(['asked.effect', 'asked.reason_code', 'asked.reason', 'asked.tier', 'asked.steps'])
    .select(['asked.policy_version', 'asked.change'])
    .where(inScope(scope, 'request.store_id'))
}
type Row = Awaited<ReturnType<ReturnType<typeof requests>['executeTakeFirstOrThrow']>>

/** The condition that keeps a query to the requests (aliased `request`) that fit what is asked for. */
export function fits(filters: ChangeFilters): RawBuilder<boolean> {
  const { status, open, type, orderId, storeId, changeNumber, applicant, needsAttention } = filters
  const { createdFrom, createdTo } = filters
  const conditions = [sql`true`]
  if (status) conditions.push(sql`request.status = ${status}`)
  if (open !== undefined)
    conditions.push(open ? sql`request.closed_at is null` : sql`request.closed_at is not null`)
  if (type) conditions.push(sql`request.type = ${type}`)
  if (orderId) conditions.push(sql`request.order_id = ${orderId}`)
  if (storeId) conditions.push(sql`request.store_id = ${storeId}`)
  if (changeNumber) conditions.push(sql`request.number = ${changeNumber}`)
  if (applicant) conditions.push(sql`request.applicant = ${applicant}`)
  if (needsAttention !== undefined) conditions.push(sql`request.needs_attention = ${needsAttention}`)
  if (createdFrom) conditions.push(sql`request.created_at >= ${createdFrom}::timestamptz`)
  if (createdTo) conditions.push(sql`request.created_at < ${createdTo}::timestamptz`)
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`
}

/** One page of the requests in scope, the newest or the oldest first. */
export async function listChanges(
  db: Db,
  query: ListChangesQuery,
  scope: Scope,
): Promise<Page<ChangeSummary>> {
  const keyset = new Keyset('change-requests', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  const select = requests(db, scope)
    .where(fits(query))
    .select(exact('request.created_at').as('at'))
    .orderBy('request.created_at', direction)
    .orderBy('request.id', direction)
    .where(beyond(['request.created_at', 'request.id'], query.sort, after))
    .limit(query.limit + 1)
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], summaryOf)
}

const isOverdue = sql<boolean>`request.due_at < now()`

/** The requests of an inbox as it is filtered. */
function fitsInbox({ overdue, ...filters }: InboxCountsQuery): RawBuilder<boolean> {
  return overdue ? sql`(${fits(filters)} and ${isOverdue})` : fits(filters)
}

/** What waits for one person's decision, whoever's agreement it is; what waits longest first, unless asked otherwise. */
export async function listInbox(db: Db, query: InboxQuery, account: string) {
  const keyset = new Keyset(`change-inbox/${account}`, query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  const select = requests(db, { kind: 'all' })
    .where(fitsInbox(query))
    .innerJoin('change_approver as place', 'place.change_id', 'request.id')
    .select(['place.principal', 'place.opened_at', exact('place.opened_at').as('at')])
    .where('place.account', '=', account)
    .where('place.state', '=', 'open')
    .where(beyond(['place.opened_at', 'request.id'], query.sort, after))
    .orderBy('place.opened_at', direction)
    .orderBy('request.id', direction)
    .limit(query.limit + 1)
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.at, row.id],
    (row) => ({
      ...summaryOf(row),
      askedAt: row.opened_at.toISOString(),
      onBehalfOf: row.principal === account ? null : row.principal,
      tierTitle: row.steps[row.step_number - 1]?.levels[row.level_number - 1]?.title ?? '',
    }),
  )
}

/** How much waits for one person's decision, as the list of it is filtered. */
export async function countInbox(db: Db, query: InboxCountsQuery, account: string): Promise<InboxCounts> {
  const most = MOST_COUNTED_APPROVALS
  const { rows } = await sql<Omit<InboxCounts, 'most'>>`
    select count(*)::int as total, count(*) filter (where ${isOverdue})::int as overdue
    from (select request.due_at from change_approver as place
      join change_request as request on request.id = place.change_id
      where place.account = ${account} and place.state = 'open' and ${fitsInbox(query)} limit ${most}) as request`.execute(
    db,
  )
  const [counted] = rows
  if (!counted) throw new Error('a count has one row')
  return { most, ...counted }
}

/** A request with all that belongs to it; the contacts of a change of address by their ids. Null outside the scope. */
export async function findChange(
  db: Db | Tx,
  changeId: string,
  scope: Scope,
  account: string | null,
): Promise<Omit<ChangeDetail, 'contact'> | null> {
  const row = await requests(db, await scopeFor(db, changeId, scope, account))
    .where('request.id', '=', changeId)
    .executeTakeFirst()
  if (!row) return null
  return {
    ...summaryOf(row),
    workflowId: `change:${changeId}`,
    effect: row.effect,
    tier: row.tier,
    policyVersion: row.policy_version,
    steps: row.steps,
    levelNumber: row.level_number,
    separationOfDuties: row.separated,
    erpReference: row.erp_reference,
    approvers: await approversOf(db, changeId),
    decisions: await decisionsOf(db, changeId),
    versions: await versionsOf(db, changeId),
    events: await eventsOf(db, changeId),
    attachments: await attachmentsOf(db, { changeId, changeNumber: row.number }),
  }
}

/** What people call a request that somebody may see; null outside the scope. */
export async function findChangeNumber(
  db: Db,
  changeId: string,
  scope: Scope,
  account: string | null,
): Promise<string | null> {
  const row = await db
    .selectFrom('change_request as request')
    .select('number')
    .where('id', '=', changeId)
    .where(inScope(await scopeFor(db, changeId, scope, account), 'request.store_id'))
    .executeTakeFirst()
  return row?.number ?? null
}

/** Whoever is asked for a decision sees what it is about, wherever their own stores are. */
async function scopeFor(db: Db | Tx, changeId: string, scope: Scope, account: string | null): Promise<Scope> {
  return account !== null && (await wasAsked(db, changeId, account)) ? { kind: 'all' } : scope
}

async function wasAsked(db: Db | Tx, changeId: string, account: string): Promise<boolean> {
  const row = await db
    .selectFrom('change_approver')
    .select('principal')
    .where('change_id', '=', changeId)
    .where((eb) => eb.or([eb('account', '=', account), eb('principal', '=', account)]))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function summaryOf(row: Row): ChangeSummary {
  return changeSummary.parse({
    changeId: row.id,
    changeNumber: row.number,
    orderId: row.order_id,
    storeId: row.store_id,
    type: row.type,
    status: row.status,
    meaning: CHANGE_REQUEST_MEANING[row.status],
    requestVersion: row.request_version,
    version: row.version,
    applicant: row.applicant,
    reasonCode: row.reason_code,
    reason: row.reason,
    orderVersion: row.order_version,
    amountCents: row.effect.amountCents,
    differenceCents: row.difference_cents,
    concessionCents: row.concession_cents,
    stepNumber: row.step_number,
    dueAt: row.due_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    shipBy: row.ship_by?.toISOString() ?? null,
    end: row.end_code === null ? null : { code: row.end_code, detail: row.end_detail ?? '' },
    needsAttention: row.needs_attention,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  })
}

async function approversOf(db: Db | Tx, changeId: string): Promise<ChangeDetail['approvers']> {
  const rows = await db
    .selectFrom('change_approver')
    .selectAll()
    .where('change_id', '=', changeId)
    .orderBy('request_version')
    .orderBy('step_number')
    .orderBy('level_number')
    .orderBy('principal')
    .execute()
  return rows.map((row) => ({
    requestVersion: row.request_version,
    stepNumber: row.step_number,
    levelNumber: row.level_number,
    account: row.account,
    onBehalfOf: row.principal === row.account ? null : row.principal,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    reminders: row.reminders,
  }))
}

async function decisionsOf(db: Db | Tx, changeId: string): Promise<ChangeDetail['decisions']> {
  const rows = await db
    .selectFrom('change_decision')
    .selectAll()
    .where('change_id', '=', changeId)
    .orderBy('recorded_at')
    .execute()
  return rows.map((row) => ({
    requestVersion: row.request_version,
    stepNumber: row.step_number,
    account: row.account,
    onBehalfOf: row.on_behalf_of,
    decision: row.decision,
    note: row.note,
    via: row.via,
    refusal: row.refusal_code === null ? null : { code: row.refusal_code, detail: row.refusal_detail ?? '' },
    recordedAt: row.recorded_at.toISOString(),
  }))
}

async function versionsOf(db: Db | Tx, changeId: string): Promise<ChangeDetail['versions']> {
  const rows = await db
    .selectFrom('change_request_version')
    .selectAll()
    .where('change_id', '=', changeId)
    .orderBy('request_version')
    .execute()
  return rows.map((row) => ({
    requestVersion: row.request_version,
    reasonCode: row.reason_code,
    reason: row.reason,
    orderVersion: row.order_version,
    effect: row.effect,
    submittedBy: row.submitted_by,
    submittedAt: row.submitted_at.toISOString(),
  }))
}

async function eventsOf(db: Db | Tx, changeId: string): Promise<ChangeDetail['events']> {
  const rows = await db
    .selectFrom('change_event')
    .select(['type', 'version', 'body', 'operator', 'recorded_at'])
    .where('change_id', '=', changeId)
    .orderBy('version')
    .execute()
  return rows.map(({ recorded_at, body, ...event }) => ({
    ...event,
    body: { ...body },
    recordedAt: recorded_at.toISOString(),
  }))
}

/** The contacts that a change of address is about, still sealed: the order's, and the one that it asks for. */
export async function contactsOfChange(
  db: Db,
  changeId: string,
): Promise<{ before: SealedContact | null; after: SealedContact | null } | null> {
  const row = await db
    .selectFrom('change_request as request')
    .innerJoin('change_request_version as asked', (join) =>
      join
        .onRef('asked.change_id', '=', 'request.id')
        .onRef('asked.request_version', '=', 'request.request_version'),
    )
    .innerJoin('orders', 'orders.id', 'request.order_id')
    .select(['asked.change', 'orders.contact_id'])
    .where('request.id', '=', changeId)
    .executeTakeFirst()
  if (row?.change.type !== 'address') return null
  const { contactId } = row.change
  const contacts = await db
    .selectFrom('contact')
    .select(['id', 'key_id', 'sealed', 'division_code'])
    .where('id', 'in', [row.contact_id, contactId])
    .execute()
  const of = (id: string) => contacts.find((contact) => contact.id === id) ?? null
  return { before: of(row.contact_id), after: of(contactId) }
}
type SealedContact = { id: string; key_id: string; sealed: Buffer | null; division_code: string }
