/** Demand of equal periods, oldest first; null where it is not known (no stock, a promotion). */
export type DemandHistory = readonly (number | null)[]

/**
 * Demand expected in each of the next periods, or null where the history does not allow it.
 *
 * @param known what is known of the history, where the caller has it: a backtest asks hundreds of times
 */
export type Forecaster = (history: DemandHistory, horizon: number, known?: KnownPeriods) => number[] | null

/** The periods of a history that are known, oldest first. What forecasters make of them is made once for all that ask. */
export class KnownPeriods {
  readonly units: readonly number[]
  #sizes: Float64Array | null = null

  constructor(units: readonly number[]) {
    this.units = units
  }

  /** Periods with any demand, the smallest first. */
  get sizes(): Float64Array {
    this.#sizes ??= new Float64Array(this.units.filter((units) => units > 0)).sort()
    return this.#sizes
  }

  /** None larger than this. */
  atMost(most: number): KnownPeriods {
    return new KnownPeriods(noneAbove(this.units, most))
  }
}

export function knownPeriods(history: DemandHistory): KnownPeriods {
  return new KnownPeriods(knownOf(history))
}

function noneAbove<Units extends number | null>(periods: readonly Units[], most: number): (Units | number)[] {
  const capped: (Units | number)[] = [...periods]
  for (let at = 0; at < capped.length; at += 1) {
    if ((capped[at] ?? 0) > most) capped[at] = most
  }
  return capped
}

/** How demand comes (Syntetos and Boylan, 2005): by the mean interval between demands and the variation of their sizes. */
export type DemandPattern = 'none' | 'smooth' | 'erratic' | 'intermittent' | 'lumpy'

const INTERMITTENT_ABOVE_INTERVAL = 1.32
const ERRATIC_ABOVE_VARIATION = 0.49

/** What kind of demand a history shows. */
export function demandPattern(history: DemandHistory): DemandPattern {
  const known = knownOf(history)
  const sizes = known.filter((units) => units > 0)
  if (sizes.length === 0) return 'none'
  const interval = known.length / sizes.length
  const mean = meanOf(sizes)
  const variation = meanOf(sizes.map((size) => (size - mean) ** 2)) / mean ** 2
  const isVaried = variation > ERRATIC_ABOVE_VARIATION
  if (interval > INTERMITTENT_ABOVE_INTERVAL) return isVaried ? 'lumpy' : 'intermittent'
  return isVaried ? 'erratic' : 'smooth'
}

/** The mean of the last known periods, as far as there are any. */
export function movingAverage(window: number): Forecaster {
  return (history, horizon, { units } = knownPeriods(history)) => {
    const last = units.slice(-window)
    return last.length === 0 ? null : flat(meanOf(last), horizon)
  }
}

/** Simple exponential smoothing; `smoothing` is the weight of the newest period. */
export function exponentialSmoothing(smoothing: number): Forecaster {
  return (history, horizon, { units } = knownPeriods(history)) => {
    if (units.length === 0) return null
    let level = meanOf(units.slice(0, FIRST_PERIODS))
    for (let at = 0; at < units.length; at += 1) level += smoothing * ((units[at] ?? 0) - level)
    return flat(level, horizon)
  }
}

/** The period one season before; where that is not known, the mean of what is. */
export function seasonalNaive(season: number): Forecaster {
  return (history, horizon, known = knownPeriods(history)) => {
    if (known.units.length === 0 || history.length < season) return null
    const lastSeason = history.slice(-season)
    const instead = lastSeason.includes(null) ? meanOf(known.units) : 0
    return flat(0, horizon).map((_, step) => lastSeason[step % season] ?? instead)
  }
}

/** The mean of the same place in the last so many seasons, such as of the last four Mondays. */
export function seasonalMean(season: number, seasons: number): Forecaster {
  return (history, horizon) => {
    if (history.length < 2 * season) return null
    const places = flat(0, Math.min(season, horizon)).map((_, step) => {
      const same: number[] = []
      for (let back = 1; back <= seasons; back += 1) {
        const units = history[history.length - back * season + step]
        if (units !== null && units !== undefined) same.push(units)
      }
      return same.length === 0 ? null : meanOf(same)
    })
    if (places.some((units) => units === null)) return null
    return flat(0, horizon).map((_, step) => places[step % season] ?? 0)
  }
}

/**
 * Croston's method for demand that comes now and then, with the correction of Syntetos and Boylan (2001): size and interval are
 * smoothed apart, at demands only, and the quotient's upward bias is taken off.
 */
