import { createServer, type Server } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { inBatches } from '../../connectors/couriers/batches.ts'
import type { CourierSource, Waybill } from '../../connectors/couriers/courier.ts'
import { createCourierGateway } from '../../connectors/couriers/gateway.ts'
import { createKuaidi100 } from '../../connectors/couriers/kuaidi100/client.ts'
import { companyOf, courierOf, KUAIDI100_COURIERS, stateOf } from '../../connectors/couriers/kuaidi100/map.ts'
import {
  KUAIDI100_ACCEPTED,
  readKuaidi100Push,
  receiveKuaidi100,
} from '../../connectors/couriers/kuaidi100/receive.ts'
import { saltOf, signPush } from '../../connectors/couriers/kuaidi100/sign.ts'
import { createCouriers } from '../../connectors/couriers/registry.ts'
import { createSf } from '../../connectors/couriers/sf/client.ts'
import { javaUrlEncode } from '../../connectors/couriers/sf/sign.ts'
import { saysLost } from '../../connectors/couriers/words.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { listen } from '../../simulator/http.ts'
import { COURIER_ACCOUNTS } from '../../simulator/platforms/courier-accounts.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import type { Scan } from '../../simulator/story.ts'

const secret = 'a secret that both sides know, and nobody else'
const SALT_KEYS = ['the newest of the keys that salts are made from', 'the one that was used before it']
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function outside(now?: () => number): Promise<Simulator> {
  const simulator = await startSimulator({ secret, ...(now ? { now } : {}) })
  closing.push(() => simulator.close())
  return simulator
}

function kuaidi100(
  simulator: Simulator,
  changes: { key?: string; callbackUrl?: string } = {},
): CourierSource {
  const { customer, key } = COURIER_ACCOUNTS.kuaidi100
  return createKuaidi100({
    baseUrl: `${simulator.url}/kuaidi100`,
    customer,
    key: changes.key ?? key,
    callbackUrl: changes.callbackUrl ?? null,
    saltKeys: SALT_KEYS,
    queriesPerSecond: 1,
  })
}

function sf(simulator: Simulator, checkWord = COURIER_ACCOUNTS.sf.checkWord): CourierSource {
  const { partnerId } = COURIER_ACCOUNTS.sf
  return createSf({ url: `${simulator.url}/sf/std/service`, partnerId, checkWord })
}

const waybill = (courier: string, waybillNumber: string): Waybill => ({
  courier,
  waybillNumber,
  phoneTail: courier === 'sf' ? '8000' : null,
})

function way(...states: Scan['state'][]): Scan[] {
  return states.map((state, index) => ({
    eventId: `E${index}`,
    state,
    description: state === 'lost' ? '快件查找无果，登记遗失' : `第 ${index} 站 + % & = 中文 🚚 (${state})`,
    occurredAt: new Date(Date.UTC(2026, 10, 11, 1, index)).toISOString(),
  }))
}

/** A clock that is a second further at each look, so that a limit a second is never met. */
function unhurried() {
  let nowMs = Date.UTC(2026, 10, 11)
  return () => {
    nowMs += 1_000
    return nowMs
  }
}

describe.each([
  { name: 'kuaidi100', courier: 'yto', source: kuaidi100 },
  { name: 'sf', courier: 'sf', source: (simulator: Simulator) => sf(simulator) },
])('$name', ({ name, courier, source }) => {
  test('each end of a parcel is told as what it is, with the time and the text of the source', async () => {
    const simulator = await outside(unhurried())
    for (const end of ['delivered', 'refused', 'returned', 'lost'] as const) {
      const scans = way('shipped', 'in_transit', end)
      // SF says why a parcel was not delivered only in words.
      const told = scans.map((scan) =>
        scan.state === 'refused' ? { ...scan, description: '收件人拒收' } : scan,
      )
      simulator.script(`N-${end}`, told)
      const found = await source(simulator).track([waybill(courier, `N-${end}`)])
      const byTime = (found.get(`N-${end}`) ?? []).toSorted((a, b) =>
        a.occurredAt.localeCompare(b.occurredAt),
      )
      expect(byTime.map(({ state }) => state)).toEqual(['shipped', 'in_transit', end])
      expect(byTime.map(({ occurredAt }) => Date.parse(occurredAt))).toEqual(
        told.map(({ occurredAt }) => Date.parse(occurredAt)),
      )
      expect(byTime.map(({ description }) => description)).toEqual(told.map(({ description }) => description))
    }
  })

  test('the same scans have the same names each time, and a parcel that nobody has seen has none', async () => {
    const simulator = await outside(unhurried())
    simulator.script('N-1', way('shipped', 'in_transit'))
    const ids = async () =>
      (await source(simulator).track([waybill(courier, 'N-1')]))
        .get('N-1')
        ?.map(({ eventId }) => eventId)
        .sort()
    const first = await ids()
    simulator.script('N-1', way('shipped', 'in_transit', 'delivered'))
    expect(await ids()).toEqual(expect.arrayContaining(first ?? ['?']))
    expect((await source(simulator).track([waybill(courier, 'N-none')])).get('N-none') ?? []).toEqual([])
  })

  test('time-outs, garbage and cut connections are asked again, too many calls later', async () => {
    const simulator = await outside(unhurried())
    simulator.script('N-1', way('shipped'))
    const ask = () => source(simulator).track([waybill(courier, 'N-1')])
    for (const fault of ['gatewayTimeout', 'garbage', 'cut'] as const) {
      simulator.mischief(name, { [fault]: 1 })
      await expect(ask(), fault).rejects.toThrow(UnreachableError)
      simulator.mischief(name, { [fault]: 0 })
    }
    simulator.mischief(name, { rateLimited: 1 })
    await expect(ask()).rejects.toThrow(RateLimitedError)
    simulator.mischief(name, { rateLimited: 0 })
    expect((await ask()).get('N-1')).toHaveLength(1)
  })
})

