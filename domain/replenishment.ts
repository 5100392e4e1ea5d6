import type { KnownDemand } from './demand.ts'
import {
  type BacktestOptions,
  type ChosenForecast,
  chooseForecast,
  type DemandPattern,
  demandPattern,
  type NamedForecaster,
  plainForecasters,
} from './forecast.ts'

/** Days repeat by the week. */
export const SEASON_DAYS = 7
const DAILY = { season: SEASON_DAYS, window: 28, smoothing: 0.07 }
/** A backtest looks back a year, from week to week: every season has its errors in it. */
const ORIGINS = 52
/** Shorter histories are not judged. */
const LEAST_HISTORY_DAYS = 28
/** No article is bought for longer ahead. */
const MOST_PROTECTED_DAYS = 120
/** With fewer residuals than these their size is a guess: demand that comes by chance alone varies as much at least. */
const TRUSTED_RESIDUALS = 8
/** How many units of two weeks make a growth as likely as not to be real. */
const DOUBTFUL_UNITS = 20
/** A week that sold more than twice or less than half of the one before is taken for that at most. */
const MOST_GROWTH = 2
const MOST_UNITS = 10_000_000

export type LeadTime = {
  days: number
  deviationDays: number
  /** From purchases that were received, or by which rule of the policy. */
  source: 'receipts' | 'supplier' | 'category' | 'fallback'
}

type LeadTimeDays = { days: number; deviationDays: number }
export type ReplenishmentRules = {
  serviceLevelPercent: number
  serviceLevelByCategory: Readonly<Record<string, number>>
  leadTimes: {
    fallback: LeadTimeDays
    byCategory: Readonly<Record<string, LeadTimeDays>>
    bySupplier: Readonly<Record<string, LeadTimeDays>>
    /** So many receipts count for more than any rule. */
    minimumReceipts: number
  }
  /** How often is bought: what is ordered lasts until the next time. */
  reviewPeriodDays: number
  /** How much of the present growth is taken over into the forecast. */
  growthBlendPercent: number
  /** What lasts longer is excess. */
  excessCoverDays: number
}

/** What is known of a SKU in a warehouse, apart from the rules. */
export type ReplenishmentFacts = {
  forecast: {
    method: string
    pattern: DemandPattern
    /** Units a day, before growth. */
    perDay: number
    /** What came less what was forecast over `residualDays` days, by the backtest. */
    residuals: number[]
    residualDays: number
    historyDays: number
    censoredDays: number
    promotionDays: number
  }
  /** Units a day of the last seven days and of the seven before; null where too few of them are known. */
  growth: { perDay: number; previousPerDay: number } | null
  /** From receipts of purchases; null without any. */
  measuredLeadTime: (LeadTimeDays & { receipts: number }) | null
  supply: {
    category: string
    supplierId: string | null
    packUnits: number
    minimumUnits: number
    unitCostCents: number
  }
  stock: { available: number; inTransit: number; onOrder: number }
}

export type Replenishment = {
  /** Units a day with growth. */
  perDay: number
  growthPercent: number | null
  leadTime: LeadTime
  safetyUnits: number
  reorderPoint: number
  orderUpTo: number
  /** Days that what may be sold lasts; null where nothing is sold. */
  coverDays: number | null
  suggestedUnits: number
  /** What could be given to another warehouse. */
  excessUnits: number
}

/** The forecast of a level's demand, of what the rules will ask about, and how wrong it was before. */
export function forecastDemand(
  known: KnownDemand,
  protectedDays: number,
  options: { extra?: readonly NamedForecaster[]; origins?: number } = {},
): ReplenishmentFacts['forecast'] {
  const residualDays = horizonOf(protectedDays)
  const chosen = chooseForecast(
    known.history,
    [...plainForecasters(DAILY), ...(options.extra ?? [])],
    backtestOptions(residualDays, options.origins ?? ORIGINS),
  )
  return forecastFacts(known, chosen, residualDays)
}

/** Forecasters that take long are tried against the plain ones once a week, at so many origins. */
const HEAVY_EVERY_DAYS = 7
const HEAVY_ORIGINS = 8
/** They need two months of what sells on most days. */
const HEAVY_HISTORY_DAYS = 56

