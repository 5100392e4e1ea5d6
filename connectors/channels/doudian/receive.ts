import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { parseLossless, UnreadableJsonError } from '../../lossless-json.ts'
import type { Hint, PushOutcome, PushRequest, ShopAccount, ShopDirectory } from '../channel.ts'
import { isEventSigned } from './sign.ts'

/** Far above what the platform puts into one push. */
const MAX_MESSAGES = 1_000

/** Asked of the address when it is entered at the platform. */
const TEST_TAG = '0'
/** What tags mean: the order's own life, what is sent with it, and what is asked back. */
const KNOWN_TAGS: ReadonlySet<string> = new Set([
  TEST_TAG,
  ...['100', '101', '102', '103', '104', '105', '106', '108', '110'],
  ...['200', '206'],
])
/** When it happened, in the order of how much a field says. */
const TIME_FIELDS = ['update_time', 'complete_time', 'cancel_time', 'pay_time', 'create_time'] as const

const ACKNOWLEDGED = {
  status: 200,
  contentType: 'application/json',
  body: '{"code":0,"msg":"success"}',
}

/**
 * A push: headers `app-id` and `event-sign`, a JSON array of messages. Every message becomes a hint, known or not; whatever
 * is answered other than the exact words of success makes the platform try again.
 */
export async function receiveDoudianPush(
  { headers, body }: PushRequest,
  directory: ShopDirectory,
): Promise<PushOutcome> {
  const appKey = headers['app-id'] ?? ''
  const shops = appKey === '' ? [] : await directory.shopsOfApp(appKey)
  const signature = headers['event-sign'] ?? ''
  // Shops of one app share its secret; while it is being changed some have the new one already.
  const secrets = new Set(shops.map((shop) => shop.credentials.appSecret ?? ''))
  secrets.delete('') // what everybody knows proves nothing
  const isSigned = [...secrets].some((secret) => isEventSigned(appKey, body, secret, signature))
  if (!isSigned) return refuse(401, 40003, 'app-id or event-sign is wrong')
  const messages = readMessages(body)
  if (typeof messages === 'string') return refuse(400, 40004, messages)
  return {
    outcome: 'accepted',
    hints: messages.map(({ message, raw }) => toHint(message, raw, shops)),
    reply: ACKNOWLEDGED,
  }
}

function refuse(status: number, code: number, reason: string): PushOutcome {
  return {
    outcome: 'refused',
    reason,
    reply: { status, contentType: 'application/json', body: JSON.stringify({ code, msg: reason }) },
  }
}

/** The array's messages, each as it came, or why there are none. */
function readMessages(body: Buffer): { message: unknown; raw: string }[] | string {
  if (!isUtf8(body)) return 'the body is not UTF-8'
  try {
    const text = body.toString('utf8')
    const parsed = parseLossless(text)
    if (!Array.isArray(parsed) || parsed.length === 0) return 'the body is no array of messages'
    if (parsed.length > MAX_MESSAGES) return `more than ${MAX_MESSAGES} messages`
    const [only] = parsed
    if (parsed.length === 1) return [{ message: only, raw: text.trim().slice(1, -1).trim() }]
    return parsed.map((message: unknown) => ({ message, raw: JSON.stringify(message) }))
  } catch (error) {
    if (error instanceof UnreadableJsonError) return 'the body is no JSON'
    throw error
  }
}

/** One message. What it lacks is null: a message that cannot be read is kept all the same. */
function toHint(message: unknown, raw: string, shops: readonly ShopAccount[]): Hint {
  const { tag, msg_id: messageId, data } = isRecord(message) ? message : {}
  const facts = isRecord(data) ? data : readFacts(data)
  const type = typeof tag === 'string' ? tag : ''
  const platformOrderId = textOf(facts?.p_id) ?? textOf(facts?.order_id)
  const platformShopId = textOf(facts?.shop_id)
  return {
    messageId: textOf(messageId) ?? createHash('sha256').update(JSON.stringify(message)).digest('hex'),
    type,
    platformOrderId,
    occurredAt: occurredAt(facts),
    isKnown: KNOWN_TAGS.has(type) && (platformOrderId !== null || type === TEST_TAG),
    shopId: shops.find((shop) => shop.platformShopId === platformShopId)?.shopId ?? null,
    raw,
  }
}

/** `data` is mostly JSON within JSON. */
function readFacts(data: unknown): Record<string, unknown> | null {
  if (typeof data !== 'string') return null
  try {
    const facts = parseLossless(data)
    return isRecord(facts) ? facts : null
  } catch (error) {
    if (error instanceof UnreadableJsonError) return null
    throw error
  }
}

function occurredAt(facts: Record<string, unknown> | null): Date | null {
  for (const field of TIME_FIELDS) {
    const seconds = facts?.[field]
    if (typeof seconds !== 'string' || seconds === '0' || !/^\d{1,11}$/.test(seconds)) continue
    return new Date(Number(seconds) * 1000)
  }
  return null
}

/** Ids are columns of at most 128 characters; anything longer is none. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value !== '0' && value.length <= 128 ? value : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
