import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RateLimitedError, RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import {
  ALERTS_A_MESSAGE,
  MARKDOWN_BYTES,
  type StockAlert,
  stockAlertMarkdown,
} from '../../connectors/wecom/alert-text.ts'
import { readWecomAnswer, WecomRefusal } from '../../connectors/wecom/answer.ts'
import { createWecomClient } from '../../connectors/wecom/app.ts'
import { type ButtonCard, cardBody } from '../../connectors/wecom/card.ts'
import { createGroupRobot } from '../../connectors/wecom/robot.ts'
import { createWecomToken, type TokenShelf } from '../../connectors/wecom/token.ts'
import { UNKNOWN_MEMBER } from '../../simulator/platforms/wecom/index.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { CALM, memoryShelf, WECOM, WECOM_SECRET, wecomApp, wecomControl } from '../support/wecom.ts'

let simulator: Simulator
let atMs = 0
beforeAll(async () => {
  const now = () => Date.now() + atMs
  simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET, now })
})
afterAll(() => simulator.close())
afterEach(() => simulator.mischief('wecom', CALM))

const state = () => wecomControl(simulator.url).state()
const clientOn = (shelf: TokenShelf) => {
  const app = wecomApp(simulator.url)
  return createWecomClient(app, createWecomToken(app, shelf))
}
let tasks = 0
const cardOf = (change: Partial<ButtonCard> = {}): ButtonCard => ({
  taskId: `card_${++tasks}`,
  title: '改价申请 CR-20261122-0042',
  description: '应收减少 49.90 元',
  quote: { title: '理由', text: '客户投诉包装破损，协商退差价' },
  facts: [
    { name: '店铺', value: '华东旗舰店' },
    { name: '金额', value: '399.00 → 349.10' },
  ],
  note: '承诺发货 18:00',
  buttons: [
    { key: 'approve', text: '同意', isPrimary: true },
    { key: 'reject', text: '驳回', isPrimary: false },
  ],
  link: 'https://hub.example.com/m/token',
  ...change,
})

