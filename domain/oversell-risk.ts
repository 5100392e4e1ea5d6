/** What makes overselling likely, in the order in which it is reported. */
export const RISK_DIMENSIONS = ['channels', 'orders', 'uncoordinated', 'promotions'] as const
export type RiskDimension = (typeof RISK_DIMENSIONS)[number]
export const RISK_LEVELS = ['low', 'medium', 'high'] as const
export type RiskLevel = (typeof RISK_LEVELS)[number]

/** What was measured over a period. */
export type RiskFigures = {
  /** Length of the period. */
  days: number
  /** Channels that any order came from. */
  channels: number
  orders: number
  /** Orders of the busiest day. */
  peakOrders: number
  /** Orders of which any part comes from a warehouse that is uncoordinated now. */
  uncoordinatedOrders: number
  /** Promotions that began. */
  promotions: number
}

/** From where on a dimension counts as medium or high. Orders are high *above* 5,000 a day, the others *at* their limit. */
const LIMITS: Record<RiskDimension, { medium: number; high: number }> = {
  channels: { medium: 3, high: 5 },
  orders: { medium: 2_501, high: 5_001 },
  /** A share of the orders. One order from such a warehouse is enough not to be low. */
  uncoordinated: { medium: Number.MIN_VALUE, high: 0.1 },
  promotions: { medium: 1, high: 2 },
}
/** A period that is shorter counts as a month: two promotions in a week are two a month, not nine. */
const DAYS_A_MONTH = 30

export type RiskAssessment = {
  /** The highest of the four. */
  level: RiskLevel
  averageOrdersPerDay: number
  /** Share of the orders, 0 to 1; null without orders. */
  uncoordinatedShare: number | null
  promotionsPerMonth: number
  levels: Record<RiskDimension, RiskLevel>
}

/** How likely overselling is, by each of the four dimensions and over all. */
export function assessOversellRisk(figures: RiskFigures): RiskAssessment {
  const { days, channels, orders, peakOrders, uncoordinatedOrders, promotions } = figures
  const uncoordinatedShare = orders === 0 ? null : uncoordinatedOrders / orders
  const promotionsPerMonth = (promotions * DAYS_A_MONTH) / Math.max(DAYS_A_MONTH, days)
  const measured: Record<RiskDimension, number> = {
    channels,
    orders: peakOrders,
    uncoordinated: uncoordinatedShare ?? 0,
    promotions: promotionsPerMonth,
  }
  const levels: Record<RiskDimension, RiskLevel> = {
    channels: levelOf('channels', measured.channels),
    orders: levelOf('orders', measured.orders),
    uncoordinated: levelOf('uncoordinated', measured.uncoordinated),
    promotions: levelOf('promotions', measured.promotions),
  }
  const highest = Math.max(...Object.values(levels).map((level) => RISK_LEVELS.indexOf(level)))
  return {
    level: RISK_LEVELS[highest] ?? 'low',
    averageOrdersPerDay: orders / Math.max(1, days),
    uncoordinatedShare,
    promotionsPerMonth,
    levels,
  }
}

function levelOf(dimension: RiskDimension, value: number): RiskLevel {
  const { medium, high } = LIMITS[dimension]
  if (value >= high) return 'high'
  return value >= medium ? 'medium' : 'low'
}
