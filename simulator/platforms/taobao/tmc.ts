import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type WebSocket, WebSocketServer } from 'ws'
import { appSecretOf } from '../accounts.ts'
import { numberOf, writeJson } from '../json.ts'
import type { MarketChange, MarketEvent } from '../market.ts'
import { MessageQueue, type QueuedMessage } from '../message-queue.ts'
import type { Mischief } from '../mischief.ts'
import { yuan } from '../values.ts'
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
const FIRST_ID = 4_160_600_490_938_325_000n
/** Contents longer than this are packed. */
const PACK_FROM_BYTES = 512

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

type Message = { topic: string; userId: string; content: string; atMs: number }
type Connection = { socket: WebSocket; appKey: string; token: string }

/**
 * TMC: each change of an order is a message to every app that the merchant has permitted. What is not confirmed is sent
 * again, over any connection of the app; order and number of copies are up to mischief.
 */
export class Tmc {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES })
  readonly #connections = new Set<Connection>()
  readonly #queue: MessageQueue<Message>
  readonly #options: { mischief: Mischief; seed: string; now: () => number; redeliverAfterMs: number }
  #turn = 0

  constructor(options: { mischief: Mischief; seed: string; now: () => number; redeliverAfterMs: number }) {
    this.#options = options
    this.#queue = new MessageQueue(FIRST_ID, {
      ...options,
      deliver: (appKey, message) => this.#deliver(appKey, message),
    })
  }

  permit(appKey: string, userId: string): void {
    this.#queue.permit(appKey, userId)
  }

  /** How many messages apps have yet to confirm. */
  unconfirmed(): number {
    return this.#queue.unconfirmed()
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#greet(webSocket))
  }

  tell({ event, order }: MarketChange): void {
    const [line] = order.lines
    const userId = order.platformShopId
    const content = writeJson({
      buyer_open_uid: order.buyerId,
      oid: numberOf(line?.lineId ?? order.orderId),
      payment: yuan(order.totalCents),
      status: statusOf(order),
      tid: numberOf(order.orderId),
      type: 'guarantee_trade',
    })
    this.#queue.tell(userId, { topic: TOPICS[event], userId, content, atMs: this.#options.now() })
  }

  close(): void {
    this.#queue.close()
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
    if (kind === CONFIRM && typeof id === 'bigint') this.#queue.confirm(appKey, id)
    if (kind === PULL_REQUEST) this.#queue.sendAgain()
  }

  /** To one of the app's connections, each in its turn. */
  #deliver(appKey: string, { id, content: message }: QueuedMessage<Message>): boolean {
    const connections = [...this.#connections].filter((connection) => connection.appKey === appKey)
    const connection = connections[this.#turn++ % Math.max(connections.length, 1)]
    if (!connection) return false
    const { token, socket } = connection
    const packed = Buffer.byteLength(message.content) >= PACK_FROM_BYTES
    const content = new Map<string, string | bigint | Date | Buffer>([
      ['__kind', DATA],
      ['id', id],
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
