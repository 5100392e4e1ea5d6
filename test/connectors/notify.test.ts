import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAliyunSms } from '../../connectors/notify/aliyun-sms.ts'
import type { Notifier } from '../../connectors/notify/notifier.ts'
import { createTencentSms } from '../../connectors/notify/tencent-sms.ts'
import { createWechatMessages, createWechatTemplates } from '../../connectors/notify/wechat-message.ts'
import { RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'
import { ALIYUN_KEY_ID } from '../../simulator/platforms/sms/aliyun.ts'
import { SIGN_NAME, SMS_TEMPLATE, UNWILLING_NUMBER } from '../../simulator/platforms/sms/book.ts'
import { TENCENT_APP_ID, TENCENT_SECRET_ID, TENCENT_TEMPLATE } from '../../simulator/platforms/sms/tencent.ts'
import { OFFICIAL_APP_ID, WECHAT_APP_ID } from '../../simulator/platforms/wechat/index.ts'
import { OFFICIAL_TEMPLATE, WECHAT_TEMPLATE } from '../../simulator/platforms/wechat/messages.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'

const SEED = 'notify'
const CALM = { gatewayTimeout: 0, rateLimited: 0, cutAfterEffect: 0, garbage: 0 }

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
})
afterAll(() => simulator.close())

type Change = { secret?: string; signName?: string; now?: () => Date; at?: Simulator }

function aliyun({ secret, signName = SIGN_NAME, now, at = simulator }: Change): Notifier {
  const accessKeySecret = secret ?? appSecretOf(SEED, 'aliyun-sms', ALIYUN_KEY_ID)
  const url = `${at.url}/aliyun-sms/`
  return createAliyunSms({ url, accessKeyId: ALIYUN_KEY_ID, accessKeySecret, signName }, now)
}

function tencent({ secret, signName = SIGN_NAME, now }: Change): Notifier {
  return createTencentSms(
    {
      url: `${simulator.url}/tencent-sms/`,
      secretId: TENCENT_SECRET_ID,
      secretKey: secret ?? appSecretOf(SEED, 'tencent-sms', TENCENT_SECRET_ID),
      sdkAppId: TENCENT_APP_ID,
      signName,
      region: 'ap-guangzhou',
    },
    now,
  )
}

