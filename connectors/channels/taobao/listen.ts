import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { parseLossless } from '../../lossless-json.ts'
import type { Hint, PushConnection, PushListener, ShopAccount } from '../channel.ts'
import { createHintGroups } from '../hint-groups.ts'
import {
  type ConnectionTimings,
  type Conversation,
  keepConnection,
  type Line,
  type LongConnection,
} from '../long-connection.ts'
import { OwedConfirmations } from '../owed.ts'
import { instantOfChina } from '../values.ts'
import { type TaobaoAccount, taobaoAccount } from './account.ts'
import { createTopCall } from './gateway.ts'
import { signHandshake } from './sign.ts'
import {
  decodeFrame,
  encodeFrame,
  MalformedFrameError,
  TMC_KIND,
  TMC_TYPE,
  type TmcFrame,
  type TmcValue,
} from './tmc-frame.ts'

export const TMC_URL = 'ws://mc.api.taobao.com/'

/** What the hub asks to be told, and understands: something happened to the trade whose `tid` is in the message. */
const TOPICS = [
  ...[
    'AlipayCreate',
    'BuyerPay',
    'BuyerStepPay',
    'Changed',
    'Close',
    'CloseAndModifyDetailOrder',
    'Create',
    'DelayConfirmPay',
    'LogisticsAddressChanged',
    'MemoModified',
    'ModifyFee',
    'PartlyConfirmPay',
    'PartlyRefund',
    'PartlySellerShip',
    'SellerShip',
    'Success',
  ].map((name) => `taobao_trade_Trade${name}`),
  ...[
    'BuyerModifyAgreement',
    'BuyerReturnGoods',
    'Closed',
    'Created',
    'SellerAgreeAgreement',
    'SellerRefuseAgreement',
    'Success',
  ].map((name) => `taobao_refund_Refund${name}`),
]
const KNOWN_TOPICS = new Set(TOPICS)
const MAX_CONTENT_BYTES = 256 * 1024

/** A message as it was heard, before it is known whose shop it is about. */
type Heard = { id: string; hint: Hint; userId: string | null }

/**
 * Listens to TMC for one shop. A message is confirmed after the listener has it durably; one that is not is sent again
 * by the platform after minutes, as are those of a connection that was lost.
 */
export function listenTmc(
  shop: ShopAccount,
  listener: PushListener,
  timings: Partial<ConnectionTimings> = {},
): PushConnection {
  const account = taobaoAccount(shop)
  // Reading stops while more waits to be written than is good; the platform keeps the rest.
  let connection: LongConnection | null = null
  // Confirmed where we are heard now: the connection that brought a message may be gone when it is durable.
  let conversation: TmcConversation | null = null
  const owed = new OwedConfirmations<string>()
  const confirm = (id: string) => conversation?.confirm(id) ?? false
  const groups = createHintGroups<Heard>({
    accept: async (heard) => listener.accept(await withShops(heard, account, listener)),
    onPressure: (isFull) => connection?.setPaused(isFull),
  })
  connection = keepConnection({
    address: () => shop.pushUrl ?? TMC_URL,
    onState: listener.onState,
    timings,
    converse: (line) => {
      conversation = new TmcConversation(account, line, {
        onHeard: (heard) => groups.offer(heard.id, heard, () => owed.confirm(heard.id, confirm)),
        onBegun: () => owed.settle(confirm),
        onNotPermitted: (reason) => listener.onState({ state: 'connected', detail: reason }),
      })
      return conversation
    },
  })
  return {
    close: async () => {
      await groups.close()
      await connection?.close()
    },
  }
}

/** Names each message's shop; the shops of the app are looked up only for messages about others than our own. */
async function withShops(heard: Heard[], own: TaobaoAccount, { directory }: PushListener): Promise<Hint[]> {
  const shopIds = new Map([[own.platformShopId, own.shopId]])
  if (directory && heard.some(({ userId }) => userId !== null && !shopIds.has(userId))) {
    for (const { platformShopId, shopId } of await directory.shopsOfApp(own.appKey)) {
      shopIds.set(platformShopId, shopId)
    }
  }
  return heard.map(({ hint, userId }) => ({ ...hint, shopId: shopIds.get(userId ?? '') ?? null }))
}

type Ears = {
  onHeard: (heard: Heard) => void
  onNotPermitted: (reason: string) => void
  onBegun: () => void
}