export type KeptForecast = {
  forecast: ReplenishmentFacts['forecast']
  /** The day on which heavy forecasters were last tried; null: never. */
  triedOn: string | null
}

/**
 * The forecast of tonight. What sells on most days is also given to forecasters that take long: tried once a week, each level
 * on a night of its own, and used in between where they were nearest.
 *
 * @param input.levelKey spreads the levels over the nights
 * @param input.today `2026-11-22`
 */
export function nextForecast(input: {
  known: KnownDemand
  protectedDays: number
  heavy: readonly NamedForecaster[]
  previous: KeptForecast | null
  levelKey: string
  today: string
}): KeptForecast {
  const { known, heavy, previous, today } = input
  const plain = forecastDemand(known, input.protectedDays)
  const triedOn = previous?.triedOn ?? null
  const isDense = plain.pattern === 'smooth' || plain.pattern === 'erratic'
  const isLong = known.history.filter((units) => units !== null).length >= HEAVY_HISTORY_DAYS
  if (heavy.length === 0 || !isDense || !isLong) return { forecast: plain, triedOn }
  if (isHeavyNight(triedOn, input.levelKey, today)) {
    const tried = forecastDemand(known, input.protectedDays, { extra: heavy, origins: HEAVY_ORIGINS })
    const isHeavy = heavy.some(({ name }) => name === tried.method)
    return { forecast: isHeavy ? tried : plain, triedOn: today }
  }
  const used = heavy.find(({ name }) => name === previous?.forecast.method)
  const path = used?.forecast(known.history, plain.residualDays) ?? null
  if (!used || !previous || path === null || !path.every(Number.isFinite)) return { forecast: plain, triedOn }
  const { residuals, residualDays } = previous.forecast
  const chosen = { name: used.name, path: path.map((units) => Math.max(0, units)), residuals }
  return { forecast: { ...forecastFacts(known, chosen, plain.residualDays), residualDays }, triedOn }
}

function isHeavyNight(triedOn: string | null, levelKey: string, today: string): boolean {
  const dayNumber = Math.round(Date.parse(`${today}T00:00:00Z`) / 86_400_000)
  if (triedOn !== null) {
    return dayNumber - Math.round(Date.parse(`${triedOn}T00:00:00Z`) / 86_400_000) >= HEAVY_EVERY_DAYS
  }
  let sum = 0
  for (const letter of levelKey) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003
  return sum % HEAVY_EVERY_DAYS === dayNumber % HEAVY_EVERY_DAYS
}

/** What is kept of a forecast. */
function forecastFacts(
  known: KnownDemand,
  chosen: ChosenForecast | null,
  residualDays: number,
): ReplenishmentFacts['forecast'] {
  const { history, censoredDays, promotionDays } = known
  const path = chosen?.path ?? []
  return {
    method: chosen?.name ?? 'none',
    pattern: demandPattern(history),
    perDay: rounded(path.reduce((sum, units) => sum + units, 0) / Math.max(1, path.length), 4),
    residuals: (chosen?.residuals ?? []).map((residual) => rounded(residual, 2)),
    residualDays,
    historyDays: history.length,
    censoredDays,
    promotionDays,
  }
}

/** Whole days that a forecast is made and judged for. */
export function horizonOf(protectedDays: number): number {
  return Math.min(MOST_PROTECTED_DAYS, Math.max(1, Math.round(protectedDays)))
}

function backtestOptions(horizon: number, origins: number): BacktestOptions {
  return {
    horizon,
    origins,
    step: SEASON_DAYS,
    minimumHistory: LEAST_HISTORY_DAYS,
  }
}

/** The last seven days beside the seven before, in units a day; null where fewer than four of either are known. */
export function weekGrowth(history: readonly (number | null)[]): ReplenishmentFacts['growth'] {
  const [last, before] = [history.slice(-SEASON_DAYS), history.slice(-2 * SEASON_DAYS, -SEASON_DAYS)]
  const perDay = (days: readonly (number | null)[]) => {
    const known = days.filter((units) => units !== null)
    return known.length * 2 <= SEASON_DAYS
      ? null
      : known.reduce((sum, units) => sum + units, 0) / known.length
  }
  const now = perDay(last)
  const then = perDay(before)
  return now === null || then === null ? null : { perDay: rounded(now, 4), previousPerDay: rounded(then, 4) }
}