describe('cards of WeCom', () => {
  it('reach their member once, however often a send is repeated: the second answer is "already sent"', async () => {
    const client = clientOn(memoryShelf())
    const card = cardOf()
    const first = await client.sendCard('wang.fang', card)
    expect(first.responseCode).toMatch(/./)
    expect(await client.sendCard('wang.fang', card)).toEqual({ responseCode: null })
    const sent = (await state()).cards.filter(({ taskId }) => taskId === card.taskId)
    expect(sent).toMatchObject([
      { memberId: 'wang.fang', buttonKeys: ['approve', 'reject'], replacedBy: null },
    ])
  })

  it('that were sent while the answer was lost are found sent at the next attempt', async () => {
    const client = clientOn(memoryShelf())
    const card = cardOf()
    await client.sendCard('wang.fang', cardOf())
    simulator.mischief('wecom', { cutAfterEffect: 1 })
    await expect(client.sendCard('wang.fang', card)).rejects.toThrow(UnreachableError)
    simulator.mischief('wecom', CALM)
    expect(await client.sendCard('wang.fang', card)).toEqual({ responseCode: null })
    expect((await state()).cards.filter(({ taskId }) => taskId === card.taskId)).toHaveLength(1)
  })

  it('are closed with their code, which is good once and for 72 hours', async () => {
    const client = clientOn(memoryShelf())
    const card = cardOf()
    const { responseCode } = await client.sendCard('wang.fang', card)
    await client.closeCard('wang.fang', responseCode ?? '', '李强已同意')
    const [shown] = (await state()).cards.filter(({ taskId }) => taskId === card.taskId)
    expect(shown).toMatchObject({ replacedBy: '李强已同意', updates: [{ by: 'api', text: '李强已同意' }] })
    await expect(client.closeCard('wang.fang', responseCode ?? '', '又一次')).rejects.toThrow(RefusedError)
    const late = await client.sendCard('wang.fang', cardOf())
    atMs += 72 * 3_600_000 + 1
    await expect(client.closeCard('wang.fang', late.responseCode ?? '', '太晚')).rejects.toThrow(WecomRefusal)
  })

  it('for somebody whom the corp does not have are refused, in words that quote nothing', async () => {
    const refused = clientOn(memoryShelf()).sendCard(UNKNOWN_MEMBER, cardOf())
    await expect(refused).rejects.toThrow(/^wecom \/cgi-bin\/message\/send: 81013$/)
    await expect(refused).rejects.toThrow(RefusedError)
  })

  it('whose texts are too long are cut where WeCom would refuse them; impossible ones are bugs', async () => {
    const long = '很长的文字🍵'.repeat(60)
    const facts = Array.from({ length: 6 }, () => ({ name: long, value: long }))
    const buttons = [{ key: 'approve', text: long, isPrimary: true }]
    const card = cardOf({
      title: long,
      description: long,
      note: long,
      facts,
      buttons,
      quote: { title: long, text: long },
    })
    expect(await clientOn(memoryShelf()).sendCard('wang.fang', card)).toMatchObject({
      responseCode: expect.any(String),
    })
    expect(() => cardBody(cardOf({ taskId: '改价' }))).toThrow(RangeError)
    expect(() => cardBody(cardOf({ facts: [...facts, ...facts] }))).toThrow(RangeError)
    expect(() => cardBody(cardOf({ buttons: [] }))).toThrow(RangeError)
  })

  it('are asked for patience about, and tell an outage from a refusal', async () => {
    const client = clientOn(memoryShelf())
    await client.sendCard('wang.fang', cardOf())
    simulator.mischief('wecom', { rateLimited: 1 })
    await expect(client.sendCard('wang.fang', cardOf())).rejects.toMatchObject({ retryAfterMs: 60_000 })
    for (const fate of ['gatewayTimeout', 'garbage', 'cut'] as const) {
      simulator.mischief('wecom', { ...CALM, [fate]: 1 })
      await expect(client.sendCard('wang.fang', cardOf())).rejects.toThrow(UnreachableError)
    }
  })

  it.each([
    ['-1', UnreachableError],
    ['45009', RateLimitedError],
    ['45033', RateLimitedError],
    ['40001', WecomRefusal],
    ['42014', WecomRefusal],
  ])('errcode %s is what it should be', (errcode, kind) => {
    const http = { status: 200, headers: new Headers(), text: `{"errcode": ${errcode}, "errmsg": "秘密"}` }
    expect(() => readWecomAnswer('m', http)).toThrow(kind)
    expect(() => readWecomAnswer('m', http)).not.toThrow('秘密')
  })
})