class TmcConversation implements Conversation {
  readonly #account: TaobaoAccount
  readonly #line: Line
  readonly #ears: Ears
  /** Of this connection, on every message after the first. Empty: the platform has not taken us yet. */
  #token = ''
  #isPermitted = false

  constructor(account: TaobaoAccount, line: Line, ears: Ears) {
    this.#account = account
    this.#line = line
    this.#ears = ears
  }

  onOpen(): void {
    const { appKey, appSecret, messageGroup: groupName } = this.#account
    const timestamp = String(Date.now())
    const sign = signHandshake({ appKey, groupName, timestamp }, appSecret)
    const content = { app_key: appKey, group_name: groupName, timestamp, sign, sdk: 'order-hub' }
    this.#line.send(encodeFrame({ type: TMC_TYPE.connect, content }))
  }

  onFrame(bytes: Buffer, isBinary: boolean): void {
    if (!isBinary) throw new MalformedFrameError('a text')
    const frame = decodeFrame(bytes)
    if (frame.statusCode !== 0) {
      this.#line.fail(`refused with ${frame.statusCode} ${frame.statusPhrase.slice(0, 100)}`)
    } else if (frame.type === TMC_TYPE.connectAck) {
      this.#begin(frame.token)
    } else if (frame.type === TMC_TYPE.send && this.#token) {
      this.#hear(frame)
    } else if (frame.type !== TMC_TYPE.sendAck) {
      throw new MalformedFrameError('a message out of turn')
    }
  }

  /** Messages come by themselves; asking brings those that were left behind. */
  onBeat(): void {
    this.#send({ __kind: TMC_KIND.pullRequest })
    if (!this.#isPermitted) void this.#permit()
  }

  /** The message is durable; the platform need not send it again. False: nobody heard that. */
  confirm(id: string): boolean {
    return this.#token !== '' && this.#send({ __kind: TMC_KIND.confirm, id: BigInt(id) })
  }

  #begin(token: string): void {
    if (!token) throw new MalformedFrameError('no token')
    this.#token = token
    this.#line.ready()
    this.onBeat()
    this.#ears.onBegun()
  }

  /** The merchant's messages are sent to the app from now on; saying so again changes nothing. */
  async #permit(): Promise<void> {
    try {
      await createTopCall(this.#account)('taobao.tmc.user.permit', { topics: TOPICS.join(',') })
      this.#isPermitted = true
    } catch (error) {
      this.#ears.onNotPermitted(error instanceof Error ? error.message : 'not permitted')
    }
  }

  #hear({ content }: TmcFrame): void {
    const id = numberText(content.get('id'))
    if (id === null) return // nothing that could be confirmed, so nothing that was promised
    this.#ears.onHeard(heardOf(id, content))
  }

  #send(content: Readonly<Record<string, string | number | bigint>>): boolean {
    return this.#line.send(encodeFrame({ type: TMC_TYPE.send, token: this.#token, content }))
  }
}

function heardOf(id: string, content: ReadonlyMap<string, TmcValue>): Heard {
  const topic = textOf(content.get('topic'))
  const userId = numberText(content.get('userid'))
  const time = timeOf(content.get('time'))
  const body = bodyOf(content.get('content'))
  const platformOrderId = tradeIdOf(body)
  const raw = JSON.stringify({ id, topic, userid: userId, time, content: body })
  return {
    id,
    userId,
    hint: {
      messageId: id,
      type: topic.slice(0, 200),
      platformOrderId,
      occurredAt: time,
      isKnown: platformOrderId !== null && KNOWN_TOPICS.has(topic),
      shopId: null,
      raw,
    },
  }
}

const named = z.looseObject({ tid: z.string().regex(/^\d{1,20}$/) })

function tradeIdOf(body: string): string | null {
  try {
    return named.parse(parseLossless(body)).tid
  } catch {
    return null // kept as it came, and raised
  }
}

/** The platform packs long contents. */
function bodyOf(value: TmcValue | undefined): string {
  if (!Buffer.isBuffer(value)) return textOf(value)
  try {
    return gunzipSync(value, { maxOutputLength: MAX_CONTENT_BYTES }).toString('utf8')
  } catch {
    return value.toString('base64')
  }
}

function textOf(value: TmcValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function numberText(value: TmcValue | undefined): string | null {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  return typeof value === 'string' && /^\d{1,18}$/.test(value) ? value : null
}

function timeOf(value: TmcValue | undefined): Date | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value
  try {
    const instant = instantOfChina(textOf(value))
    return instant === null ? null : new Date(instant)
  } catch {
    return null
  }
}
