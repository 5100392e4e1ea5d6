import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { parseLossless, UnreadableJsonError } from '../../lossless-json.ts'
import type { Hint, PushOutcome, PushRequest, ShopAccount, ShopDirectory } from '../channel.ts'
import { secretsOf } from './account.ts'
import { isWebhookSigned } from './sign.ts'

const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'order.created',
  'order.paid',
  'order.changed',
  'order.shipped',
  'order.completed',
  'order.closed',
  'order.refund',
])

const payload = z.looseObject({
  type: z.string().min(1).max(128),
  timestamp: z.string().max(64).catch(''),
  data: z.record(z.string(), z.unknown()).catch({}),
})
const name = z.string().min(1).max(128)

/** A Standard Webhook of the mall, at `…/webhooks/mall?app=APP_KEY`; its `webhook-id` is the message's. */
export async function receiveMallPush(
  { headers, query, body }: PushRequest,
  directory: ShopDirectory,
): Promise<PushOutcome> {
  const id = headers['webhook-id'] ?? ''
  const appKey = query.app ?? ''
  const shops = appKey === '' ? [] : await directory.shopsOfApp(appKey)
  const secrets = new Set(shops.flatMap(secretsOf))
  if (!name.safeParse(id).success || !isWebhookSigned(headers, body, [...secrets])) {
    return refuse(401, 'the app, the id, the time or the signature is wrong')
  }
  const message = readPayload(body)
  if (typeof message === 'string') return refuse(400, message)
  return {
    outcome: 'accepted',
    hints: [toHint(id, message, body, shops)],
    reply: { status: 200, contentType: 'application/json', body: '{"ok":true}' },
  }
}

function refuse(status: number, reason: string): PushOutcome {
  return {
    outcome: 'refused',
    reason,
    reply: { status, contentType: 'application/json', body: JSON.stringify({ error: reason }) },
  }
}

/** The message, or why it is none. */
function readPayload(body: Buffer): z.output<typeof payload> | string {
  if (!isUtf8(body)) return 'the body is not UTF-8'
  try {
    const parsed = payload.safeParse(parseLossless(body.toString('utf8')))
    return parsed.success ? parsed.data : 'the body is no object with a type'
  } catch (error) {
    if (error instanceof UnreadableJsonError) return 'the body is no JSON'
    throw error
  }
}

function toHint(
  messageId: string,
  { type, timestamp, data }: z.output<typeof payload>,
  body: Buffer,
  shops: readonly ShopAccount[],
): Hint {
  const platformOrderId = name.safeParse(data.orderId).data ?? null
  const occurredAt = Date.parse(timestamp)
  return {
    messageId,
    type,
    platformOrderId,
    occurredAt: Number.isNaN(occurredAt) ? null : new Date(occurredAt),
    isKnown: KNOWN_TYPES.has(type) && platformOrderId !== null,
    shopId: shops.find((shop) => shop.platformShopId === data.shopId)?.shopId ?? null,
    raw: body.toString('utf8'),
  }
}
