import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type CardContent, type CardVerdict, changeCardSubject } from '../contracts/wecom.ts'
import { appendAudit, UNKNOWN_ACTOR } from './audit.ts'
import type { Db, Tx } from './database.ts'

/** Deliveries to the merchant's WeCom app; those to a group's robot have a target of their own. */
export const CARD_TARGET = 'wecom-app'
export const CARD_SEND = 'wecom_card'
export const CARD_CLOSE = 'wecom_card_close'

export type WecomCard = {
  id: string
  taskId: string
  accountId: string
  memberId: string
  /** What is asked, for whoever decides; never from WeCom. */
  subject: object
  content: object
  state: 'waiting' | 'sent' | 'closed'
  responseCode: string | null
  /** What stands in the place of its buttons. */
  outcome: string | null
}

/** Asks an account in WeCom: a card and its delivery. The same question to the same account is one card. */
export async function openCard(
  tx: Tx,
  card: {
    subjectKey: string
    subject: object
    accountId: string
    memberId: string
    content: CardContent
  },
): Promise<void> {
  const id = uuid()
  const { rows } = await sql`
    insert into wecom_card (id, task_id, subject_key, account_id, member_id, subject, content)
    values (${id}, ${`card_${id}`}, ${card.subjectKey}, ${card.accountId}, ${card.memberId},
      ${JSON.stringify(card.subject)}::jsonb, ${JSON.stringify(card.content)}::jsonb)
    on conflict on constraint wecom_card_once do nothing returning id`.execute(tx)
  if (rows.length > 0) await queue(tx, CARD_SEND, id)
}

/**
 * What these cards ask is settled: their buttons give way to a text. What nobody has begun to send is not sent any more;
 * the others are updated by deliveries of their own.
 */
export async function closeCard(tx: Tx, cardId: string, outcome: string): Promise<void> {
  const withdrawn = await tx
    .updateTable('delivery')
    .set({ state: 'withdrawn', settled_at: sql<Date>`clock_timestamp()` })
    .where('operation_id', '=', operationOf(CARD_SEND, cardId))
    .where('state', '=', 'pending')
    .where('attempts', '=', 0)
    .executeTakeFirst()
  if ((await settleCard(tx, cardId, outcome)) && withdrawn.numUpdatedRows === 0n)
    await queue(tx, CARD_CLOSE, cardId)
}

/** The same for a card that its own click is answered with: WeCom gets the text as the answer. */
export async function settleCard(db: Db | Tx, cardId: string, outcome: string): Promise<boolean> {
  const closed = await db
    .updateTable('wecom_card')
    .set({ state: 'closed', outcome, closed_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', cardId)
    .where('state', '<>', 'closed')
    .executeTakeFirst()
  return closed.numUpdatedRows > 0n
}

const operationOf = (kind: string, cardId: string) => `${kind}/${cardId}`

async function queue(tx: Tx, kind: string, cardId: string): Promise<void> {
  await tx
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind,
      target: CARD_TARGET,
      operation_id: operationOf(kind, cardId),
      // A card is sent before it is updated.
      order_key: `wecom-card/${cardId}`,
      payload: JSON.stringify({ cardId }),
    })
    .onConflict((conflict) => conflict.column('operation_id').doNothing())
    .execute()
}

const columns = sql`
  card.id, card.task_id as "taskId", card.account_id as "accountId", card.member_id as "memberId", card.subject,
  card.content, card.state, card.response_code as "responseCode", card.outcome from wecom_card as card`

const LINK_SUBJECT = 'wecom-card/'

/** What a link on a card opens, and back. */
export const linkSubject = (cardId: string): string => `${LINK_SUBJECT}${cardId}`
export const linkedCard = (subject: string): string => subject.slice(LINK_SUBJECT.length)

export async function findCard(db: Db, cardId: string): Promise<WecomCard | null> {
  const { rows } = await sql<WecomCard>`select ${columns} where card.id = ${cardId}`.execute(db)
  return rows[0] ?? null
}

