import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type WebSocket, WebSocketServer } from 'ws'
import { appSecretOf } from '../accounts.ts'
import { numberOf, writeJson } from '../json.ts'
import type { MarketChange, MarketEvent } from '../market.ts'
import type { Mischief } from '../mischief.ts'
import { readMessage, type TmcMessage, writeMessage } from './tmc-codec.ts'
import { statusOf } from './trade.ts'

const CONNECT = 0
const CONNECT_ACK = 1
const SEND = 2
const SEND_ACK = 3
const PULL_REQUEST = 1n
const CONFIRM = 2n
const DATA = 3n

const CLOCK_WINDOW_MS = 10 * 60_000
const MAX_FRAME_BYTES = 64 * 1024
/** Contents longer than this are packed. */
const PACK_FROM_BYTES = 512
/** So many unconfirmed messages are brought again at a time. */
const AGAIN_AT_ONCE = 5_000
const MAX_UNTOLD = 1_000

const TOPICS: Record<MarketEvent, string> = {
  created: 'taobao_trade_TradeCreate',
  paid: 'taobao_trade_TradeBuyerPay',
  shipped: 'taobao_trade_TradeSellerShip',
  part_shipped: 'taobao_trade_TradePartlySellerShip',
  received: 'taobao_trade_TradeChanged',
  finished: 'taobao_trade_TradeSuccess',
  closed: 'taobao_trade_TradeClose',
  changed: 'taobao_trade_TradeChanged',
  refund: 'taobao_refund_RefundCreated',
}

type Unconfirmed = {
  id: bigint
  topic: string
  userId: string
  content: string
  atMs: number
  dueAtMs: number
}
type Connection = { socket: WebSocket; appKey: string; token: string }

/**
 * TMC: each change of an order is a message to every app that the merchant has permitted. What is not confirmed is sent
 * again, over any connection of the app; order and number of copies are up to mischief.
 */
