import { z } from 'zod'
import { RISK_LEVELS, type RiskDimension, type RiskLevel } from '../domain/oversell-risk.ts'
import { channel } from './common.ts'

type Advice = { en: string; zh: string }

/** What to do about each dimension at each level, and the screen of the console where it is done. */
export const RISK_ADVICE: Record<RiskDimension, { screen: string } & Record<RiskLevel, Advice>> = {
  channels: {
    screen: '/policies/safety-stock',
    low: {
      en: 'Nothing to do: few channels share the stock',
      zh: '无需处理：共享库存的渠道较少',
    },
    medium: {
      en: 'Give every category a safety stock, so that channels with slow updates are taken down in time',
      zh: '为各类目设置安全库存，使更新较慢的渠道及时下架',
    },
    high: {
      en: 'Raise the safety stock and let only the most important stores show the last units, by priority',
      zh: '提高安全库存，最后的库存仅按优先级开放给重点店铺',
    },
  },
  orders: {
    screen: '/policies/reservation',
    low: {
      en: 'Nothing to do: the peak is far below what one process reserves',
      zh: '无需处理：峰值远低于单进程的预占能力',
    },
    medium: {
      en: 'Shorten the time for which unpaid goods are held before the next peak',
      zh: '在下一个高峰前缩短未付款订单的锁库时间',
    },
    high: {
      en: 'Shorten the time for which unpaid goods are held, and run more than one API process at peaks',
      zh: '缩短未付款订单的锁库时间，并在高峰期运行多个 API 进程',
    },
  },
  uncoordinated: {
    screen: '/wms-connections',
    low: {
      en: 'Nothing to do: the stock behind every order is confirmed by its warehouse',
      zh: '无需处理：所有订单的库存均由仓库系统确认',
    },
    medium: {
      en: 'Connect the warehouses named here, or mend their connection',
      zh: '接入或修复所列仓库的 WMS 连接',
    },
    high: {
      en: 'Connect the warehouses named here first, and count their fastest SKUs until then',
      zh: '优先接入所列仓库；接入前对其畅销商品进行盘点',
    },
  },
  promotions: {
    screen: '/promotions',
    low: {
      en: 'Nothing to do: no promotion in a month',
      zh: '无需处理：本月没有促销活动',
    },
    medium: {
      en: 'Pre-reserve the promotion’s SKUs with a quota for each channel',
      zh: '为促销商品按渠道预占配额',
    },
    high: {
      en: 'Pre-reserve every promotion with quotas, and leave out of them what later promotions need',
      zh: '每场促销都按渠道预占配额，并为后续活动预留库存',
    },
  },
}

const text = z.object({ en: z.string(), zh: z.string() })
const dimension = <Name extends RiskDimension, Measured extends z.ZodRawShape>(
  name: Name,
  measured: Measured,
) =>
  z.object({
    dimension: z.literal(name),
    level: z.enum(RISK_LEVELS),
    measured: z.object(measured),
    measure: text,
    /** A path of the console. */
    screen: z.string(),
  })
const day = z.iso.date()

export const oversellRiskReport = z.object({
  /** First and last day, in China Standard Time. */
  from: day,
  to: day,
  /** The highest of the four. */
  level: z.enum(RISK_LEVELS),
  dimensions: z.tuple([
    dimension('channels', { channels: z.array(channel) }),
    dimension('orders', {
      total: z.int(),
      averagePerDay: z.number(),
      /** The busiest day; null without orders. */
      peak: z.object({ day, orders: z.int() }).nullable(),
    }),
    dimension('uncoordinated', {
      orders: z.int(),
      /** Of all orders, 0 to 1; null without orders. */
      share: z.number().nullable(),
      /** Active warehouses without a recent confirmation of their stock by their own system. */
      warehouseIds: z.array(z.string()),
    }),
    dimension('promotions', { began: z.int(), perMonth: z.number() }),
  ]),
})
export type OversellRiskReport = z.output<typeof oversellRiskReport>

const MAX_DAYS = 366
/** Days of a period that is not named; today is the last of them. */
export const DEFAULT_PERIOD_DAYS = 30
const DAY_MS = 86_400_000

/** How many days a period has, both ends counted. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
}

export const oversellRiskQuery = z
  .strictObject({
    /** First and last day, YYYY-MM-DD, in China Standard Time. Both or none: the last 30 days. */
    from: day.optional(),
    to: day.optional(),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), 'from and to come together')
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, 'from must not be after to')
  .refine(
    ({ from, to }) => from === undefined || to === undefined || daysBetween(from, to) <= MAX_DAYS,
    `at most ${MAX_DAYS} days`,
  )
