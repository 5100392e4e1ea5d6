import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseLossless } from '../../lossless-json.ts'
import type { Hint } from '../channel.ts'

/** What the platform has to say is short; the rest of a longer frame is not kept. */
const MAX_RAW_LENGTH = 16_384

/** Messages that the hub understands: something happened to the order whose number is in them. */
const KNOWN_TYPES = new Set([
  ...[
    'Create',
    'Confirmed',
    'SellerShip',
    'Success',
    'Closed',
    'LogisticsAddressChanged',
    'MemoModified',
    'RiskChanged',
  ].map((name) => `pdd_trade_Trade${name}`),
  ...['Created', 'AgreeAgreement', 'BuyerReturnGoods', 'Success', 'Closed'].map(
    (name) => `pdd_refund_Refund${name}`,
  ),
])

/** What a frame is to the hub. `ack` is what acknowledges it; null where the platform gave nothing to name it by. */
export type HeardFrame = { hint: Hint; mallId: string | null; ack: ((nowMs: number) => string) | null }

const text = z.string().max(200).catch('')
const frame = z.looseObject({
  id: z.string().min(1).max(64),
  commandType: text,
  sendTime: text,
  message: z
    .looseObject({ type: text, mallID: text, content: z.string().catch('') })
    .nullish()
    .catch(null),
})
/** Refunds name their order in the same way. */
const content = z.looseObject({ tid: z.string().regex(/^[\w-]{1,64}$/) })

/**
 * Reads a frame of the message connection; null for heartbeats and acknowledgements. What cannot be read is kept as it
 * came, to be looked at by a person: one bad frame is no reason to lose the connection.
 */
export function readFrame(bytes: Buffer): HeardFrame | null {
  const raw = bytes.toString('utf8')
  const parsed = frame.safeParse(jsonOf(raw))
  if (!parsed.success) return { hint: unreadable(bytes, raw), mallId: null, ack: null }
  const { id, commandType, sendTime, message } = parsed.data
  if (commandType === 'HeartBeat' || commandType === 'Ack') return null
  const type = message?.type || commandType
  const mallId = message?.mallID ?? ''
  const platformOrderId = content.safeParse(jsonOf(message?.content ?? '')).data?.tid ?? null
  const isKnown = commandType === 'Common' && platformOrderId !== null && KNOWN_TYPES.has(type)
  const occurredAt = momentOf(sendTime)
  return {
    mallId,
    hint: { messageId: id, type, platformOrderId, occurredAt, isKnown, shopId: null, raw: kept(raw) },
    ack: (nowMs) =>
      `{"id":${jsonNumber(id)},"commandType":"Ack","time":${nowMs},"sendTime":${jsonNumber(sendTime)},` +
      `"type":${JSON.stringify(type)},"mallID":${jsonNumber(mallId)}}`,
  }
}

/** Sent every few seconds, or the platform takes us for gone. */
export function heartBeat(nowMs: number): string {
  return JSON.stringify({ id: nowMs, commandType: 'HeartBeat', time: nowMs, sendTime: nowMs })
}

function unreadable(bytes: Buffer, raw: string): Hint {
  return {
    messageId: `unreadable-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`,
    type: 'unreadable',
    platformOrderId: null,
    occurredAt: null,
    isKnown: false,
    shopId: null,
    raw: kept(raw),
  }
}

/** PostgreSQL keeps no NUL in a text. */
function kept(raw: string): string {
  return raw.slice(0, MAX_RAW_LENGTH).replaceAll('\u0000', '\ufffd')
}

function jsonOf(raw: string): unknown {
  try {
    return parseLossless(raw)
  } catch {
    return undefined // which no schema accepts
  }
}

function momentOf(ms: string): Date | null {
  return /^\d{1,14}$/.test(ms) && ms !== '0' ? new Date(Number(ms)) : null
}

/** Numbers were read as texts, so that none of their digits is lost; they go back as numbers. */
function jsonNumber(digits: string): string {
  return /^(0|[1-9]\d{0,18})$/.test(digits) ? digits : JSON.stringify(digits)
}