export class Tmc {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES })
  readonly #connections = new Set<Connection>()
  /** App → what it has not confirmed, by message id. */
  readonly #unconfirmed = new Map<string, Map<bigint, Unconfirmed>>()
  /** App → the users that let it hear their messages. */
  readonly #permits = new Map<string, Set<string>>()
  /**
   * Of users who have permitted nobody in this play. Merchants permit an app once, long before it: whoever is the first
   * to say so here has been permitted all along.
   */
  readonly #untold = new Map<string, MarketChange[]>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #again: NodeJS.Timeout
  readonly #options: { mischief: Mischief; seed: string; now: () => number; redeliverAfterMs: number }
  #lastId = 4_160_600_490_938_325_000n
  #turn = 0

  constructor(options: { mischief: Mischief; seed: string; now: () => number; redeliverAfterMs: number }) {
    this.#options = options
    this.#again = setInterval(
      () => this.#sendAgain(),
      Math.min(Math.max(options.redeliverAfterMs / 4, 20), 1_000),
    )
    this.#again.unref()
  }

  permit(appKey: string, userId: string): void {
    const users = this.#permits.get(appKey) ?? new Set()
    this.#permits.set(appKey, users.add(userId))
    const untold = this.#untold.get(userId) ?? []
    this.#untold.delete(userId)
    for (const change of untold) this.#tellApp(appKey, change)
  }

  /** How many messages apps have yet to confirm. */
  unconfirmed(): number {
    return [...this.#unconfirmed.values()].reduce((sum, messages) => sum + messages.size, 0)
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#greet(webSocket))
  }

  tell(change: MarketChange): void {
    const userId = change.order.platformShopId
    const apps = [...this.#permits].filter(([, users]) => users.has(userId))
    for (const [appKey] of apps) this.#tellApp(appKey, change)
    if (apps.length === 0)
      this.#untold.set(userId, [...(this.#untold.get(userId) ?? []), change].slice(-MAX_UNTOLD))
  }

  #tellApp(appKey: string, { event, order }: MarketChange): void {
    const [line] = order.lines
    this.#send(appKey, TOPICS[event], order.platformShopId, {
      buyer_open_uid: order.buyerId,
      oid: numberOf(line?.lineId ?? order.orderId),
      payment: (order.totalCents / 100).toFixed(2),
      status: statusOf(order),
      tid: numberOf(order.orderId),
      type: 'guarantee_trade',
    })
  }

  close(): void {
    clearInterval(this.#again)
    for (const timer of this.#timers) clearTimeout(timer)
    for (const webSocket of this.#server.clients) webSocket.terminate()
    this.#server.close()
  }

  #greet(socket: WebSocket): void {
    let connection: Connection | null = null
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (connection) this.#connections.delete(connection)
    })
    socket.on('message', (data, isBinary) => {
      const message = isBinary && Buffer.isBuffer(data) ? readMessage(data) : null
      if (!message) socket.close(1002)
      else if (connection) this.#listen(connection, message)
      else connection = this.#admit(socket, message)
    })
  }

  #admit(socket: WebSocket, message: TmcMessage): Connection | null {
    const appKey = textOf(message, 'app_key')
    const isOurs = message.type === CONNECT && this.#isSigned(message, appKey)
    if (!isOurs) {
      const status = { code: 401, phrase: 'authentication failed' }
      socket.send(writeMessage({ type: CONNECT_ACK, status, content: new Map() }))
      socket.close(1000)
      return null
    }
    const connection = { socket, appKey, token: randomUUID() }
    this.#connections.add(connection)
    socket.send(writeMessage({ type: CONNECT_ACK, token: connection.token, content: new Map() }))
    return connection
  }

  #isSigned(message: TmcMessage, appKey: string): boolean {
    const [groupName, timestamp] = [textOf(message, 'group_name'), textOf(message, 'timestamp')]
    const secret = appSecretOf(this.#options.seed, 'taobao', appKey)
    const text = `${secret}app_key${appKey}group_name${groupName}timestamp${timestamp}${secret}`
    const isTimely = Math.abs(this.#options.now() - Number(timestamp || Number.NaN)) <= CLOCK_WINDOW_MS
    const sign = createHash('md5').update(text).digest('hex').toUpperCase()
    return isTimely && appKey !== '' && sign === textOf(message, 'sign')
  }

  #listen({ socket, appKey, token }: Connection, { type, token: given, content }: TmcMessage): void {
    if (type !== SEND || given !== token) {
      const status = { code: 403, phrase: 'wrong token' }
      socket.send(writeMessage({ type: SEND_ACK, status, content: new Map() }))
      return
    }
    const kind = content.get('__kind')
    const id = content.get('id')
    if (kind === CONFIRM && typeof id === 'bigint') this.#unconfirmed.get(appKey)?.delete(id)
    if (kind === PULL_REQUEST) this.#sendAgain()
  }

  #send(appKey: string, topic: string, userId: string, content: Record<string, unknown>): void {
    this.#lastId += 1n
    const atMs = this.#options.now()
    const dueAtMs = performance.now() + this.#options.redeliverAfterMs
    const message = { id: this.#lastId, topic, userId, content: writeJson(content), atMs, dueAtMs }
    const delays = this.#options.mischief.nextPush()
    if (delays.length === 0) return // lost for good, which only a pull finds out
    const messages = this.#unconfirmed.get(appKey) ?? new Map<bigint, Unconfirmed>()
    this.#unconfirmed.set(appKey, messages.set(message.id, message))
    for (const delayMs of delays) {
      if (delayMs === 0) {
        this.#deliver(appKey, message)
        continue
      }
      message.dueAtMs = Math.max(message.dueAtMs, dueAtMs + delayMs)
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#deliver(appKey, message)
      }, delayMs)
      this.#timers.add(timer)
    }
  }

  #sendAgain(): void {
    const nowMs = performance.now()
    for (const [appKey, messages] of this.#unconfirmed) {
      let sent = 0
      for (const message of messages.values()) {
        if (sent >= AGAIN_AT_ONCE) break
        if (message.dueAtMs <= nowMs && this.#deliver(appKey, message)) sent += 1
      }
    }
  }

  /** To one of the app's connections, each in its turn. */
  #deliver(appKey: string, message: Unconfirmed): boolean {
    const connections = [...this.#connections].filter((connection) => connection.appKey === appKey)
    const connection = connections[this.#turn++ % Math.max(connections.length, 1)]
    if (!connection) {
      message.dueAtMs = 0 // at once, when somebody comes
      return false
    }
    message.dueAtMs = performance.now() + this.#options.redeliverAfterMs
    const { token, socket } = connection
    const packed = Buffer.byteLength(message.content) >= PACK_FROM_BYTES
    const content = new Map<string, string | bigint | Date | Buffer>([
      ['__kind', DATA],
      ['id', message.id],
      ['topic', message.topic],
      ['userid', BigInt(message.userId)],
      ['publisher', '4272'],
      ['time', new Date(message.atMs)],
      ['content', packed ? gzipSync(message.content) : message.content],
    ])
    socket.send(writeMessage({ type: SEND, token, content }))
    return true
  }
}

function textOf({ content }: TmcMessage, name: string): string {
  const value = content.get(name)
  return typeof value === 'string' ? value : ''
}
