import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { PushConnection, ShopAccount } from '../../connectors/channels/channel.ts'
import { readFrame } from '../../connectors/channels/pinduoduo/frame.ts'
import { listenToMessages } from '../../connectors/channels/pinduoduo/listen.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { cuttingProxy, eventually, FAST, ListeningHub } from '../support/listening-hub.ts'
import { MALL, pinduoduoOrder, pinduoduoShop, SEED } from '../support/pinduoduo.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function outside(redeliverAfterMs = 60_000): Promise<Simulator> {
  const simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, redeliverAfterMs })
  cleanups.push(() => simulator.close())
  return simulator
}

function listen(shop: ShopAccount, hub: ListeningHub, timings = FAST): PushConnection {
  const connection = listenToMessages(shop, hub, timings)
  cleanups.push(() => connection.close())
  return connection
}

/** Connected, and permitted by the merchant. */
async function listening(simulator: Simulator, hub: ListeningHub): Promise<PushConnection> {
  simulator.market.place(pinduoduoOrder())
  const connection = listen(pinduoduoShop(simulator), hub)
  await hub.until(() => hub.hints.length > 0)
  await eventually(() => pending(simulator) === 0)
  hub.hints.length = 0
  hub.groups.length = 0
  return connection
}

const pending = (simulator: Simulator) => simulator.pendingPushes('pinduoduo')

const frameOf = (change: object, message: object = {}) =>
  JSON.stringify({
    id: 'ID',
    commandType: 'Common',
    sendTime: 1_762_790_400_000,
    message: {
      type: 'pdd_trade_TradeConfirmed',
      mallID: 683412345,
      content: '{"tid":"261111-1"}',
      ...message,
    },
    ...change,
  }).replace('"ID"', '9007199254740993123')

describe('frames of Pinduoduo', () => {
  it('are hints with every digit of their id, and acknowledged in kind', () => {
    const heard = readFrame(Buffer.from(frameOf({})))
    expect(heard).toMatchObject({
      mallId: '683412345',
      hint: {
        messageId: '9007199254740993123',
        type: 'pdd_trade_TradeConfirmed',
        platformOrderId: '261111-1',
        occurredAt: new Date(1_762_790_400_000),
        isKnown: true,
        raw: frameOf({}),
      },
    })
    expect(heard?.ack?.(17)).toBe(
      '{"id":9007199254740993123,"commandType":"Ack","time":17,"sendTime":1762790400000,' +
        '"type":"pdd_trade_TradeConfirmed","mallID":683412345}',
    )
  })

  it.each([
    ['a type that is new', frameOf({}, { type: 'pdd_trade_TradeTeleported' }), '261111-1'],
    ['content that is no JSON', frameOf({}, { content: 'not JSON' }), null],
    ['content without an order', frameOf({}, { content: '{"id":1}' }), null],
    ['an order that is none', frameOf({}, { content: '{"tid":"1; drop"}' }), null],
    ['content 10,000 deep', frameOf({}, { content: `${'['.repeat(10_000)}${']'.repeat(10_000)}` }), null],
    ['no message', frameOf({ message: null }), null],
    ['a command that is new', frameOf({ commandType: 'Uncommon' }), '261111-1'],
  ])('with %s are kept, raised and acknowledged', (_, text, platformOrderId) => {
    const heard = readFrame(Buffer.from(text))
    expect(heard?.hint).toMatchObject({ messageId: '9007199254740993123', platformOrderId, isKnown: false })
    expect(heard?.ack?.(1)).toContain('"id":9007199254740993123,"commandType":"Ack"')
  })

  it('that cannot be read are kept under their hash; heartbeats and acknowledgements say nothing', () => {
    const garbage = readFrame(Buffer.from('{"id":\u0000'))
    expect(garbage).toMatchObject({ ack: null, mallId: null, hint: { type: 'unreadable', isKnown: false } })
    expect(garbage?.hint.raw).not.toContain('\u0000')
    expect(readFrame(Buffer.from('{"id":\u0000'))?.hint.messageId).toBe(garbage?.hint.messageId)
    expect(readFrame(Buffer.from('{"id":\u0001'))?.hint.messageId).not.toBe(garbage?.hint.messageId)
    expect(readFrame(Buffer.from('{"id":1,"commandType":"HeartBeat","time":1}'))).toBeNull()
    expect(readFrame(Buffer.from('{"id":1,"commandType":"Ack"}'))).toBeNull()
  })

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const heard = readFrame(bytes)
          if (heard?.ack) JSON.parse(heard.ack(1))
        },
      ),
    )
  })
})