export function crostonSba(smoothing: number): Forecaster {
  return (history, horizon, { units } = knownPeriods(history)) => {
    if (units.length === 0) return null
    // 0 until there was a demand: no demand is of that size.
    let size = 0
    let interval = 1
    let since = 0
    for (let at = 0; at < units.length; at += 1) {
      const demand = units[at] ?? 0
      since += 1
      if (demand <= 0) continue
      interval = size === 0 ? since : interval + smoothing * (since - interval)
      size = size === 0 ? demand : size + smoothing * (demand - size)
      since = 0
    }
    return flat(((1 - smoothing / 2) * size) / interval, horizon)
  }
}

/**
 * Teunter, Syntetos and Babai (2011): like Croston's, but the probability of a demand is smoothed in every period, so that the
 * forecast of what is no longer sold falls to nothing.
 */
export function teunterSyntetosBabai(sizeSmoothing: number, probabilitySmoothing: number): Forecaster {
  return (history, horizon, { units } = knownPeriods(history)) => {
    if (units.length === 0) return null
    const first = units.slice(0, FIRST_PERIODS)
    let probability = first.filter((demand) => demand > 0).length / first.length
    let size = 0
    for (let at = 0; at < units.length; at += 1) {
      const demand = units[at] ?? 0
      const occurs = demand > 0
      probability += probabilitySmoothing * ((occurs ? 1 : 0) - probability)
      if (occurs) size = size === 0 ? demand : size + sizeSmoothing * (demand - size)
    }
    return flat(probability * size, horizon)
  }
}

/** Fewer demands than these say nothing about which of them is large. */
const LEAST_SIZES = 5

/**
 * A forecast from a history in which no demand is larger than most: who buys in bulk once does not come back every week.
 *
 * @param share of the demands that are taken as they are; the others count as the largest of these
 */
export function withoutBulk(forecast: Forecaster, share: number): Forecaster {
  return (history, horizon, known = knownPeriods(history)) => {
    const { sizes } = known
    if (sizes.length < LEAST_SIZES) return forecast(history, horizon, known)
    const most = quantileOf(sizes, share)
    if (most >= (sizes.at(-1) ?? 0)) return forecast(history, horizon, known)
    return forecast(noneAbove(history, most), horizon, known.atMost(most))
  }
}

/** The value below which a share of the values lies, interpolated between neighbours; 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  return quantileOf(new Float64Array(values).sort(), share)
}

function quantileOf(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share))
  const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

/** The mean of several forecasts; of those that the history allows. */
export function combined(forecasters: readonly Forecaster[]): Forecaster {
  return (history, horizon, known = knownPeriods(history)) => {
    const paths = forecasters.flatMap((forecast) => {
      const path = forecast(history, horizon, known)
      return path === null ? [] : [path]
    })
    if (paths.length === 0) return null
    const mean = flat(0, horizon)
    for (const path of paths) {
      for (let step = 0; step < horizon; step += 1) mean[step] = (mean[step] ?? 0) + (path[step] ?? 0)
    }
    return mean.map((sum) => sum / paths.length)
  }
}

/** How a forecaster did at the end of each of several shorter histories. */
export type Backtest = {
  /** What came less what was forecast, for the sum of the horizon's periods; one an origin, oldest first. */
  residuals: number[]
  /** Mean of the absolute residuals. */
  meanAbsoluteError: number
}

export type BacktestOptions = {
  /** Periods that a forecast is for, and judged over together. */
  horizon: number
  /** The histories end so many periods apart. */
  step: number
  /** So many at most, the newest. */
  origins: number
  /** No history is shorter. */
  minimumHistory: number
}

/**
 * Rolling origin: forecasts from each of several earlier days, from no more than was known on them, against what came. An
 * origin of whose periods fewer than half are known says nothing; of the others what is known is scaled up to the horizon.
 *
 * @returns null where there is no origin that says anything, or where the forecaster cannot be applied at one
 */
export function backtest(
  history: DemandHistory,
  forecast: Forecaster,
  options: BacktestOptions,
): Backtest | null {
  return judge(forecast, originsOf(history, options), options.horizon)
}

/** An earlier day of a history: what was known on it, and what came. */
type Origin = {
  before: DemandHistory
  known: KnownPeriods
  came: DemandHistory
  /** How many periods of what came are known. */
  knownAfter: number
}

