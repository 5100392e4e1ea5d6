import { sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type { ListWecomMembersQuery, WecomMemberView } from '../contracts/wecom.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { Keyset, type Page } from './paging.ts'

type Row = {
  id: string
  user_name: string
  display_name: string
  role: WecomMemberView['role']
  disabled: boolean
  member_id: string | null
  mapped_by: string | null
  mapped_at: Date | null
}

const byUserName = z.tuple([z.string().max(64)])

/** One page of the accounts with who they are in WeCom, by user name. */
export async function listWecomMembers(db: Db, query: ListWecomMembersQuery): Promise<Page<WecomMemberView>> {
  const keyset = new Keyset('wecom-members', query, byUserName)
  const after = keyset.after(query.cursor)
  const direction = query.sort === '-userName' ? sql`desc` : sql`asc`
  const beyond = query.sort === '-userName' ? sql`<` : sql`>`
  const { rows } = await sql<Row>`
    select ${columns} where true
      ${after ? sql`and account.user_name ${beyond} ${after[0]}` : sql``}
      ${query.mapped === undefined ? sql`` : sql`and (member.id is not null) = ${query.mapped}`}
      ${query.role ? sql`and account.role = ${query.role}` : sql``}
      ${query.text ? sql`and position(lower(${query.text}) in lower(account.user_name || ' ' || account.display_name || ' ' || coalesce(member.member_id, ''))) > 0` : sql``}
    order by account.user_name ${direction} limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.user_name], viewOf)
}

export async function findWecomMember(db: Db | Tx, accountId: string): Promise<WecomMemberView | null> {
  const { rows } = await sql<Row>`select ${columns} where account.id = ${accountId}`.execute(db)
  return rows[0] ? viewOf(rows[0]) : null
}

const columns = sql`
  account.id, account.user_name, account.display_name, account.role, account.disabled,
  member.member_id, member.mapped_by, member.mapped_at
  from account left join wecom_member as member on member.account_id = account.id and member.ended_at is null`

function viewOf(row: Row): WecomMemberView {
  return {
    accountId: row.id,
    userName: row.user_name,
    displayName: row.display_name,
    role: row.role,
    active: !row.disabled,
    memberId: row.member_id,
    mappedBy: row.mapped_by,
    mappedAt: row.mapped_at?.toISOString() ?? null,
  }
}

/**
 * From now on the account is this member of WeCom, and no other. The same again changes nothing.
 *
 * @throws ProblemError `not-found`, `wecom-member-taken`
 */
export async function mapWecomMember(
  tx: Tx,
  change: { accountId: string; memberId: string; origin: AuditOrigin },
): Promise<void> {
  const { accountId, memberId, origin } = change
  await lockAccount(tx, accountId)
  const present = await findWecomMember(tx, accountId)
  if (present?.memberId === memberId) return
  await endMapping(tx, accountId, origin.actor)
  const { rows } = await sql`
    insert into wecom_member (account_id, member_id, mapped_by) values (${accountId}, ${memberId}, ${origin.actor})
    on conflict (member_id) where ended_at is null do nothing returning id`.execute(tx)
  if (rows.length === 0) throw new ProblemError('wecom-member-taken')
  await appendAudit(tx, {
    ...origin,
    action: 'wecom_member.mapped',
    subject: { kind: 'account', id: accountId },
    oldValue: { memberId: present?.memberId ?? null },
    newValue: { memberId },
  })
}

/** From now on the account is nobody in WeCom. @throws ProblemError `not-found` */
export async function unmapWecomMember(
  tx: Tx,
  { accountId, origin }: { accountId: string; origin: AuditOrigin },
): Promise<void> {
  await lockAccount(tx, accountId)
  const present = await findWecomMember(tx, accountId)
  if (!present?.memberId) return
  await endMapping(tx, accountId, origin.actor)
  await appendAudit(tx, {
    ...origin,
    action: 'wecom_member.unmapped',
    subject: { kind: 'account', id: accountId },
    oldValue: { memberId: present.memberId },
    newValue: { memberId: null },
  })
}

async function lockAccount(tx: Tx, accountId: string): Promise<void> {
  // Two people who map the same account at once.
  const { rows } = await sql`select 1 from account where id = ${accountId} for no key update`.execute(tx)
  if (rows.length === 0) throw new ProblemError('not-found', `there is no account ${accountId}`)
}

async function endMapping(tx: Tx, accountId: string, operator: string): Promise<void> {
  await tx
    .updateTable('wecom_member')
    .set({ ended_by: operator, ended_at: sql`clock_timestamp()` })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .execute()
}