describe.each([
  {
    platform: 'aliyun-sms',
    create: aliyun,
    templateId: SMS_TEMPLATE,
    unlisted: 'absent',
    unreported: 'sent',
  },
  {
    platform: 'tencent-sms',
    create: tencent,
    templateId: TENCENT_TEMPLATE,
    unlisted: 'silent',
    unreported: 'silent',
  },
])('$platform', ({ platform, create, templateId, unlisted, unreported }) => {
  afterEach(() => simulator.mischief(platform, CALM))
  let count = 0
  const message = (recipient = `1370000${String(++count).padStart(4, '0')}`) => ({
    id: `id-${recipient}-${count}`,
    recipient,
    templateId,
    parameters: [
      { name: 'company', value: '顺丰+速运 & 100%' },
      { name: 'no', value: "SF~!'()*🍵" },
    ],
  })
  const to = (recipient: string) =>
    simulator.messages(platform).filter((taken) => 'number' in taken && taken.number === recipient)

  test('takes a message with any signs in it, and finds it afterwards by its own id', async () => {
    const sent = message()
    const before = new Date()
    expect(await create({}).send(sent)).toMatchObject({ kind: 'sent', providerId: expect.any(String) })
    const [taken] = to(sent.recipient)
    expect(JSON.stringify(taken)).toContain('顺丰+速运 & 100%')
    expect(JSON.stringify(taken)).toContain("SF~!'()*🍵")
    expect(await create({}).find(sent, before)).toMatchObject({ kind: 'delivered' })
  })

  test('a message that is not listed is another matter than one that is', async () => {
    const other = message()
    await create({}).send(other)
    expect(await create({}).find({ ...other, id: 'another' }, new Date())).toMatchObject({ kind: unlisted })
  })

  test('of a message that was taken, the operator says that it arrived, that it did not, or nothing yet', async () => {
    const before = new Date()
    const findings = [
      ['13910000001', { kind: 'undelivered', reason: expect.stringMatching(/./) }],
      ['13920000001', { kind: unreported }],
    ] as const
    for (const [number, finding] of findings) {
      const wanted = message(number)
      expect(await create({}).send(wanted)).toMatchObject({ kind: 'sent' })
      expect(await create({}).find(wanted, before)).toMatchObject(finding)
    }
  })

  test('an answer that does not come, or is none, leaves open whether it was sent', async () => {
    for (const fate of [{ cutAfterEffect: 1 }, { garbage: 1 }, { gatewayTimeout: 1 }]) {
      simulator.mischief(platform, { ...CALM, ...fate })
      await expect(create({}).send(message())).rejects.toBeInstanceOf(UnreachableError)
    }
  })

  test('a wrong signature, an old time or an unknown text is refused: nothing was sent', async () => {
    const refused = [
      create({ secret: 'wrong' }),
      create({ signName: '别家' }),
      create({ now: () => new Date(Date.now() - 3_600_000) }),
    ]
    for (const notifier of refused) {
      const wanted = message()
      await expect(notifier.send(wanted)).rejects.toBeInstanceOf(RefusedError)
      expect(to(wanted.recipient)).toEqual([])
    }
    const unknown = { ...message(), templateId: 'SMS_1' }
    await expect(create({}).send(unknown)).rejects.toBeInstanceOf(RefusedError)
  })

  test('a number that wants nothing, one that has had enough, and a service that asks for patience', async () => {
    expect(await create({}).send(message(UNWILLING_NUMBER))).toMatchObject({ kind: 'unreachable' })
    const number = '13712345678'
    for (let sent = 0; sent < 5; sent += 1) await create({}).send(message(number))
    const { kind, retryInMs } = { retryInMs: 0, ...(await create({}).send(message(number))) }
    expect([kind, retryInMs]).toEqual(['later', 3_600_000])
    simulator.mischief(platform, { rateLimited: 1 })
    const limited = create({}).send(message())
    await (platform === 'aliyun-sms'
      ? expect(limited).resolves.toMatchObject({ kind: 'later' })
      : expect(limited).rejects.toMatchObject({ name: 'RateLimitedError' }))
  })
})

test.each([
  { ours: '2026-11-11T23:59:40+08:00', theirs: '2026-11-12T00:00:20+08:00' },
  { ours: '2026-11-12T00:00:20+08:00', theirs: '2026-11-11T23:59:40+08:00' },
])('Aliyun finds a message that it wrote down at $theirs, and we at $ours', async ({ ours, theirs }) => {
  let nowMs = Date.parse(theirs)
  const platform = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, now: () => nowMs })
  const notifier = aliyun({ now: () => new Date(nowMs), at: platform })
  try {
    const wanted = { id: 'midnight', recipient: '13700009999', templateId: SMS_TEMPLATE, parameters: [] }
    expect(await notifier.send(wanted)).toMatchObject({ kind: 'sent' })
    nowMs = Date.parse('2026-11-12T00:10:00+08:00')
    expect(await notifier.find(wanted, new Date(ours))).toMatchObject({ kind: 'delivered' })
  } finally {
    await platform.close()
  }
})

