import { sql } from 'kysely'
import type { AbnormalRule, HandlerChoice } from '../domain/abnormal-order.ts'
import type { Tx } from './database.ts'

/** Who is to look at a finding: an account, or whoever has the role; neither where nobody of them is there. */
export type Handler = { account: string | null; role: string | null }

const NOBODY: Handler = { account: null, role: null }

/**
 * Chooses who handles what a rule has found, among the accounts that are there and may see the store. Those who take
 * turns, or are given what the others have too much of, are chosen one order at a time.
 */
export async function handlerOf(
  tx: Tx,
  { name, handler }: Pick<AbnormalRule, 'name' | 'handler'>,
  storeId: string,
): Promise<Handler> {
  if (!handler) return NOBODY
  if (handler.kind === 'role') return { account: null, role: handler.role }
  if (handler.kind !== 'person') {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`handlers/${name}`}, 0))`.execute(tx)
  }
  const account = await accountOf(tx, handler, { rule: name, storeId })
  return { account, role: account === null ? roleOf(handler) : null }
}

/** Nobody of the role is there: it is the role's all the same, for whoever comes. */
function roleOf(handler: HandlerChoice): string | null {
  return 'among' in handler && 'role' in handler.among ? handler.among.role : null
}

async function accountOf(
  tx: Tx,
  handler: Exclude<HandlerChoice, { kind: 'role' }>,
  { rule, storeId }: { rule: string; storeId: string },
): Promise<string | null> {
  const among =
    handler.kind === 'person'
      ? sql`account.user_name = ${handler.account}`
      : 'role' in handler.among
        ? sql`account.role = ${handler.among.role}`
        : sql`account.user_name = any(${handler.among.accounts}::text[])`
  const load =
    handler.kind === 'least-loaded'
      ? sql`(select count(*) from work_item where owner = account.user_name and state = 'open'),`
      : sql``
  const { rows } = await sql<{ user_name: string }>`
    select user_name from account
    where ${among} and not disabled and case
      when role in ('clerk', 'team_lead', 'store_manager') then ${storeId} = any(store_ids)
      when role = 'regional_director' then region = (select region from store where id = ${storeId})
      else true end
    order by ${load} (
      select max(found_at) from order_finding as turn
      where turn.handler = account.user_name and turn.rule = ${rule}) nulls first, user_name
    limit 1`.execute(tx)
  return rows[0]?.user_name ?? null
}
