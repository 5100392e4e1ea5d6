import { sql } from 'kysely'
import {
  type ChangeCardFacts,
  changeCardContent,
  type SettledCard,
  settledCardText,
} from '../domain/change-card.ts'
import type { Db, Tx } from './database.ts'
import { closeCard, openCard } from './wecom-cards.ts'

/**
 * Brings the cards of change requests in step with who is asked: a card for everybody in WeCom whose decision is open, and
 * a text in the place of the buttons for everybody else who has one. It follows the rows, whatever changed them: a
 * decision anywhere, an escalation, a delegate, a withdrawal, an account that was mapped only now.
 *
 * @returns how many cards it opened and closed
 */
export async function syncChangeCards(db: Db, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => (await open(tx, limit)) + (await close(tx, limit)))
}

/** What one card asks: a level of a step of a version of a request; a reminder is another card, and the one before is closed. */
const levelKey = sql`'change/' || asked.change_id || '/' || asked.request_version || '/' || asked.step_number || '/' || asked.level_number`
const subjectKey = sql`${levelKey} || '/' || asked.reminders`

type Opening = ChangeCardFacts & {
  subject_key: string
  subject: object
  account_id: string
  member_id: string
}

async function open(tx: Tx, limit: number): Promise<number> {
  const { rows } = await sql<Opening>`
    select ${subjectKey} as subject_key, account.id as account_id, member.member_id,
      jsonb_build_object('kind', 'change', 'changeId', asked.change_id, 'requestVersion', asked.request_version,
        'stepNumber', asked.step_number, 'orderVersion', request.order_version) as subject,
      request.number, request.type, store.name as "storeName", applicant.display_name as "applicant",
      request.difference_cents as "differenceCents", request.concession_cents as "concessionCents",
      request.due_at as "dueAt", request.ship_by as "shipBy"
    from change_approver as asked
    join change_request as request on request.id = asked.change_id and request.status = 'in_approval'
    join store on store.id = request.store_id
    left join account as applicant on applicant.user_name = request.applicant
    join account on account.user_name = asked.account and not account.disabled
    join wecom_member as member on member.account_id = account.id and member.ended_at is null
    where asked.state = 'open' and not exists (
      select 1 from wecom_card as card where card.subject_key = ${subjectKey} and card.account_id = account.id)
    order by asked.opened_at limit ${limit}`.execute(tx)
  for (const row of rows) {
    await openCard(tx, {
      subjectKey: row.subject_key,
      subject: row.subject,
      accountId: row.account_id,
      memberId: row.member_id,
      content: changeCardContent({ ...row, applicant: row.applicant ?? '渠道' }),
    })
  }
  return rows.length
}

type Closing = Omit<SettledCard, 'decision'> & {
  id: string
  by: string | null
  verdict: 'approve' | 'reject' | null
}

async function close(tx: Tx, limit: number): Promise<number> {
  const { rows } = await sql<Closing>`
    select card.id, request.status,
      request.request_version > (card.subject ->> 'requestVersion')::int as "isNewerVersion",
      request.request_version = (card.subject ->> 'requestVersion')::int
        and request.step_number = (card.subject ->> 'stepNumber')::int
        and request.level_number > split_part(card.subject_key, '/', 5)::int as "isHigherLevel",
      exists (select 1 from change_approver as asked
        where asked.change_id = request.id and asked.state = 'open' and asked.account = account.user_name
          and request.status = 'in_approval' and starts_with(card.subject_key, ${levelKey} || '/')) as "isReminded",
      last.display_name as by, last.decision as verdict
    from wecom_card as card
    join change_request as request on request.id = (card.subject ->> 'changeId')::uuid
    join account on account.id = card.account_id
    left join lateral (
      select decider.display_name, made.decision from change_decision as made
      left join account as decider on decider.user_name = made.account
      where made.change_id = request.id and made.refusal_code is null
        and made.request_version = (card.subject ->> 'requestVersion')::int
        and made.step_number = (card.subject ->> 'stepNumber')::int
      order by made.recorded_at desc limit 1) as last on true
    where card.state <> 'closed' and card.subject_key like 'change/%' and not exists (
      select 1 from change_approver as asked
      where asked.change_id = request.id and asked.state = 'open' and asked.account = account.user_name
        and request.status = 'in_approval' and card.subject_key = ${subjectKey})
    order by card.created_at limit ${limit}`.execute(tx)
  for (const { id, by, verdict, ...standing } of rows) {
    const decision = verdict && { by: by ?? '', verdict }
    await closeCard(tx, id, settledCardText({ ...standing, decision }))
  }
  return rows.length
}