describe('kuaidi100', () => {
  test('a wrong key is a final no, of a query and of a subscription', async () => {
    const simulator = await outside(unhurried())
    const stranger = kuaidi100(simulator, { key: 'another', callbackUrl: 'http://127.0.0.1:9/push' })
    await expect(stranger.track([waybill('yto', 'N-1')])).rejects.toThrow(RefusedError)
    await expect(stranger.subscribe?.(waybill('yto', 'N-1'))).rejects.toThrow(RefusedError)
  })

  test('the second query in a second is told to wait', async () => {
    const simulator = await outside(() => Date.UTC(2026, 10, 11))
    simulator.script('N-1', way('shipped'))
    const source = kuaidi100(simulator)
    await source.track([waybill('yto', 'N-1')])
    await expect(source.track([waybill('yto', 'N-1')])).rejects.toThrow(RateLimitedError)
  })

  test('a parcel that is subscribed already is as good as one that is subscribed now', async () => {
    const simulator = await outside()
    const source = kuaidi100(simulator, { callbackUrl: 'http://127.0.0.1:9/push' })
    expect(await source.subscribe?.(waybill('yto', 'N-1'))).toBe('subscribed')
    expect(await source.subscribe?.(waybill('yto', 'N-1'))).toBe('already_subscribed')
  })

  test('pushes bear the salt of their own parcel, tell everything each time, and come again until they are heard', async () => {
    const heard: Buffer[] = []
    const hub = await pushTarget((body) => {
      heard.push(body)
      return heard.length === 1 ? 'not now' : KUAIDI100_ACCEPTED
    })
    const simulator = await startSimulator({ secret, courierPushes: { lookEveryMs: 10, retryAfterMs: 10 } })
    closing.push(() => simulator.close())
    simulator.script('YT1', way('shipped'))
    await kuaidi100(simulator, { callbackUrl: hub.url }).subscribe?.(waybill('yto', 'YT1'))
    await expect.poll(() => heard.length).toBe(2)
    simulator.script('YT1', way('shipped', 'in_transit', 'delivered'))
    await expect.poll(() => heard.length).toBe(3)
    expect(heard[0]).toEqual(heard[1])
    const received = heard.map((body) => receiveKuaidi100(body, SALT_KEYS))
    const pushes = received.map((push) =>
      push.outcome === 'accepted' ? readKuaidi100Push(push.param) : null,
    )
    expect(pushes[0]).toMatchObject({ waybillNumber: 'YT1', courier: 'yto', ended: null })
    expect(pushes[2]).toMatchObject({
      ended: { reason: 'shutdown' },
      scans: [{ state: 'delivered' }, { state: 'in_transit' }, { state: 'shipped' }],
    })
  })
})

