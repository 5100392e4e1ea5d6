import { z } from 'zod'
import { RateLimitedError } from '../connectors/outside-errors.ts'
import type { WecomClient } from '../connectors/wecom/app.ts'
import { CARD_VERDICTS, type CardVerdict, cardContent } from '../contracts/wecom.ts'
import { inspectionNoteText } from '../domain/inspection-note.ts'
import type { Db } from '../store/database.ts'
import {
  type DueDelivery,
  failedDeliveryItem,
  markDelivered,
  withdrawDelivery,
} from '../store/delivery-queue.ts'
import { findInspectionNote, INSPECTION_NOTE } from '../store/inspection-notes.ts'
import type { MobileLinks } from '../store/mobile-links.ts'
import {
  CARD_CLOSE,
  CARD_TARGET,
  dropResponseCode,
  findCard,
  linkSubject,
  markCardSent,
  type WecomCard,
} from '../store/wecom-cards.ts'
import { takeTurn } from '../store/wecom-turns.ts'
import { type DeliveryTarget, retryDelayMs } from './delivery-sender.ts'

/** 15 messages a minute and 900 an hour for one member; WeCom throws away, without a word, what exceeds 30 and 1000. */
const MEMBER_GAP_MS = 4_000
const LINK_SECONDS = 72 * 3_600
/** About an hour of trying. */
const ATTEMPTS_BEFORE_ALARM = 20

const TEXTS: Record<CardVerdict, string> = { approve: '同意', reject: '驳回' }
const payload = z.object({ cardId: z.uuid() })

type Deps = { client: WecomClient; links: MobileLinks; pageUrl: string | undefined }

/** WeCom throws away, without a word, what is too much for one member. @throws RateLimitedError until it is their turn */
async function waitForTurn(db: Db, memberId: string): Promise<void> {
  const waitMs = await takeTurn(db, `member/${memberId}`, MEMBER_GAP_MS)
  if (waitMs > 0) throw new RateLimitedError(`${memberId} was told something just now`, waitMs)
}

/** Tells somebody that they are sent to an order, unless nobody is any more. */
async function tellInspector(db: Db, client: WecomClient, delivery: DueDelivery): Promise<void> {
  const found = await findInspectionNote(db, delivery.payload)
  if (!found) return withdrawDelivery(db, delivery.id)
  await waitForTurn(db, found.memberId)
  await client.sendText(found.memberId, inspectionNoteText(found.note))
  await markDelivered(db, delivery.id)
}

/**
 * What the merchant's WeCom app says: cards, and messages to people who are sent to an order. A card's task id makes a repeated
 * send the same card, and a message's own words the same message.
 */
export function wecomCardTarget({ client, links, pageUrl }: Deps): DeliveryTarget {
  const send = async (db: Db, delivery: DueDelivery, card: WecomCard) => {
    // Settled before it was seen: nobody needs it any more.
    if (card.state === 'closed') return withdrawDelivery(db, delivery.id)
    await waitForTurn(db, card.memberId)
    const { title, description, facts, note } = cardContent.parse(card.content)
    const link = pageUrl ? await linkTo(card, pageUrl) : null
    const { responseCode } = await client.sendCard(card.memberId, {
      taskId: card.taskId,
      title,
      description,
      quote: null,
      facts,
      note,
      buttons: CARD_VERDICTS.map((key) => ({ key, text: TEXTS[key], isPrimary: key === 'approve' })),
      link,
    })
    await db.transaction().execute(async (tx) => {
      await markCardSent(tx, card.id, responseCode)
      await markDelivered(tx, delivery.id)
    })
  }
  const linkTo = async ({ accountId, id }: WecomCard, url: string) => {
    const token = await links.issue({ accountId, subject: linkSubject(id) }, LINK_SECONDS)
    return url.replaceAll('{token}', token)
  }
  const close = async (db: Db, delivery: DueDelivery, card: WecomCard) => {
    // Without a code its buttons stay; whoever presses one is told the same then.
    if (card.responseCode !== null && card.outcome !== null)
      await client.closeCard(card.memberId, card.responseCode, card.outcome)
    await db.transaction().execute(async (tx) => {
      await dropResponseCode(tx, card.id)
      await markDelivered(tx, delivery.id)
    })
  }
  return {
    name: CARD_TARGET,
    deliver: async (db, delivery) => {
      if (delivery.kind === INSPECTION_NOTE) return tellInspector(db, client, delivery)
      const card = await findCard(db, payload.parse(delivery.payload).cardId)
      if (!card) throw new Error('the card of a delivery is gone')
      return delivery.kind === CARD_CLOSE ? close(db, delivery, card) : send(db, delivery, card)
    },
    afterFailure: (delivery, { error, isRefusal, retryAfterMs }) => {
      if (retryAfterMs !== null) return { error, retryInMs: retryAfterMs, workItem: null }
      // A code that is used up or too old: the card says the rest when it is pressed.
      if (isRefusal && delivery.kind === CARD_CLOSE) return { error, retryInMs: null, workItem: null }
      const isHopeless = isRefusal || delivery.attempts >= ATTEMPTS_BEFORE_ALARM
      return isHopeless
        ? { error, retryInMs: null, workItem: failedDeliveryItem(delivery, error) }
        : { error, retryInMs: retryDelayMs(delivery), workItem: null }
    },
  }
}
