import { sql } from 'kysely'
import type {
  FindingView,
  ListFindingsQuery,
  OrderCheckView,
  ReleaseBody,
} from '../contracts/abnormal-orders.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { Role } from '../domain/role.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import { hashOf } from './audit-chain.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { appendInbox } from './inbox.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'

/** One page of what the rules about abnormal orders have found, in scope. */
export async function listFindings(
  db: Db,
  query: ListFindingsQuery,
  scope: Scope,
): Promise<Page<FindingView>> {
  const keyset = new Keyset('abnormal-orders', query, timeAndUuid)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('order_finding')
    .selectAll()
    .select(exact('found_at').as('at'))
    .select(
      sql<number>`(select policy_version from order_check
        where order_check.order_id = order_finding.order_id and order_check.number = order_finding.number)`.as(
        'policy_version',
      ),
    )
    .where(inScope(scope, 'store_id'))
    .orderBy('found_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.tag) select = select.where('tag', '=', query.tag)
  if (query.rule) select = select.where('rule', '=', query.rule)
  if (query.severity) select = select.where('severity', '=', query.severity)
  if (query.action) select = select.where('action', '=', query.action)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.handler) select = select.where('handler', '=', query.handler)
  if (query.handlerRole) select = select.where('handler_role', '=', query.handlerRole)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.orderId) select = select.where('order_id', '=', query.orderId)
  if (query.foundFrom) select = select.where('found_at', '>=', new Date(query.foundFrom))
  if (query.foundTo) select = select.where('found_at', '<', new Date(query.foundTo))
  select = select.where(beyond(['found_at', 'id'], query.sort, keyset.after(query.cursor)))
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.at, row.id],
    (row) => ({
      findingId: row.id,
      orderId: row.order_id,
      storeId: row.store_id,
      checkNumber: row.number,
      policyVersion: row.policy_version,
      rule: row.rule,
      tag: row.tag,
      severity: row.severity,
      action: row.action,
      because: row.because,
      facts: row.facts,
      handler: row.handler,
      handlerRole: row.handler_role,
      state: row.state,
      wasReleased: row.was_released,
      foundAt: row.found_at.toISOString(),
    }),
  )
}

/** Every check of an order with what it found, the first one first. */
export async function checksOf(db: Db | Tx, orderId: string): Promise<OrderCheckView[]> {
  const { rows } = await sql<
    Omit<OrderCheckView, 'checkedAt' | 'settledAt'> & { checkedAt: Date; settledAt: Date | null }
  >`
    select number, outcome, state, policy_version as "policyVersion", words_version as "wordsVersion",
      checked_at as "checkedAt", settled_at as "settledAt", released_by as "releasedBy",
      release_reason as "releaseReason", (
        select coalesce(json_agg(json_build_object('findingId', id, 'rule', rule, 'tag', tag, 'severity', severity,
          'action', action, 'because', because, 'facts', facts, 'handler', handler, 'handlerRole', handler_role,
          'state', state, 'wasReleased', was_released,
          'foundAt', to_char(found_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by position), '[]')
        from order_finding as finding
        where finding.order_id = answer.order_id and finding.number = answer.number) as findings
    from order_check as answer where order_id = ${orderId} order by number`.execute(db)
  return rows.map(({ checkedAt, settledAt, ...row }) => ({
    ...row,
    checkedAt: checkedAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  }))
}

/**
 * Lets a held order go on as it is. Decided here, by the row, once: the order hears of it through the inbox, whatever runs
 * or not. Of two people, or of a person and a change that is applied, who comes second is told.
 *
 * @throws ProblemError `order-not-held`, `order-release-forbidden`
 */
export async function releaseOrder(
  tx: Tx,
  orderId: string,
  { checkNumber, reason }: ReleaseBody,
  by: { operator: string; role: Role; origin: AuditOrigin; traceParent: string | null },
): Promise<void> {
  const latest = await tx
    .selectFrom('order_check')
    .select(['number', 'state', 'outcome'])
    .where('order_id', '=', orderId)
    .orderBy('number', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  if (latest?.state !== 'held') {
    throw new ProblemError('order-not-held', latest ? `check ${latest.number} is ${latest.state}` : undefined)
  }
  if (latest.number !== checkNumber) {
    throw new ProblemError('order-not-held', `it was checked again: check ${latest.number} holds it now`)
  }
  const blocks = await tx
    .selectFrom('order_finding')
    .select(['rule', 'released_by_roles'])
    .where('order_id', '=', orderId)
    .where('number', '=', checkNumber)
    .where('action', '=', 'block')
    .execute()
  const forbidden = blocks.find((finding) => !finding.released_by_roles.includes(by.role))
  if (forbidden) {
    const { rule, released_by_roles: roles } = forbidden
    throw new ProblemError('order-release-forbidden', `${rule} is let go by ${roles.join(', ')}`)
  }
  await tx
    .updateTable('order_check')
    .set({
      state: 'released',
      released_by: by.operator,
      release_reason: reason,
      settled_at: sql<Date>`clock_timestamp()`,
    })
    .where('order_id', '=', orderId)
    .where('number', '=', checkNumber)
    .execute()
  const rules = await tx
    .updateTable('order_finding')
    .set({ state: 'released' })
    .where('order_id', '=', orderId)
    .where('number', '=', checkNumber)
    .where('state', '=', 'held')
    .returning('rule')
    .execute()
  await appendInbox(tx, {
    source: 'console',
    sourceEventId: `check-release/${orderId}/${checkNumber}`,
    type: 'check.released',
    orderKey: orderId,
    occurredAt: new Date(),
    body: { number: checkNumber, operator: by.operator },
    traceParent: by.traceParent,
  })
  await appendAudit(tx, {
    ...by.origin,
    action: 'abnormal_order.released',
    subject: { kind: 'order', id: orderId },
    newValue: { checkNumber, outcome: latest.outcome, rules: rules.map(({ rule }) => rule).toSorted() },
    // Written about a customer: it belongs to its row.
    relatedHash: hashOf(reason),
  })
}
