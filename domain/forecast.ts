/** Demand of equal periods, oldest first; null where it is not known (no stock, a promotion). */
export type DemandHistory = readonly (number | null)[]

/** Demand expected in each of the next periods, or null where the history does not allow it. */
export type Forecaster = (history: DemandHistory, horizon: number) => number[] | null

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
  return (history, horizon) => {
    const known = knownOf(history).slice(-window)
    return known.length === 0 ? null : flat(meanOf(known), horizon)
  }
}

/** Simple exponential smoothing; `smoothing` is the weight of the newest period. */
export function exponentialSmoothing(smoothing: number): Forecaster {
  return (history, horizon) => {
    const known = knownOf(history)
    if (known.length === 0) return null
    let level = firstLevel(known)
    for (const units of known) level += smoothing * (units - level)
    return flat(level, horizon)
  }
}

/** The period one season before; where that is not known, the mean of what is. */
export function seasonalNaive(season: number): Forecaster {
  return (history, horizon) => {
    const known = knownOf(history)
    if (known.length === 0 || history.length < season) return null
    const instead = meanOf(known)
    return Array.from(
      { length: horizon },
      (_, step) => history[history.length - season + (step % season)] ?? instead,
    )
  }
}

/** The mean of the same place in the last so many seasons, such as of the last four Mondays. */
export function seasonalMean(season: number, seasons: number): Forecaster {
  return (history, horizon) => {
    if (history.length < 2 * season) return null
    const places = Array.from({ length: Math.min(season, horizon) }, (_, step) => {
      const same: number[] = []
      for (let back = 1; back <= seasons; back += 1) {
        const units = history[history.length - back * season + step]
        if (units !== null && units !== undefined) same.push(units)
      }
      return same.length === 0 ? null : meanOf(same)
    })
    if (places.some((units) => units === null)) return null
    return Array.from({ length: horizon }, (_, step) => places[step % season] ?? 0)
  }
}

/**
 * Croston's method for demand that comes now and then, with the correction of Syntetos and Boylan (2001): size and interval are
 * smoothed apart, at demands only, and the quotient's upward bias is taken off.
 */
export function crostonSba(smoothing: number): Forecaster {
  return (history, horizon) => {
    const known = knownOf(history)
    if (known.length === 0) return null
    let size: number | null = null
    let interval = 1
    let since = 0
    for (const units of known) {
      since += 1
      if (units <= 0) continue
      interval = size === null ? since : interval + smoothing * (since - interval)
      size = size === null ? units : size + smoothing * (units - size)
      since = 0
    }
    return flat(size === null ? 0 : ((1 - smoothing / 2) * size) / interval, horizon)
  }
}

/**
 * Teunter, Syntetos and Babai (2011): like Croston's, but the probability of a demand is smoothed in every period, so that the
 * forecast of what is no longer sold falls to nothing.
 */
export function teunterSyntetosBabai(sizeSmoothing: number, probabilitySmoothing: number): Forecaster {
  return (history, horizon) => {
    const known = knownOf(history)
    if (known.length === 0) return null
    const first = known.slice(0, FIRST_PERIODS)
    let probability = first.filter((units) => units > 0).length / first.length
    let size: number | null = null
    for (const units of known) {
      const occurs = units > 0
      probability += probabilitySmoothing * (Number(occurs) - probability)
      if (occurs) size = size === null ? units : size + sizeSmoothing * (units - size)
    }
    return flat(size === null ? 0 : probability * size, horizon)
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
  return (history, horizon) => {
    const sizes = knownOf(history).filter((units) => units > 0)
    if (sizes.length < LEAST_SIZES) return forecast(history, horizon)
    const most = quantile(sizes, share)
    return forecast(
      history.map((units) => (units === null ? null : Math.min(units, most))),
      horizon,
    )
  }
}

/** The value below which a share of the values lies, interpolated between neighbours; 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share))
  const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

/** The mean of several forecasts; of those that the history allows. */
export function combined(forecasters: readonly Forecaster[]): Forecaster {
  return (history, horizon) => {
    const paths = forecasters.flatMap((forecast) => {
      const path = forecast(history, horizon)
      return path === null ? [] : [path]
    })
    if (paths.length === 0) return null
    return Array.from({ length: horizon }, (_, step) => meanOf(paths.map((path) => path[step] ?? 0)))
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
  { horizon, step, origins, minimumHistory }: BacktestOptions,
): Backtest | null {
  const residuals: number[] = []
  let end = history.length - horizon
  for (let count = 0; count < origins && end >= Math.max(1, minimumHistory); count += 1, end -= step) {
    const came = history.slice(end, end + horizon)
    const known = came.filter((units) => units !== null).length
    if (known * 2 < horizon) continue
    const path = forecast(history.slice(0, end), horizon)
    if (path === null) return null
    let difference = 0
    for (const [place, units] of came.entries()) {
      if (units !== null) difference += units - (path[place] ?? 0)
    }
    residuals.push((difference * horizon) / known)
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
  let best: (NamedForecaster & { test: Backtest }) | null = null
  for (const candidate of candidates) {
    const test = backtest(history, candidate.forecast, options)
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

/** What the first level of a smoothing is the mean of. */
const FIRST_PERIODS = 13

function firstLevel(known: readonly number[]): number {
  return meanOf(known.slice(0, FIRST_PERIODS))
}

function flat(units: number, horizon: number): number[] {
  return Array.from({ length: horizon }, () => units)
}

function knownOf(history: DemandHistory): number[] {
  return history.filter((units) => units !== null)
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