/** Every earlier day that says anything, the newest first. */
function originsOf(
  history: DemandHistory,
  { horizon, step, origins, minimumHistory }: BacktestOptions,
): Origin[] {
  const days: Origin[] = []
  let end = history.length - horizon
  for (let count = 0; count < origins && end >= Math.max(1, minimumHistory); count += 1, end -= step) {
    const came = history.slice(end, end + horizon)
    const knownAfter = knownOf(came).length
    if (knownAfter * 2 < horizon) continue
    const before = history.slice(0, end)
    days.push({ before, known: knownPeriods(before), came, knownAfter })
  }
  return days
}

function judge(forecast: Forecaster, origins: readonly Origin[], horizon: number): Backtest | null {
  const residuals: number[] = []
  for (const { before, known, came, knownAfter } of origins) {
    const path = forecast(before, horizon, known)
    if (path === null) return null
    let difference = 0
    for (let place = 0; place < came.length; place += 1) {
      const units = came[place] ?? null
      if (units !== null) difference += units - (path[place] ?? 0)
    }
    residuals.push((difference * horizon) / knownAfter)
  }
  if (residuals.length === 0) return null
  return { residuals: residuals.reverse(), meanAbsoluteError: meanOf(residuals.map(Math.abs)) }
}

/** A forecaster under a name that people are told. */
export type NamedForecaster = { name: string; forecast: Forecaster }
export type ChosenForecast = {
  name: string
  /** Of the next periods; never below zero. */
  path: number[]
  /** Of the backtest; empty where the history was too short for one. */
  residuals: number[]
}

/** Who is named later has to be nearer than the best so far by this part: what is hardly nearer is so by chance. */
const NEARER_BY = 0.2

/**
 * The forecast of whichever forecaster would have been nearest at the end of each of several shorter histories, the one named
 * first unless another is clearly nearer. Where there is too little to test on, the mean of what is known.
 *
 * @returns null without any known period
 */
export function chooseForecast(
  history: DemandHistory,
  candidates: readonly NamedForecaster[],
  options: BacktestOptions,
): ChosenForecast | null {
  const known = knownOf(history)
  if (known.length > 0 && known.every((units) => units <= 0)) {
    // Most levels of most nights: nothing to choose from.
    return { name: 'none', path: flat(0, options.horizon), residuals: [] }
  }
  const origins = originsOf(history, options)
  let best: (NamedForecaster & { test: Backtest }) | null = null
  for (const candidate of candidates) {
    const test = judge(candidate.forecast, origins, options.horizon)
    if (test && (best === null || test.meanAbsoluteError < best.test.meanAbsoluteError * (1 - NEARER_BY))) {
      best = { ...candidate, test }
    }
  }
  const path = best?.forecast(history, options.horizon) ?? null
  if (best && path?.every(Number.isFinite)) {
    const { name, test } = best
    return { name, path: path.map((units) => Math.max(0, units)), residuals: test.residuals }
  }
  const mean = movingAverage(Number.POSITIVE_INFINITY)(history, options.horizon)
  return mean && { name: 'mean', path: mean, residuals: [] }
}

/** How the plain forecasters are set for one length of period. */
export type ForecastSettings = {
  season: number
  /** Periods of an average. */
  window: number
  /** The weight of the newest period. */
  smoothing: number
}

/**
 * What is tried on every history: nothing here needs more than a few passes over it. First the mean of an average and a
 * smoothing, each with and without what was bought in bulk: it is wrong least, and least likely to be wrong by much.
 */
export function plainForecasters({ season, window, smoothing }: ForecastSettings): NamedForecaster[] {
  const [average, smoothed] = [movingAverage(window), exponentialSmoothing(smoothing)]
  return [
    {
      name: 'blend',
      forecast: combined([average, smoothed, withoutBulk(average, 0.9), withoutBulk(smoothed, 0.8)]),
    },
    { name: 'long-average', forecast: movingAverage(window * 4) },
    { name: 'croston-sba', forecast: crostonSba(0.1) },
    { name: 'tsb', forecast: teunterSyntetosBabai(0.1, 0.05) },
    { name: 'seasonal-naive', forecast: seasonalNaive(season) },
    { name: 'seasonal-mean', forecast: seasonalMean(season, 4) },
  ]
}

/** What a smoothing begins with is the mean of so many. */
const FIRST_PERIODS = 13

function flat(units: number, horizon: number): number[] {
  return new Array<number>(horizon).fill(units)
}

function knownOf(history: DemandHistory): number[] {
  return history.filter((units) => units !== null)
}

function meanOf(values: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0
  return values.length === 0 ? 0 : sum / values.length
}
