import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { PushConnection, ShopAccount } from '../../connectors/channels/channel.ts'
import type { ConnectionTimings } from '../../connectors/channels/long-connection.ts'
import { listenTmc } from '../../connectors/channels/taobao/listen.ts'
import { decodeFrame, encodeFrame, MalformedFrameError } from '../../connectors/channels/taobao/tmc-frame.ts'
import { readMessage, writeMessage } from '../../simulator/platforms/taobao/tmc-codec.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { cuttingProxy, eventually, FAST, ListeningHub } from '../support/listening-hub.ts'
import { SEED, SELLER, taobaoOrder, taobaoShop } from '../support/taobao.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function outside(redeliverAfterMs = 60_000): Promise<Simulator> {
  const simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, redeliverAfterMs })
  cleanups.push(() => simulator.close())
  return simulator
}

function listen(
  shop: ShopAccount,
  hub: ListeningHub,
  timings: Partial<ConnectionTimings> = FAST,
): PushConnection {
  const connection = listenTmc(shop, hub, timings)
  cleanups.push(() => connection.close())
  return connection
}

/** Connected, and permitted by the merchant. */
async function listening(simulator: Simulator, hub: ListeningHub, timings?: Partial<ConnectionTimings>) {
  simulator.market.place(taobaoOrder())
  const connection = listen(taobaoShop(simulator), hub, timings)
  await hub.until(() => hub.hints.length > 0)
  await eventually(() => simulator.pendingPushes('taobao') === 0)
  hub.hints.length = 0
  hub.groups.length = 0
  return connection
}

describe('messages of TMC as bytes', () => {
  it('are read as the other side writes them, and the other way round', () => {
    const at = new Date('2026-11-11T00:00:01Z')
    const content = new Map<string, string | bigint | Date | Buffer>([
      ['__kind', 3n],
      ['id', 4160600490938325004n],
      ['topic', 'taobao_trade_TradeBuyerPay'],
      ['content', '{"备注":"🍵"}'],
      ['time', at],
      ['packed', Buffer.from([0, 255])],
    ])
    const frame = decodeFrame(
      writeMessage({ type: 2, token: 't', status: { code: -7, phrase: '忙' }, content }),
    )
    expect(frame).toMatchObject({ type: 2, token: 't', statusCode: -7, statusPhrase: '忙' })
    expect(Object.fromEntries(frame.content)).toEqual({ ...Object.fromEntries(content), __kind: 3 })
    const ours = encodeFrame({
      type: 2,
      token: '令牌',
      content: { __kind: 2, id: -1n, topic: '中文 emoji 🍵' },
    })
    expect(readMessage(ours)).toEqual({
      type: 2,
      token: '令牌',
      content: new Map<string, string | bigint>([
        ['__kind', 2n],
        ['id', -1n],
        ['topic', '中文 emoji 🍵'],
      ]),
    })
  })

  it('are the bytes that the protocol describes', () => {
    const bytes = encodeFrame({ type: 2, token: 'ab', content: { __kind: 2, id: 258n } })
    expect(bytes.toString('hex')).toBe(
      '0202' + // version, type
        '0500' +
        '02000000' +
        '6162' + // token
        '0100' +
        '06000000' +
        '5f5f6b696e64' +
        '02' +
        '02' + // __kind, a byte
        '0100' +
        '02000000' +
        '6964' +
        '05' +
        '0201000000000000' + // id, 64 bits
        '0000',
    )
  })

  it('are refused cut short, changed or made up, and never crash the reader', () => {
    const good = writeMessage({ type: 2, token: 't', content: new Map([['id', 5n]]) })
    for (let length = 0; length < good.length; length += 1) {
      expect(() => decodeFrame(good.subarray(0, length))).toThrow(MalformedFrameError)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isFramed) => {
        try {
          decodeFrame(Buffer.concat([Buffer.from(isFramed ? [2, 2] : []), bytes]))
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError)
        }
      }),
    )
    expect(() => decodeFrame(Buffer.from('0202010000000080', 'hex'))).toThrow('negative')
    expect(() => decodeFrame(Buffer.from(`0202${'010000000000'.repeat(99)}`, 'hex'))).toThrow(
      MalformedFrameError,
    )
    const many = Buffer.concat([
      Buffer.of(2, 2),
      Buffer.alloc(0),
      ...Array(99).fill(Buffer.from('04000000000000'.slice(0, 12), 'hex')),
    ])
    expect(() => decodeFrame(many)).toThrow('too many')
  })
})