/** How long a purchase takes: as it did before, or as the supplier's, the category's or the general rule says. */
export function leadTimeOf(
  { measuredLeadTime, supply }: Pick<ReplenishmentFacts, 'measuredLeadTime' | 'supply'>,
  { leadTimes }: Pick<ReplenishmentRules, 'leadTimes'>,
): LeadTime {
  if (measuredLeadTime !== null && measuredLeadTime.receipts >= leadTimes.minimumReceipts) {
    const { days, deviationDays } = measuredLeadTime
    return { days, deviationDays, source: 'receipts' }
  }
  const ofSupplier = supply.supplierId === null ? undefined : ownOf(leadTimes.bySupplier, supply.supplierId)
  if (ofSupplier) return { ...ofSupplier, source: 'supplier' }
  const ofCategory = ownOf(leadTimes.byCategory, supply.category)
  return ofCategory ? { ...ofCategory, source: 'category' } : { ...leadTimes.fallback, source: 'fallback' }
}

/** Mean and standard deviation of lead times in days; null without any. */
export function measureLeadTime(days: readonly number[]): ReplenishmentFacts['measuredLeadTime'] {
  if (days.length === 0) return null
  const mean = days.reduce((sum, each) => sum + each, 0) / days.length
  const squares = days.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  const deviation = days.length < 2 ? 0 : Math.sqrt(squares / (days.length - 1))
  return { days: rounded(mean, 2), deviationDays: rounded(deviation, 2), receipts: days.length }
}

/** Days that a forecast has to protect: until what is ordered the next time arrives. */
export function protectedDays(leadTime: LeadTimeDays, { reviewPeriodDays }: { reviewPeriodDays: number }) {
  return leadTime.days + reviewPeriodDays
}

/** What should be there, what is to be bought, and what there is too much of. Whole units; nothing is ever negative. */
export function replenish(facts: ReplenishmentFacts, rules: ReplenishmentRules): Replenishment {
  const leadTime = leadTimeOf(facts, rules)
  const { perDay, growthPercent } = withGrowth(facts, rules)
  const serviceLevel =
    (ownOf(rules.serviceLevelByCategory, facts.supply.category) ?? rules.serviceLevelPercent) / 100
  const { residuals, residualDays, historyDays } = facts.forecast
  const targets = stockTargets({
    ...{ perDay, residuals, residualDays, leadTime, serviceLevel },
    reviewPeriodDays: rules.reviewPeriodDays,
  })
  const { available, inTransit, onOrder } = facts.stock
  const position = available + inTransit + onOrder
  const kept = Math.max(targets.orderUpTo, Math.ceil(perDay * rules.excessCoverDays))
  return {
    ...{ perDay, growthPercent, leadTime, ...targets },
    coverDays: perDay > 0 ? rounded(Math.max(0, available) / perDay, 1) : null,
    suggestedUnits: position <= targets.reorderPoint ? lotOf(targets.orderUpTo - position, facts.supply) : 0,
    // What has been here for a few days only may yet be sold.
    excessUnits: historyDays < LEAST_HISTORY_DAYS ? 0 : Math.max(0, available - kept),
  }
}

/** So many units as they can be bought: whole packs, and at least the supplier's least. */
export function lotOf(
  units: number,
  { packUnits, minimumUnits }: { packUnits: number; minimumUnits: number },
): number {
  if (units <= 0) return 0
  return Math.min(MOST_UNITS, Math.ceil(Math.max(units, minimumUnits) / packUnits) * packUnits)
}

/** The forecast with a part of the present growth; a growth of a few units is mostly chance, and counts for less. */
function withGrowth(
  { forecast, growth }: Pick<ReplenishmentFacts, 'forecast' | 'growth'>,
  { growthBlendPercent }: Pick<ReplenishmentRules, 'growthBlendPercent'>,
): { perDay: number; growthPercent: number | null } {
  if (growth === null || growth.previousPerDay <= 0) return { perDay: forecast.perDay, growthPercent: null }
  const growthPercent = rounded((growth.perDay / growth.previousPerDay - 1) * 100, 0)
  const units = (growth.perDay + growth.previousPerDay) * SEASON_DAYS
  const ratio = Math.min(MOST_GROWTH, Math.max(1 / MOST_GROWTH, growth.perDay / growth.previousPerDay))
  const share = (growthBlendPercent / 100) * (units / (units + DOUBTFUL_UNITS))
  return { perDay: rounded(forecast.perDay * (1 + share * (ratio - 1)), 4), growthPercent }
}

