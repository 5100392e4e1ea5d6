import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assessOversellRisk, RISK_LEVELS, type RiskFigures } from '../../domain/oversell-risk.ts'

const calm: RiskFigures = {
  days: 30,
  channels: 1,
  orders: 3_000,
  peakOrders: 200,
  uncoordinatedOrders: 0,
  promotions: 0,
}

test.each<[string, Partial<RiskFigures>, object]>([
  ['five channels', { channels: 5 }, { channels: 'high' }],
  ['four channels', { channels: 4 }, { channels: 'medium' }],
  ['two channels', { channels: 2 }, { channels: 'low' }],
  ['more than 5,000 orders on one day', { peakOrders: 5_001 }, { orders: 'high' }],
  ['5,000 orders on the busiest day', { peakOrders: 5_000 }, { orders: 'medium' }],
  ['2,500 orders on the busiest day', { peakOrders: 2_500 }, { orders: 'low' }],
  ['a tenth of the orders uncoordinated', { uncoordinatedOrders: 300 }, { uncoordinated: 'high' }],
  ['one order uncoordinated', { uncoordinatedOrders: 1 }, { uncoordinated: 'medium' }],
  ['two promotions in a month', { promotions: 2 }, { promotions: 'high' }],
  ['two promotions in two months', { promotions: 2, days: 60 }, { promotions: 'medium' }],
  ['one promotion in a week', { promotions: 1, days: 7 }, { promotions: 'medium' }],
  ['one promotion in a quarter', { promotions: 1, days: 90 }, { promotions: 'low' }],
])('%s', (_, changes, levels) => {
  expect(assessOversellRisk({ ...calm, ...changes }).levels).toMatchObject(levels)
})

test('the whole is as risky as its riskiest part, and more of anything never lowers it', () => {
  const count = fc.nat(10_000)
  const figures = fc
    .record({
      days: fc.integer({ min: 1, max: 366 }),
      channels: fc.nat(6),
      orders: count,
      share: fc.nat(100),
      promotions: fc.nat(20),
    })
    .map(({ share, ...rest }) => ({
      ...rest,
      peakOrders: rest.orders,
      uncoordinatedOrders: Math.floor((rest.orders * share) / 100),
    }))
  const rank = (level: (typeof RISK_LEVELS)[number]) => RISK_LEVELS.indexOf(level)
  fc.assert(
    fc.property(figures, fc.nat(6), fc.nat(5_000), fc.nat(9), (before, channels, peak, promotions) => {
      const risk = assessOversellRisk(before)
      expect(rank(risk.level)).toBe(Math.max(...Object.values(risk.levels).map(rank)))
      const more = assessOversellRisk({
        ...before,
        channels: before.channels + channels,
        peakOrders: before.peakOrders + peak,
        promotions: before.promotions + promotions,
      })
      expect(rank(more.level)).toBeGreaterThanOrEqual(rank(risk.level))
    }),
  )
})

test('without orders there is no share, and no risk from it', () => {
  expect(assessOversellRisk({ ...calm, orders: 0, peakOrders: 0 })).toMatchObject({
    level: 'low',
    uncoordinatedShare: null,
    averageOrdersPerDay: 0,
  })
})