describe('a push of Kuaidi100', () => {
  const param = JSON.stringify({
    status: 'polling',
    message: '',
    lastResult: {
      nu: 'YT1',
      com: 'yuantong',
      state: '0',
      data: [{ ftime: '2026-11-11 09:00:00', context: '已揽收' }],
    },
  })
  const [saltKey = '', oldSaltKey = ''] = SALT_KEYS
  const form = (fields: Record<string, string>) => Buffer.from(new URLSearchParams(fields).toString())
  const signed = (text: string, key = saltKey, number = 'YT1') =>
    form({ param: text, sign: signPush(text, saltOf(number, key)) })

  test('is taken when signed with the salt of its parcel, by any of the keys, in capitals or not', () => {
    expect(receiveKuaidi100(signed(param), SALT_KEYS)).toMatchObject({
      outcome: 'accepted',
      waybillNumber: 'YT1',
    })
    expect(receiveKuaidi100(signed(param, oldSaltKey), SALT_KEYS)).toMatchObject({ outcome: 'accepted' })
    const small = form({ param, sign: signPush(param, saltOf('YT1', saltKey)).toLowerCase() })
    expect(receiveKuaidi100(small, SALT_KEYS)).toMatchObject({ outcome: 'accepted' })
  })

  test('is refused with another parcel’s salt, another key, without a signature, and after any altered byte', () => {
    expect(receiveKuaidi100(signed(param, saltKey, 'YT2'), SALT_KEYS)).toMatchObject({
      reason: 'bad-signature',
    })
    expect(receiveKuaidi100(signed(param, 'f'.repeat(40)), SALT_KEYS)).toMatchObject({
      reason: 'bad-signature',
    })
    expect(receiveKuaidi100(signed(param), [])).toMatchObject({ reason: 'bad-signature' })
    for (const sign of ['', ' ', 'x', signPush(param, '')])
      expect(receiveKuaidi100(form({ param, sign }), SALT_KEYS)).toMatchObject({ reason: 'bad-signature' })
    const sign = signPush(param, saltOf('YT1', saltKey))
    fc.assert(
      fc.property(
        fc.nat({ max: param.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, other) => {
          const altered = param.slice(0, at) + other + param.slice(at + 1)
          if (altered === param) return
          expect(receiveKuaidi100(form({ param: altered, sign }), SALT_KEYS).outcome).toBe('refused')
        },
      ),
    )
  })

  test('is refused as malformed when a field is missing or there twice, and for what is no JSON, no UTF-8 or too deep', () => {
    const sign = signPush(param, saltOf('YT1', saltKey))
    const deep = `{"lastResult":{"nu":"YT1","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`
    for (const body of [
      Buffer.alloc(0),
      form({ param }),
      form({ sign }),
      Buffer.from(`${signed(param)}&param=x`),
      form({ param: '[]', sign }),
      form({ param: '{"lastResult":{}}', sign }),
      form({ param: '{', sign }),
      signed(deep),
      Buffer.from([0x70, 0x3d, 0xff, 0xfe]),
    ])
      expect(receiveKuaidi100(body, SALT_KEYS)).toEqual({ outcome: 'refused', reason: 'malformed' })
  })

  test('has a name of its own that changes with what it says, and only with that', () => {
    const id = (text: string) => {
      const push = receiveKuaidi100(signed(text), SALT_KEYS)
      return push.outcome === 'accepted' ? push.messageId : null
    }
    expect(id(param)).toBe(id(param))
    expect(id(param)).not.toBe(id(param.replace('polling', 'shutdown')))
  })

  test('that corrects the courier names both, and lines without states of their own take the parcel’s', () => {
    const corrected = JSON.stringify({
      status: 'abort',
      message: '60天无变化',
      autoCheck: '1',
      comOld: 'yuantong',
      comNew: 'zhongtong',
      lastResult: {
        nu: 'YT1',
        com: 'zhongtong',
        state: '3',
        data: [
          { time: '2026-11-11 10:00:00', context: '已签收' },
          { time: '2026-11-11 09:00:00', context: '派送中' },
        ],
      },
    })
    expect(readKuaidi100Push(corrected)).toMatchObject({
      courier: 'zto',
      correctedFrom: 'yuantong',
      ended: { reason: 'abort', message: '60天无变化' },
      scans: [{ state: 'delivered', occurredAt: '2026-11-11T10:00:00+08:00' }, { state: 'in_transit' }],
    })
  })
})

test('every state of Kuaidi100 has a meaning; one that nobody knows has none, and is not guessed', () => {
  const known = ['0', '1', '3', '4', '5', '6', '7', '8', '10', '11', '12', '13', '14']
  expect(known.map((code) => stateOf(code, ''))).not.toContain(null)
  expect(['101', '301', '304', '401', '501', '203', '1002'].map((code) => stateOf(code, ''))).toEqual([
    'shipped',
    'delivered',
    'delivered',
    'returned',
    'in_transit',
    'refused',
    'in_transit',
  ])
  expect(['9', '15', '99', '901', 'abc', '', '20261'].map((code) => stateOf(code, ''))).toEqual(
    Array.from({ length: 7 }, () => null),
  )
})

test('a courier that fears for a parcel has not lost it', () => {
  expect(['快件查找无果，登记遗失', '已确认丢失'].map(saysLost)).toEqual([true, true])
  expect(['疑似丢失，正在查找', '快件未丢失', '请防止遗失'].map(saysLost)).toEqual([false, false, false])
})

test('every courier of the hub has one name at Kuaidi100 and back', () => {
  for (const courier of KUAIDI100_COURIERS) expect(courierOf(companyOf(courier) ?? '')).toBe(courier)
})

describe('sf', () => {
  test('ten parcels travel in one call, and a wrong check word is a final no', async () => {
    const simulator = await outside(() => Date.UTC(2026, 10, 11))
    const numbers = Array.from({ length: 10 }, (_, index) => `SF${index}`)
    for (const number of numbers) simulator.script(number, way('shipped'))
    const found = await sf(simulator).track(numbers.map((number) => waybill('sf', number)))
    expect([...found.keys()].sort()).toEqual(numbers)
    await expect(sf(simulator, 'wrong').track([waybill('sf', 'SF1')])).rejects.toThrow(RefusedError)
  })

  test('text is escaped as Java does it, byte by byte', () => {
    expect(javaUrlEncode(`a b!'()~*-_.中🚚`)).toBe('a+b%21%27%28%29%7E*-_.%E4%B8%AD%F0%9F%9A%9A')
  })
})

describe('questions that come together', () => {
  const idle = { take: async () => undefined }
  const source = (asked: string[][], refuses: string[] = []): CourierSource => ({
    name: 'test',
    limits: { waybillsPerCall: 3, callsPerSecond: 10, subscriptionsPerSecond: 1 },
    wantsPhone: () => false,
    track: async (waybills) => {
      const numbers = waybills.map(({ waybillNumber }) => waybillNumber)
      asked.push(numbers)
      if (numbers.some((number) => refuses.includes(number))) throw new RefusedError(400, 'no')
      return new Map(numbers.map((number) => [number, []]))
    },
    subscribe: null,
  })

  test('share calls, as many in each as the source takes', async () => {
    const asked: string[][] = []
    const track = inBatches(source(asked), idle, 1)
    await Promise.all(['1', '2', '3', '4', '5'].map((number) => track(waybill('sf', number))))
    expect(asked).toEqual([
      ['1', '2', '3'],
      ['4', '5'],
    ])
  })

  test('are asked singly when one of them is refused, so that the others hear their answer', async () => {
    const asked: string[][] = []
    const track = inBatches(source(asked, ['2']), idle, 1)
    const answers = await Promise.allSettled(['1', '2', '3'].map((number) => track(waybill('sf', number))))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(asked).toEqual([['1', '2', '3'], ['1'], ['2'], ['3']])
  })
})

test('a courier is followed by itself before a service, and by the gateway where nobody else knows it', () => {
  const named = (name: string): CourierSource => ({
    name,
    limits: { waybillsPerCall: 1, callsPerSecond: 1, subscriptionsPerSecond: 1 },
    wantsPhone: () => false,
    track: async () => new Map(),
    subscribe: null,
  })
  const gateway = createCourierGateway(createOutsideHttp('http://127.0.0.1:9', secret))
  const all = createCouriers({ gateway, sf: named('sf'), kuaidi100: named('kuaidi100') })
  expect(['sf', 'yto', 'sim'].map((courier) => all(courier).source)).toEqual(['sf', 'kuaidi100', 'gateway'])
  const bare = createCouriers({ gateway })
  expect(['sf', 'yto', 'sim'].map((courier) => bare(courier).source)).toEqual([
    'gateway',
    'gateway',
    'gateway',
  ])
})

test('whoever comes too late in a second waits the longer the more there are before him', async () => {
  const limit = new CallLimits(null).of('test', 4)
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => limit.take()))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  const waits = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' && outcome.reason instanceof RateLimitedError
      ? [outcome.reason.retryAfterMs]
      : [],
  )
  expect(waits).toHaveLength(4)
  expect(Math.max(...waits)).toBeGreaterThan(1_000)
  expect(Math.min(...waits)).toBeLessThanOrEqual(1_000)
})

/** A server that pushes go to. */
async function pushTarget(answer: (body: Buffer) => string): Promise<{ url: string }> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.end(answer(Buffer.concat(chunks))))
  })
  const port = await listen(server, '127.0.0.1', 0)
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${port}/push` }
}