describe('the long connection to TMC', () => {
  it('tells a change as a hint of the shop with the trade’s exact id', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    const { orderId } = simulator.market.place(taobaoOrder())
    simulator.market.pay('taobao', orderId)
    simulator.market.amend('taobao', orderId, 'refund', {})
    await hub.until(() => hub.hints.length === 3)
    expect(hub.hints.map(({ type }) => type)).toEqual([
      'taobao_trade_TradeCreate',
      'taobao_trade_TradeBuyerPay',
      'taobao_refund_RefundCreated',
    ])
    for (const hint of hub.hints) {
      expect(hint).toMatchObject({
        platformOrderId: orderId,
        shopId: `shop-${SELLER}`,
        isKnown: true,
        occurredAt: expect.any(Date),
      })
      expect(hint.raw).toContain(orderId)
    }
    expect(new Set(hub.hints.map(({ messageId }) => messageId)).size).toBe(3)
  })

  it('is sent again what it did not confirm, also what was there before it connected', async () => {
    const [simulator, hub] = [await outside(60), new ListeningHub()]
    await listening(simulator, hub)
    let refusals = 2
    hub.refuses = () => refusals-- > 0
    const { orderId } = simulator.market.place(taobaoOrder())
    await hub.until(() => hub.hints.length > 0)
    expect(hub.orders()).toEqual(new Set([orderId]))
    await eventually(() => simulator.pendingPushes('taobao') === 0)
    await cleanups.pop()?.()
    const missed = simulator.market.place(taobaoOrder())
    const next = new ListeningHub()
    listen(taobaoShop(simulator), next)
    await next.until(() => next.hints.length > 0)
    expect(next.orders()).toEqual(new Set([missed.orderId]))
  })

  it('does not let one message that cannot be stored hold up the others', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    const ids = Array.from({ length: 20 }, () => taobaoOrder())
    const poison = ids[7]?.orderId
    hub.refuses = ({ platformOrderId }) => platformOrderId === poison
    for (const order of ids) simulator.market.place(order)
    await hub.until(() => hub.orders().size === 19)
    await eventually(() => simulator.pendingPushes('taobao') === 1)
    expect(hub.orders().has(poison ?? '')).toBe(false)
  })

  it('loses nothing when the connection is cut again and again, with copies, disorder and delay', async () => {
    const [simulator, hub] = [await outside(100), new ListeningHub()]
    simulator.mischief('taobao', { doubled: 0.3, reordered: 0.3, late: 0.2, delayMs: 30 })
    const proxy = await cuttingProxy(new URL(simulator.url).port)
    cleanups.push(proxy.close)
    const shop = taobaoShop(simulator)
    listen({ ...shop, pushUrl: `ws://127.0.0.1:${proxy.port}/taobao/tmc` }, hub)
    await hub.connected()
    const ids: string[] = []
    for (let round = 2; round <= 4; round += 1) {
      for (let at = 0; at < 60; at += 1) ids.push(simulator.market.place(taobaoOrder()).orderId)
      await new Promise((resolve) => setImmediate(resolve))
      proxy.cut()
      await hub.connected(round)
    }
    await hub.until(() => ids.every((id) => hub.orders().has(id)))
    await eventually(() => simulator.pendingPushes('taobao') === 0)
    expect(hub.states.filter((state) => state.startsWith('disconnected')).length).toBeGreaterThanOrEqual(3)
  })

  it('writes a burst of thousands in groups', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    let open: () => void = () => undefined
    hub.gate = new Promise((resolve) => {
      open = resolve
    })
    cleanups.push(async () => open())
    const total = 4_000
    for (let at = 0; at < total; at += 1) {
      simulator.market.place(taobaoOrder())
      if (at % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await hub.until(() => hub.groups.length > 0)
    expect(hub.groups).toHaveLength(1)
    open()
    await hub.until(() => hub.hints.length === total)
    await eventually(() => simulator.pendingPushes('taobao') === 0)
    expect(hub.groups.length).toBeLessThan(total / 20)
    expect(Math.max(...hub.groups)).toBeLessThanOrEqual(256)
    expect(hub.states).toEqual(['connected'])
  })

  it('knows the shops of its app by the message’s user, and keeps what belongs to none', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    const sister = taobaoShop(simulator, { platformShopId: '42' })
    const sisters = new ListeningHub()
    simulator.market.place(taobaoOrder({ platformShopId: '42' }))
    const other = listen(sister, sisters)
    await eventually(() => sisters.hints.length + hub.hints.length > 0)
    await other.close()
    hub.directory = { shopsOfApp: async () => [taobaoShop(simulator), sister] }
    const { orderId } = simulator.market.place(taobaoOrder({ platformShopId: '42' }))
    await hub.until(() => hub.orders().has(orderId))
    expect(hub.hints.find((hint) => hint.platformOrderId === orderId)?.shopId).toBe('shop-42')
    delete hub.directory
    const { orderId: strange } = simulator.market.place(taobaoOrder({ platformShopId: '42' }))
    await hub.until(() => hub.orders().has(strange))
    expect(hub.hints.find((hint) => hint.platformOrderId === strange)?.shopId).toBeNull()
  })

  it('is refused with a wrong secret, and tries again with growing patience', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    const shop = taobaoShop(simulator)
    listen({ ...shop, credentials: { ...shop.credentials, appSecret: 'another' } }, hub)
    await hub.until(() => hub.states.length >= 3)
    expect(new Set(hub.states)).toEqual(new Set(['disconnected refused with 401 authentication failed']))
  })
})