describe('the message connection to Pinduoduo', () => {
  it('tells each change as a hint of the shop', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    const { market } = simulator
    const { orderId, receiver } = market.place(pinduoduoOrder())
    market.pay('pinduoduo', orderId)
    market.amend('pinduoduo', orderId, 'changed', { shippingForbidden: true })
    market.amend('pinduoduo', orderId, 'changed', { receiver: { ...receiver, address: '别处' } })
    market.amend('pinduoduo', orderId, 'refund', {})
    await hub.until(() => hub.hints.length === 5)
    expect(hub.hints.map(({ type }) => type)).toEqual([
      'pdd_trade_TradeCreate',
      'pdd_trade_TradeConfirmed',
      'pdd_trade_TradeRiskChanged',
      'pdd_trade_TradeLogisticsAddressChanged',
      'pdd_refund_RefundCreated',
    ])
    for (const hint of hub.hints) {
      expect(hint).toMatchObject({ platformOrderId: orderId, shopId: `shop-${MALL}`, isKnown: true })
      expect(hint.messageId).toMatch(/^90071992547410\d{5}$/)
    }
  })

  it('is sent again what it did not acknowledge, also what was there before it connected', async () => {
    const [simulator, hub] = [await outside(60), new ListeningHub()]
    await listening(simulator, hub)
    hub.refuses = () => true
    const { orderId } = simulator.market.place(pinduoduoOrder())
    await hub.until(() => hub.groups.length > 0)
    await cleanups.pop()?.()
    expect(hub.hints).toEqual([])
    const next = new ListeningHub()
    listen(pinduoduoShop(simulator), next)
    await next.until(() => next.hints.length > 0)
    expect(next.orders()).toEqual(new Set([orderId]))
    await eventually(() => pending(simulator) === 0)
  })

  it('loses nothing when the connection is cut again and again, with copies, disorder, delay and garbage', async () => {
    const [simulator, hub] = [await outside(100), new ListeningHub()]
    simulator.mischief('pinduoduo', { doubled: 0.3, reordered: 0.3, late: 0.2, delayMs: 30 })
    const proxy = await cuttingProxy(new URL(simulator.url).port)
    cleanups.push(proxy.close)
    listen({ ...pinduoduoShop(simulator), pushUrl: `ws://127.0.0.1:${proxy.port}/pinduoduo/` }, hub)
    await hub.connected()
    const ids: string[] = []
    for (let round = 2; round <= 4; round += 1) {
      simulator.mischief('pinduoduo', { garbage: round === 3 ? 0.2 : 0 })
      for (let at = 0; at < 60; at += 1) ids.push(simulator.market.place(pinduoduoOrder()).orderId)
      await new Promise((resolve) => setImmediate(resolve))
      proxy.cut()
      await hub.connected(round)
    }
    await hub.until(() => ids.every((id) => hub.orders().has(id)))
    await eventually(() => pending(simulator) === 0)
    expect(hub.states.filter((state) => state.startsWith('disconnected')).length).toBeGreaterThanOrEqual(3)
  })

  it('survives a platform that cuts the connection while it sends', async () => {
    const [simulator, hub] = [await outside(100), new ListeningHub()]
    await listening(simulator, hub)
    simulator.mischief('pinduoduo', { cut: 0.05 })
    const ids = Array.from({ length: 60 }, () => simulator.market.place(pinduoduoOrder()).orderId)
    await hub.connected(2)
    simulator.mischief('pinduoduo', { cut: 0 })
    await hub.until(() => ids.every((id) => hub.orders().has(id)))
    await eventually(() => pending(simulator) === 0)
  })

  it('writes a burst of thousands in groups', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    await listening(simulator, hub)
    let open: () => void = () => undefined
    hub.gate = new Promise((resolve) => {
      open = resolve
    })
    const total = 4_000
    for (let at = 0; at < total; at += 1) {
      simulator.market.place(pinduoduoOrder())
      if (at % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await hub.until(() => hub.groups.length > 0)
    expect(hub.groups).toHaveLength(1)
    open()
    await hub.until(() => hub.hints.length === total)
    await eventually(() => pending(simulator) === 0)
    expect(hub.groups.length).toBeLessThan(total / 20)
    expect(hub.states).toEqual(['connected'])
  })

  it('knows the shops of its app by the message’s mall, and keeps what belongs to none', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    const sister = pinduoduoShop(simulator, { platformShopId: '42' })
    const sisters = new ListeningHub()
    simulator.market.place(pinduoduoOrder({ platformShopId: '42' }))
    const other = listen(sister, sisters)
    await sisters.until(() => sisters.hints.length > 0)
    await other.close()
    await listening(simulator, hub)
    hub.directory = { shopsOfApp: async () => [pinduoduoShop(simulator), sister] }
    const { orderId } = simulator.market.place(pinduoduoOrder({ platformShopId: '42' }))
    await hub.until(() => hub.orders().has(orderId))
    expect(hub.hints.find((hint) => hint.platformOrderId === orderId)?.shopId).toBe('shop-42')
    delete hub.directory
    const { orderId: strange } = simulator.market.place(pinduoduoOrder({ platformShopId: '42' }))
    await hub.until(() => hub.orders().has(strange))
    expect(hub.hints.find((hint) => hint.platformOrderId === strange)?.shopId).toBeNull()
  })

  it('is refused with a wrong secret, and tries again', async () => {
    const [simulator, hub] = [await outside(), new ListeningHub()]
    listen(pinduoduoShop(simulator, { appSecret: 'another' }), hub)
    await hub.until(() => hub.states.length >= 3)
    expect(new Set(hub.states)).toEqual(new Set(['disconnected Unexpected server response: 403']))
  })
})

