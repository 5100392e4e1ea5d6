import { describe, expect, test } from 'vitest'
import { Market } from '../../simulator/platforms/market.ts'
import { rushBody, startRush } from '../../simulator/platforms/rush.ts'
import { until } from '../store/support.ts'

const rush = rushBody.parse({
  seed: 'seven',
  orders: 40,
  seconds: 0.5,
  shops: ['taobao', 'jd'].map((platform, index) => ({
    platform,
    platformShopId: '1',
    orderPrefix: `30${index}`,
    skus: [{ itemId: '1', skuId: '11', title: '毛巾', unitPriceCents: 990 }],
  })),
})

async function play() {
  const market = new Market(Date.now)
  const running = startRush(market, rush)
  await until('the rush to end', async () => running.done())
  return market
}

describe('a rush', () => {
  test('is the same for the same seed: who buys what, who pays, who changes their mind', async () => {
    const [one, other] = await Promise.all([play(), play()])
    const story = (market: Market) =>
      market
        .all()
        .map(({ orderId, status, lines, receiver, totalCents }) => ({
          orderId,
          status,
          lines,
          receiver,
          totalCents,
        }))
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
    expect(story(one)).toEqual(story(other))
    expect(one.all()).toHaveLength(40)
    expect(new Set(one.all().map((order) => order.status)).size).toBeGreaterThan(2)
  })

  test('names a province, a city or a district of every receiver, and neither twice', async () => {
    for (const { receiver } of (await play()).all()) {
      expect(receiver.province).not.toBe('')
      expect(receiver.address.startsWith(receiver.province)).toBe(false)
    }
  })
})