describe('the token of a WeCom app', () => {
  it('is asked for once by any number of calls in any number of processes', async () => {
    const before = (await state()).tokensGiven
    const shelf = memoryShelf()
    const app = wecomApp(simulator.url)
    const processes = Array.from({ length: 4 }, () => createWecomToken(app, shelf))
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, at) => processes[at % 4]?.get()))
    expect(new Set(tokens).size).toBe(1)
    expect((await state()).tokensGiven).toBe(before + 1)
  })

  it('is asked for once more by all of them when WeCom takes it no longer', async () => {
    const shelf = memoryShelf()
    const clients = Array.from({ length: 4 }, () => clientOn(shelf))
    await Promise.all(clients.map((client) => client.sendCard('wang.fang', cardOf())))
    const before = (await state()).tokensGiven
    // Each call of the first process finds that its token has been revoked; nobody tells the others.
    simulator.mischief('wecom', { tokenExpired: 1 })
    await expect(clients[0]?.sendCard('wang.fang', cardOf())).rejects.toThrow(UnreachableError)
    simulator.mischief('wecom', CALM)
    const middle = (await state()).tokensGiven
    expect(middle).toBe(before + 2)
    await Promise.all(clients.map((client) => client.sendCard('wang.fang', cardOf())))
    expect((await state()).tokensGiven).toBe(middle + 1)
  })

  it('is replaced before its end', async () => {
    const shelf = memoryShelf()
    const app = wecomApp(simulator.url)
    let nowMs = Date.now()
    const token = createWecomToken(app, shelf, () => nowMs)
    await token.get()
    const given = (await state()).tokensGiven
    nowMs += 6_800_000
    await token.get()
    expect((await state()).tokensGiven).toBe(given)
    nowMs += 150_000
    await shelf.save('old', nowMs)
    await expect(
      createWecomToken(app, { ...shelf, claim: async () => true }, () => nowMs).get(),
    ).resolves.toMatch(/./)
    expect((await state()).tokensGiven).toBe(given + 1)
  })

  it('that cannot be had leaves the next caller to ask; a wrong secret is refused', async () => {
    const shelf = memoryShelf()
    const app = wecomApp(simulator.url)
    simulator.mischief('wecom', { gatewayTimeout: 1 })
    await expect(createWecomToken(app, shelf).get()).rejects.toThrow(UnreachableError)
    simulator.mischief('wecom', CALM)
    await expect(createWecomToken(app, shelf).get()).resolves.toMatch(/./)
    const wrong = createWecomToken({ ...app, secret: 'wrong' }, memoryShelf())
    await expect(wrong.get()).rejects.toThrow(/^wecom gettoken: 40001$/)
  })
})

describe('a group’s robot', () => {
  const robot = (key = WECOM.robotKey) => createGroupRobot({ gatewayUrl: `${simulator.url}/wecom`, key })

  it('speaks 20 times a minute and then asks for patience', async () => {
    for (let times = 0; times < 20; times += 1) await robot().say(`第 ${times} 条`)
    await expect(robot().say('第 21 条')).rejects.toThrow(RateLimitedError)
    atMs += 60_000
    await expect(robot().say('下一分钟')).resolves.toBeUndefined()
    await expect(robot('unknown').say('?')).rejects.toThrow(/^wecom webhook\/send: 93000$/)
  })
})

describe('stock alerts in a group', () => {
  const alert = fc.record({
    skuId: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    skuName: fc.string({ unit: 'grapheme', maxLength: 200 }),
    warehouseName: fc.string({ unit: 'grapheme', maxLength: 100 }),
    available: fc.nat({ max: 1_000_000 }),
    threshold: fc.nat({ max: 1_000_000 }),
    level: fc.constantFrom<('out' | 'low')[]>('out', 'low'),
  })

  it('always fit into one message of a robot, one line each, those without a unit first', () => {
    fc.assert(
      fc.property(
        fc.array(alert, { minLength: 1, maxLength: ALERTS_A_MESSAGE }),
        fc.boolean(),
        (alerts, again) => {
          const text = stockAlertMarkdown(alerts, again)
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MARKDOWN_BYTES)
          const lines = text.split('\n').slice(1)
          expect(lines).toHaveLength(alerts.length)
          const lastOut = lines.findLastIndex((line) => line.includes('缺货</font>'))
          expect(lastOut).toBe(alerts.filter(({ level }) => level === 'out').length - 1)
        },
      ),
    )
  })

  it('say what a reader needs, and a name is never more than a name', () => {
    const one: StockAlert = {
      skuId: 'SKU-1',
      skuName: '[点我](http://evil) <b>',
      warehouseName: '杭州仓',
      available: 0,
      threshold: 5,
      level: 'out',
    }
    expect(stockAlertMarkdown([one], true)).toBe(
      '**库存预警** 1 项（重发）\n> <font color="warning">缺货</font> 杭州仓 SKU-1 点我 http://evi…：0/5',
    )
    expect(() =>
      stockAlertMarkdown(
        Array.from({ length: 17 }, () => one),
        false,
      ),
    ).toThrow(RangeError)
  })
})