describe('a platform that misbehaves on the connection', () => {
  /** A server of our own: it takes everybody, and then does as the test says. */
  async function server(onReady: (socket: WebSocket, nth: number) => void) {
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false })
    await once(sockets, 'listening')
    let connections = 0
    const confirmed: bigint[] = []
    const pulls = { count: 0 }
    sockets.on('connection', (socket) => {
      connections += 1
      const nth = connections
      socket.on('message', (data) => {
        const message = Buffer.isBuffer(data) ? readMessage(data) : null
        if (message?.type === 0) {
          socket.send(writeMessage({ type: 1, token: 'token', content: new Map() }))
          onReady(socket, nth)
        }
        const id = message?.content.get('id')
        if (message?.content.get('__kind') === 1n) pulls.count += 1
        if (message?.content.get('__kind') === 2n && typeof id === 'bigint') confirmed.push(id)
      })
    })
    cleanups.push(async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    })
    // The port is known once it listens.
    const { port } = sockets.address() as AddressInfo
    return { url: `ws://127.0.0.1:${port}/`, confirmed, pulls, connections: () => connections }
  }
  const shopAt = (pushUrl: string): ShopAccount => ({
    ...taobaoShop({ url: 'http://127.0.0.1:9' }),
    pushUrl,
  })
  const data = (id: bigint, content: string | Buffer, topic = 'taobao_trade_TradeChanged', user = SELLER) =>
    writeMessage({
      type: 2,
      content: new Map<string, string | bigint | Buffer | Date>(
        [
          ['__kind', 3n],
          ['id', id],
          ['topic', topic],
          ['userid', BigInt(user)],
          ['time', new Date(8.64e15 + 1)],
          ['content', content],
        ].filter(([, value]) => !(value instanceof Date)) as [string, string | bigint | Buffer][],
      ),
    })

  it.each([
    ['bytes of nothing', Buffer.from('not a frame')],
    ['an empty frame', Buffer.alloc(0)],
    ['another version', Buffer.from([1, 2, 0, 0])],
    ['an unknown type', Buffer.from([2, 9, 0, 0])],
    ['a length beyond the frame', Buffer.from('0202010000ffff7f', 'hex')],
    ['a text', '{"type":"CONNECTACK"}'],
    ['a frame of a megabyte', Buffer.alloc(1024 * 1024)],
  ])('closes and comes back after %s', async (_, garbage) => {
    const platform = await server((socket, nth) => {
      if (nth === 1) socket.send(garbage)
      else socket.send(data(1n, '{"tid":3001234567890123456}'))
    })
    const hub = new ListeningHub()
    listen(shopAt(platform.url), hub)
    await hub.until(() => hub.hints.length === 1)
    expect(hub.hints[0]).toMatchObject({ messageId: '1', platformOrderId: '3001234567890123456' })
    expect(platform.connections()).toBe(2)
    await eventually(() => platform.confirmed.includes(1n))
  })

  it.each([
    ['no JSON', 'not JSON', 'taobao_trade_TradeChanged', null],
    ['JSON without a trade', '{"id":1}', 'taobao_trade_TradeChanged', null],
    ['a topic that is new', '{"tid":12}', 'taobao_trade_TradeTeleported', '12'],
    ['JSON 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'taobao_trade_TradeChanged', null],
    ['bytes that are not packed', Buffer.from('plain'), 'taobao_trade_TradeChanged', null],
    ['a trade id that is none', '{"tid":"1; drop"}', 'taobao_trade_TradeChanged', null],
  ])('keeps and raises %s, and confirms it', async (_, content, topic, platformOrderId) => {
    const platform = await server((socket) => socket.send(data(7n, content, topic)))
    const hub = new ListeningHub()
    listen(shopAt(platform.url), hub)
    await hub.until(() => hub.hints.length > 0)
    expect(hub.hints[0]).toMatchObject({ messageId: '7', type: topic, platformOrderId, isKnown: false })
    await eventually(() => platform.confirmed.includes(7n))
  })

  it('is told that a message arrived only after it is durable', async () => {
    const platform = await server((socket) => socket.send(data(5n, '{"tid":12}')))
    const hub = new ListeningHub()
    let open: () => void = () => undefined
    hub.gate = new Promise((resolve) => {
      open = resolve
    })
    listen(shopAt(platform.url), hub)
    cleanups.push(async () => open())
    await hub.until(() => hub.groups.length > 0)
    const { count } = platform.pulls
    await eventually(() => platform.pulls.count > count + 1) // a confirmation would have been heard before these
    expect(platform.confirmed).toEqual([])
    open()
    await eventually(() => platform.confirmed.length > 0)
    expect(platform.confirmed).toEqual([5n])
  })

  it('notices a peer that is gone though the connection stands', async () => {
    const platform = await server(() => undefined) // no pong ever
    const hub = new ListeningHub()
    listen(shopAt(platform.url), hub, { ...FAST, silentAfterMs: 120 })
    await hub.connected(2)
    expect(hub.states).toContain('disconnected the platform fell silent')
  })

  it('does not wait for ever for a platform that does not greet', async () => {
    const mute = createServer(() => undefined)
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    cleanups.push(async () => mute.close())
    const { port } = mute.address() as AddressInfo // it listens on TCP
    const hub = new ListeningHub()
    listen(shopAt(`ws://127.0.0.1:${port}/`), hub, { ...FAST, readyWithinMs: 50 })
    await hub.until(() => hub.states.length >= 2)
    expect(hub.states.every((state) => state.startsWith('disconnected'))).toBe(true)
  })

  it('closes for good', async () => {
    const platform = await server(() => undefined)
    const hub = new ListeningHub()
    const connection = listen(shopAt(platform.url), hub)
    await hub.connected()
    await connection.close()
    expect(hub.states.at(-1)).toBe('disconnected closed')
    expect(platform.connections()).toBe(1)
  })
})