/**
 * Reorder point and order-up-to level. Both cover the expected demand of a time and a safety stock: by how much forecasts were
 * wrong before (models' own intervals are too narrow), and the lead time's deviation. The reorder point's time is the lead time
 * and the day until the next look, the order-up-to level's the lead time and the review period.
 *
 * Neither falls when the service level, the lead time or its deviation rises.
 */
export function stockTargets(input: {
  perDay: number
  residuals: readonly number[]
  residualDays: number
  leadTime: LeadTimeDays
  /** 0.5 to 0.999. */
  serviceLevel: number
  reviewPeriodDays: number
}): { safetyUnits: number; reorderPoint: number; orderUpTo: number } {
  const { perDay, leadTime, serviceLevel, reviewPeriodDays } = input
  const z = normalQuantile(serviceLevel)
  const short = shortfallPerDay(input, z)
  const safety = (days: number) => Math.hypot(short * Math.sqrt(days), z * perDay * leadTime.deviationDays)
  const reorderDays = leadTime.days + 1
  const upToDays = leadTime.days + Math.max(1, reviewPeriodDays)
  const whole = (units: number) => Math.min(MOST_UNITS, Math.ceil(rounded(units, 6)))
  return {
    safetyUnits: whole(safety(reorderDays)),
    reorderPoint: whole(perDay * reorderDays + safety(reorderDays)),
    orderUpTo: whole(perDay * upToDays + safety(upToDays)),
  }
}

/** By how much a day's forecast is short at the service level, as the root of its variance grows with the days. */
function shortfallPerDay(
  input: { perDay: number; residuals: readonly number[]; residualDays: number },
  z: number,
): number {
  const { perDay, residuals, residualDays } = input
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0)
  const seen = Math.sqrt(squares / Math.max(1, residuals.length) / residualDays)
  const byChance = Math.sqrt(perDay)
  return z * (residuals.length < TRUSTED_RESIDUALS ? Math.max(seen, byChance) : seen)
}

/**
 * The standard normal value below which a share lies, for shares of a half and more; to 0.0005 (Abramowitz and Stegun, Handbook
 * of Mathematical Functions, 26.2.23).
 */
export function normalQuantile(share: number): number {
  const tail = 1 - Math.min(0.9999, Math.max(0.5, share))
  const t = Math.sqrt(-2 * Math.log(tail))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return Math.max(0, t - above / below)
}

function ownOf<Value>(entries: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

/** A level of a SKU that has a need, or something to give. */
export type LevelNeed = {
  warehouseId: string
  suggestedUnits: number
  excessUnits: number
  coverDays: number | null
}
export type SharedNeed = { warehouseId: string; transferUnits: number; purchaseUnits: number }

/**
 * What of the needs of one SKU other warehouses can give before anything is bought. Whoever lasts shortest is helped first, by
 * whoever has most. Which source sends what in the end the transfer's own proposal decides.
 */
export function preferTransfers(
  levels: readonly LevelNeed[],
  supply: { packUnits: number; minimumUnits: number },
): SharedNeed[] {
  let excess = levels.reduce((sum, level) => sum + level.excessUnits, 0)
  const urgency = ({ coverDays }: LevelNeed) => coverDays ?? Number.POSITIVE_INFINITY
  return [...levels]
    .filter(({ suggestedUnits }) => suggestedUnits > 0)
    .sort((a, b) => urgency(a) - urgency(b) || (a.warehouseId < b.warehouseId ? -1 : 1))
    .map(({ warehouseId, suggestedUnits }) => {
      const transferUnits = Math.min(excess, suggestedUnits)
      excess -= transferUnits
      return { warehouseId, transferUnits, purchaseUnits: lotOf(suggestedUnits - transferUnits, supply) }
    })
}