describe('a Pinduoduo that misbehaves on the connection', () => {
  /** A server of our own: it takes everybody, and then does as the test says. */
  async function server(onOpen: (socket: WebSocket, nth: number) => void) {
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false })
    await once(sockets, 'listening')
    let connections = 0
    const frames: string[] = []
    sockets.on('connection', (socket) => {
      connections += 1
      socket.on('message', (data) => frames.push(String(data)))
      onOpen(socket, connections)
    })
    cleanups.push(async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    })
    const { port } = sockets.address() as AddressInfo // it listens on TCP
    const shop = { ...pinduoduoShop({ url: 'http://127.0.0.1:9' }), pushUrl: `ws://127.0.0.1:${port}` }
    return { shop, frames, connections: () => connections }
  }

  it('is told that a message arrived only after it is durable', async () => {
    const platform = await server((socket) => socket.send(frameOf({})))
    const hub = new ListeningHub()
    let open: () => void = () => undefined
    hub.gate = new Promise((resolve) => {
      open = resolve
    })
    cleanups.push(async () => open())
    listen(platform.shop, hub)
    await hub.until(() => hub.groups.length > 0)
    const sent = platform.frames.length
    await eventually(() => platform.frames.length > sent + 1) // an acknowledgement would be among these
    expect(platform.frames.filter((frame) => frame.includes('"Ack"'))).toEqual([])
    open()
    await eventually(() => platform.frames.some((frame) => frame.includes('"Ack"')))
  })

  it.each([
    ['no JSON', 'hello'],
    ['half a frame', '{"id":1,"commandType":"Com'],
    ['nothing', ''],
    ['JSON 10,000 deep', '['.repeat(10_000)],
    ['bytes', Buffer.from([0, 255, 1, 254])],
  ])('is listened to further on the same connection after %s', async (_, garbage) => {
    const platform = await server((socket) => {
      socket.send(garbage)
      socket.send(frameOf({}))
    })
    const hub = new ListeningHub()
    listen(platform.shop, hub)
    await hub.until(() => hub.orders().has('261111-1'))
    expect(hub.hints.find(({ type }) => type === 'unreadable')).toMatchObject({
      isKnown: false,
      shopId: `shop-${MALL}`,
    })
    await eventually(() => platform.frames.some((frame) => frame.includes('"commandType":"Ack"')))
    expect(platform.frames.filter((frame) => frame.includes('"commandType":"Ack"'))).toHaveLength(1)
    expect(platform.connections()).toBe(1)
  })

  it('is left and dialled again after a frame of a megabyte', async () => {
    const platform = await server((socket, nth) => {
      socket.send(nth === 1 ? 'x'.repeat(1024 * 1024) : frameOf({}))
    })
    const hub = new ListeningHub()
    listen(platform.shop, hub)
    await hub.until(() => hub.orders().has('261111-1'))
    expect(platform.connections()).toBe(2)
  })

  it('hears a heartbeat at once and then regularly, and is noticed when it is gone though the connection stands', async () => {
    const platform = await server(() => undefined) // no pong ever
    const hub = new ListeningHub()
    listen(platform.shop, hub, { ...FAST, silentAfterMs: 120 })
    await hub.connected(2)
    expect(hub.states).toContain('disconnected the platform fell silent')
    const beats = platform.frames.filter((frame) => frame.includes('"commandType":"HeartBeat"'))
    expect(beats.length).toBeGreaterThanOrEqual(3)
  })
})