/** It was sent; `responseCode` updates it once, null where WeCom has given it before and it was lost. */
export async function markCardSent(tx: Tx, cardId: string, responseCode: string | null): Promise<void> {
  await tx
    .updateTable('wecom_card')
    .set({
      // One that was settled on its way stays so.
      state: sql<WecomCard['state']>`case when state = 'waiting' then 'sent' else state end`,
      sent_at: sql<Date>`coalesce(sent_at, clock_timestamp())`,
      ...(responseCode === null
        ? {}
        : { response_code: responseCode, response_code_at: sql<Date>`clock_timestamp()` }),
    })
    .where('id', '=', cardId)
    .execute()
}

/** The code was used up. */
export async function dropResponseCode(db: Db | Tx, cardId: string): Promise<void> {
  await db
    .updateTable('wecom_card')
    .set({ response_code: null, response_code_at: null })
    .where('id', '=', cardId)
    .execute()
}

/** Who pressed a button of a card, as far as the hub knows. */
export type ClickedCard = {
  card: WecomCard
  /** Whose account the card is for, if it is still in use and still this member of WeCom. */
  userName: string | null
}

/** The card of a task id, and who that member is to the hub now. */
export async function findClickedCard(
  db: Db,
  { taskId, memberId }: { taskId: string; memberId: string },
): Promise<ClickedCard | null> {
  const { rows } = await sql<WecomCard & { userName: string | null }>`
    select (select account.user_name from account
        join wecom_member as member on member.account_id = account.id and member.ended_at is null
        where account.id = card.account_id and not account.disabled
          and card.member_id = ${memberId} and member.member_id = ${memberId}) as "userName", ${columns}
    where card.task_id = ${taskId}`.execute(db)
  const [row] = rows
  if (!row) return null
  const { userName, ...card } = row
  return { card, userName }
}

export type RecordedClick = {
  taskId: string
  memberId: string
  buttonKey: CardVerdict | string
  clickedAtSeconds: number
  responseCode: string | null
}

/** Keeps that a button was pressed and what came of it. @returns false where WeCom has told of it before */
export async function recordClick(
  tx: Tx,
  click: RecordedClick,
  { outcome, answer }: { outcome: string; answer: string | null },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('wecom_click')
    .values({
      task_id: click.taskId,
      member_id: click.memberId,
      button_key: click.buttonKey,
      clicked_at: new Date(click.clickedAtSeconds * 1_000),
      outcome,
      answer,
    })
    .onConflict((conflict) => conflict.constraint('wecom_click_once').doNothing())
    .executeTakeFirst()
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Keeps a click that is nobody's decision, in the audit trail too: whoever that member is to the hub has tried it. */
export async function recordRefusedClick(
  tx: Tx,
  click: RecordedClick,
  { card, refusalCode }: { card: WecomCard | null; refusalCode: string },
): Promise<void> {
  if (!(await recordClick(tx, click, { outcome: refusalCode, answer: null }))) return
  const asked = changeCardSubject.safeParse(card?.subject)
  await appendAudit(tx, {
    actor: (await userNameOf(tx, click.memberId)) ?? UNKNOWN_ACTOR,
    ...{ source: 'wecom', requestId: null, action: 'change.decision_refused' },
    subject: asked.success
      ? { kind: 'change_request', id: asked.data.changeId }
      : { kind: 'wecom_card', id: card?.id ?? click.taskId.slice(0, TASK_ID_CHARACTERS) },
    newValue: { refusalCode },
  })
}

const TASK_ID_CHARACTERS = 128

async function userNameOf(tx: Tx, memberId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('wecom_member')
    .innerJoin('account', 'account.id', 'wecom_member.account_id')
    .select('account.user_name')
    .where('wecom_member.member_id', '=', memberId)
    .where('wecom_member.ended_at', 'is', null)
    .executeTakeFirst()
  return row?.user_name ?? null
}

/** A click brings another code for its card; the one before may be used up or too old. */
export async function keepResponseCode(db: Db | Tx, cardId: string, responseCode: string): Promise<void> {
  await db
    .updateTable('wecom_card')
    .set({ response_code: responseCode, response_code_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', cardId)
    .execute()
}