describe('wechat', () => {
  afterEach(() => simulator.mischief('wechat', { ...CALM, tokenExpired: 0 }))
  const notifier = () =>
    createWechatMessages({
      gatewayUrl: `${simulator.url}/wechat`,
      appId: WECHAT_APP_ID,
      appSecret: appSecretOf(SEED, 'wechat', WECHAT_APP_ID),
    })
  const message = (recipient: string, value = 'SF123') => ({
    id: `id-${recipient}`,
    recipient,
    templateId: WECHAT_TEMPLATE,
    parameters: [{ name: 'thing1', value }],
  })
  const ordered = (buyerId: string) =>
    simulator.market.place({
      platform: 'mall',
      platformShopId: 'mall-east',
      orderId: `M-${buyerId}`,
      buyerId,
      receiver: {
        name: '张三丰',
        phone: '13812345678',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        address: '文三路 1 号',
      },
      freightCents: 0,
      lines: [
        {
          lineId: `M-${buyerId}-1`,
          itemId: 'I1',
          skuId: 'S1',
          outerSkuId: '',
          title: '龙井茶',
          quantity: 1,
          unitPriceCents: 100,
          paidCents: 100,
        },
      ],
    })

  test('a buyer who agreed gets one message; a second one is refused and given up', async () => {
    ordered('openid-9')
    expect(await notifier().send(message('openid-9'))).toEqual({ kind: 'sent', providerId: null })
    expect(simulator.messages('wechat')).toEqual([
      { openId: 'openid-9', templateId: WECHAT_TEMPLATE, data: { thing1: { value: 'SF123' } } },
    ])
    expect(await notifier().send(message('openid-9'))).toEqual({ kind: 'unreachable', reason: '43101' })
  })

  test('a text that is too long is a matter of the template; what was cut off cannot be looked up', async () => {
    ordered('openid-7')
    await expect(notifier().send(message('openid-7', '长'.repeat(21)))).rejects.toBeInstanceOf(RefusedError)
    const warm = notifier()
    await warm.send(message('nobody'))
    simulator.mischief('wechat', { garbage: 1 })
    await expect(warm.send(message('openid-7'))).rejects.toBeInstanceOf(UnreachableError)
    expect(await notifier().send(message('openid-7')), 'no token yet').toMatchObject({ kind: 'later' })
    expect(await notifier().find(message('openid-7'), new Date())).toMatchObject({ kind: 'silent' })
  })

  describe('the official account', () => {
    const account = (now?: () => number, appId = OFFICIAL_APP_ID) =>
      createWechatTemplates(
        {
          gatewayUrl: `${simulator.url}/wechat`,
          appId,
          appSecret: appSecretOf(SEED, 'wechat', appId),
        },
        now,
      )
    const toFollower = (buyerId: string) => {
      ordered(buyerId)
      return { ...message(`follower-${buyerId}`), templateId: OFFICIAL_TEMPLATE }
    }
    const takenBy = (openId: string) =>
      simulator.messages('wechat').filter((taken) => 'openId' in taken && taken.openId === openId)

    test('tells a follower; nobody else is reached', async () => {
      const follower = toFollower('b-2')
      expect(await account().send(follower)).toMatchObject({ kind: 'sent', providerId: expect.any(String) })
      expect(takenBy('follower-b-2')).toMatchObject([{ data: { thing1: { value: 'SF123' } } }])
      const stranger = { ...follower, recipient: 'stranger' }
      expect(await account().send(stranger)).toEqual({ kind: 'unreachable', reason: '43004' })
    })

    test('knows a message again: one that was cut off may be asked for by the same call, within minutes', async () => {
      const follower = toFollower('b-4')
      const warm = account()
      await warm.send({ ...follower, recipient: 'stranger' })
      simulator.mischief('wechat', { cutAfterEffect: 1 })
      const sendingAt = new Date()
      await expect(warm.send(follower)).rejects.toBeInstanceOf(UnreachableError)
      simulator.mischief('wechat', CALM)
      expect(await warm.find(follower, sendingAt)).toMatchObject({ kind: 'sent' })
      expect(takenBy('follower-b-4')).toHaveLength(1)
      const muchLater = account(() => sendingAt.getTime() + 9 * 60_000)
      expect(await muchLater.find(follower, sendingAt)).toMatchObject({ kind: 'silent' })
      expect(takenBy('follower-b-4')).toHaveLength(1)
    })

    test('has a token of its own: the mini-program’s is none here, and an expired one is renewed', async () => {
      const follower = toFollower('b-6')
      await expect(account(undefined, WECHAT_APP_ID).send(follower)).rejects.toBeInstanceOf(RefusedError)
      const warm = account()
      await warm.send(follower)
      simulator.mischief('wechat', { tokenExpired: 1 })
      const cold = warm.send({ ...follower, id: 'another' })
      simulator.mischief('wechat', { ...CALM, tokenExpired: 0 })
      expect(await cold).toMatchObject({ kind: 'sent' })
    })
  })
})
