import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { prngFor } from '../../chance.ts'
import { appSecretOf } from '../accounts.ts'
import { numberOf, writeJson } from '../json.ts'
import type { MarketChange } from '../market.ts'
import { MessageQueue, type QueuedMessage } from '../message-queue.ts'
import type { Mischief } from '../mischief.ts'
import { NAME } from './gateway.ts'
import { opensMessages } from './request.ts'

const CLOCK_WINDOW_MS = 10 * 60_000
const MAX_FRAME_BYTES = 64 * 1024
/** An app that has not even sent a heartbeat for so long is let go. */
const SILENT_AFTER_MS = 20_000
const FIRST_ID = 9_007_199_254_741_000_000n

type Message = { type: string; mallId: string; content: string; atMs: number }
type Connection = { socket: WebSocket; clientId: string; heardAtMs: number }
type Options = { mischief: Mischief; seed: string; now: () => number; redeliverAfterMs: number }

/** `wss://message-api.pinduoduo.com`: messages to every app that a merchant has permitted, until they are acknowledged. */
export class MessageApi {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES })
  readonly #connections = new Set<Connection>()
  readonly #queue: MessageQueue<Message>
  readonly #options: Options
  readonly #heartbeats: NodeJS.Timeout
  #frames = 0

  constructor(options: Options) {
    this.#options = options
    const { mischief, redeliverAfterMs } = options
    this.#queue = new MessageQueue(FIRST_ID, {
      mischief,
      redeliverAfterMs,
      deliver: (clientId, message) => this.#deliver(clientId, message),
    })
    this.#heartbeats = setInterval(() => this.#letGo(), SILENT_AFTER_MS / 4)
    this.#heartbeats.unref()
  }

  permit(clientId: string, mallId: string): void {
    this.#queue.permit(clientId, mallId)
  }

  unconfirmed(): number {
    return this.#queue.unconfirmed()
  }

  tell(change: MarketChange): void {
    const { orderId, platformShopId: mallId } = change.order
    const content = writeJson({ mall_id: numberOf(mallId), tid: orderId })
    this.#queue.tell(mallId, { type: typeOf(change), mallId, content, atMs: this.#options.now() })
  }

  /** `/pinduoduo/message/{client_id}/{ms}/{digest}` */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const clientId = this.#clientOf(request.url ?? '')
    if (clientId === null) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#admit(webSocket, clientId))
  }

  close(): void {
    clearInterval(this.#heartbeats)
    this.#queue.close()
    for (const socket of this.#server.clients) socket.terminate()
    this.#server.close()
  }

  #clientOf(url: string): string | null {
    const match = /^\/pinduoduo\/message\/([^/?]+)\/(\d{13})\/([^/?]+)$/.exec(url)
    try {
      const [, clientId = '', ms = '', digest = ''] = (match ?? []).map((part) => decodeURIComponent(part))
      const isTimely = Math.abs(this.#options.now() - Number(ms)) <= CLOCK_WINDOW_MS
      const secret = appSecretOf(this.#options.seed, NAME, clientId)
      return match && isTimely && opensMessages({ clientId, ms, digest }, secret) ? clientId : null
    } catch {
      return null // a broken escape
    }
  }

  #admit(socket: WebSocket, clientId: string): void {
    const connection = { socket, clientId, heardAtMs: performance.now() }
    this.#connections.add(connection)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#connections.delete(connection))
    socket.on('message', (data, isBinary) => {
      connection.heardAtMs = performance.now()
      const frame = isBinary ? null : readFrame(String(data))
      if (!frame) socket.close(1002)
      else this.#listen(connection, frame)
    })
    this.#queue.sendAgain()
  }

  #listen({ socket, clientId }: Connection, frame: Frame): void {
    if (frame.commandType === 'HeartBeat') {
      socket.send(writeJson({ id: frame.id, commandType: 'HeartBeat', time: this.#options.now() }))
    } else if (frame.commandType === 'Ack') {
      this.#queue.confirm(
        clientId,
        frame.id,
        ({ type, mallId, atMs }) => type === frame.type && mallId === frame.mallID && atMs === frame.sendTime,
      )
    }
  }

  /** To the app's connection that was opened last. */
  #deliver(clientId: string, { id, content: message }: QueuedMessage<Message>): boolean {
    const connection = [...this.#connections].findLast((one) => one.clientId === clientId)
    if (!connection) return false
    const { seed, mischief } = this.#options
    const { cut = 0, garbage = 0 } = mischief.rates
    this.#frames += 1
    const throwOf = prngFor(seed, NAME, 'frame', String(this.#frames))()
    if (throwOf < cut) connection.socket.terminate()
    else if (throwOf < cut + garbage) connection.socket.send(`{"id":${id},"commandType":"Com`)
    const { type, mallId, content, atMs } = message
    connection.socket.send(
      writeJson({
        id,
        commandType: 'Common',
        sendTime: atMs,
        message: { type, mallID: numberOf(mallId), content },
      }),
    )
    return true
  }

  #letGo(): void {
    for (const { socket, heardAtMs } of this.#connections) {
      if (performance.now() - heardAtMs > SILENT_AFTER_MS) socket.terminate()
    }
  }
}

type Frame = { id: bigint; commandType: string; type: string; mallID: string; sendTime: number }
const frameBody = z.looseObject({
  id: z.number(),
  commandType: z.string(),
  time: z.number(),
  sendTime: z.number().default(0),
  type: z.string().default(''),
  mallID: z.number().transform(String).default(''),
})

/** An id is a number of 64 bits, more than JSON.parse can tell, so it is looked for in the text. */
function readFrame(text: string): Frame | null {
  try {
    const { commandType, type, mallID, sendTime } = frameBody.parse(JSON.parse(text))
    const id = /"id":(\d{1,19})[,}]/.exec(text)?.[1]
    return id === undefined ? null : { id: BigInt(id), commandType, type, mallID, sendTime }
  } catch {
    return null
  }
}

function typeOf({ event, order, before }: MarketChange): string {
  switch (event) {
    case 'created':
      return 'pdd_trade_TradeCreate'
    case 'paid':
      return 'pdd_trade_TradeConfirmed'
    case 'shipped':
    case 'part_shipped':
      return 'pdd_trade_TradeSellerShip'
    case 'received':
    case 'finished':
      return 'pdd_trade_TradeSuccess'
    case 'closed':
      return order.status === 'closed_unpaid' ? 'pdd_trade_TradeClosed' : 'pdd_refund_RefundSuccess'
    case 'refund':
      return 'pdd_refund_RefundCreated'
    case 'changed':
      if (before?.shippingForbidden !== order.shippingForbidden) return 'pdd_trade_TradeRiskChanged'
      return before?.receiver === order.receiver
        ? 'pdd_trade_TradeMemoModified'
        : 'pdd_trade_TradeLogisticsAddressChanged'
  }
}
