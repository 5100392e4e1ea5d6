import {
  type BacktestOptions,
  backtest,
  chooseForecast,
  type Forecaster,
  movingAverage,
  type NamedForecaster,
} from '../../domain/forecast.ts'
import { stockTargets } from '../../domain/replenishment.ts'
import type { ArticleDemand } from './weekly-demand.ts'

/** What is bought at the end of a week is there two weeks later; the next purchase is a week away. */
const LEAD_WEEKS = 2
const REVIEW_WEEKS = 1
export const HORIZON_WEEKS = LEAD_WEEKS + REVIEW_WEEKS
/** The first year is only learned from. */
export const FIRST_ORIGIN = 53
/** Of a price: a quarter a year for what lies there, and the margin of what could not be sold. */
export const HOLDING_A_WEEK = 0.25 / 52
export const LOST_MARGIN = 0.4
const BACKTEST: BacktestOptions = { horizon: HORIZON_WEEKS, step: 1, origins: 52, minimumHistory: 13 }

/** Says from a history what will be sold, and how wrong it was before. */
export type Method = (history: readonly number[]) => { path: number[]; residuals: number[] }

/** The forecaster that a backtest of the history chooses, as the hub does it. */
export function chosenOf(candidates: readonly NamedForecaster[]): Method {
  return (history) => {
    const chosen = chooseForecast(history, candidates, BACKTEST)
    return chosen ?? { path: Array(HORIZON_WEEKS).fill(0), residuals: [] }
  }
}

/** One forecaster always; its safety stock comes from its own errors, as the hub's does. */
export function always(forecast: Forecaster): Method {
  const mean = movingAverage(Number.POSITIVE_INFINITY)
  // What needs a year has none in the first one.
  const whole: Forecaster = (history, horizon) => forecast(history, horizon) ?? mean(history, horizon)
  return (history) => ({
    path: whole(history, HORIZON_WEEKS) ?? Array(HORIZON_WEEKS).fill(0),
    residuals: backtest(history, whole, BACKTEST)?.residuals ?? [],
  })
}

/** The same forecast is asked for at every later origin again: a history is known by its length. */
export function remembering(forecast: Forecaster): Forecaster {
  const known = new Map<number, number[] | null>()
  return (history, horizon) => {
    const before = known.get(history.length)
    if (before !== undefined) return before
    const path = forecast(history, horizon)
    known.set(history.length, path)
    return path
  }
}

/** What a method comes to on one article. */
export type Score = {
  /** Mean absolute error of single weeks over that of "as last week" in the first year; null without any change there. */
  scaledError: number | null
  holdingCost: number
  lostCost: number
  /** Units that were wanted and sold. */
  wanted: number
  sold: number
}

/**
 * Rolls a method through the second year, week by week: each week it forecasts the next three from what was known, and buys up
 * to the hub's order-up-to level. What is not there is not sold, and nobody comes back for it.
 */
export function score(article: ArticleDemand, method: Method, serviceLevel: number): Score {
  const { units, firstWeek, price } = article
  const begin = FIRST_ORIGIN - firstWeek
  const errors: number[] = []
  const store = { onHand: -1, arriving: Array<number>(LEAD_WEEKS - 1).fill(0) }
  const cost = { holdingCost: 0, lostCost: 0, wanted: 0, sold: 0 }
  for (let week = begin; week < units.length; week += 1) {
    const { path, residuals } = method(units.slice(0, week))
    for (const [step, forecast] of path.entries()) {
      const came = units[week + step]
      if (came !== undefined) errors.push(Math.abs(came - forecast))
    }
    const { orderUpTo } = stockTargets({
      perDay: path.reduce((sum, each) => sum + each, 0) / HORIZON_WEEKS,
      ...{ residuals, residualDays: HORIZON_WEEKS, serviceLevel },
      leadTime: { days: LEAD_WEEKS, deviationDays: 0 },
      reviewPeriodDays: REVIEW_WEEKS,
    })
    // Everybody begins with as much as they would like to have.
    if (store.onHand < 0) store.onHand = orderUpTo
    const ordered = store.arriving.reduce((sum, each) => sum + each, 0)
    store.arriving.push(Math.max(0, orderUpTo - store.onHand - ordered))
    const wanted = units[week] ?? 0
    const sold = Math.min(wanted, store.onHand)
    store.onHand -= sold
    cost.holdingCost += store.onHand * price * HOLDING_A_WEEK
    cost.lostCost += (wanted - sold) * price * LOST_MARGIN
    cost.wanted += wanted
    cost.sold += sold
    store.onHand += store.arriving.shift() ?? 0
  }
  const scale = naiveError(units.slice(0, begin))
  const meanError = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length)
  return { scaledError: scale > 0 ? meanError / scale : null, ...cost }
}

/** How far a week was from the one before, on average. */
function naiveError(history: readonly number[]): number {
  let sum = 0
  for (let week = 1; week < history.length; week += 1) {
    sum += Math.abs((history[week] ?? 0) - (history[week - 1] ?? 0))
  }
  return sum / Math.max(1, history.length - 1)
}

/** What a method comes to on all articles. */
export type Total = { mase: number; cost: number; holdingCost: number; lostCost: number; fillRate: number }

/** Each article's scaled error counts the same; money is money. */
export function totalOf(scores: readonly Score[]): Total {
  const sum = (figure: (score: Score) => number) => scores.reduce((total, each) => total + figure(each), 0)
  const scaled = scores.flatMap(({ scaledError }) => (scaledError === null ? [] : [scaledError]))
  const holdingCost = sum((each) => each.holdingCost)
  const lostCost = sum((each) => each.lostCost)
  return {
    mase: scaled.reduce((total, error) => total + error, 0) / Math.max(1, scaled.length),
    cost: holdingCost + lostCost,
    holdingCost,
    lostCost,
    fillRate:
      sum((each) => each.sold) /
      Math.max(
        1,
        sum((each) => each.wanted),
      ),
  }
}
