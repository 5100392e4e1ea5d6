import { movingAverage, plainForecasters, seasonalNaive } from '../../domain/forecast.ts'
import { classify } from '../../scripts/replay/classify.ts'
import { obtainDataset, readDataset } from '../../scripts/replay/dataset.ts'
import { aligned, type Figure } from '../figure.ts'
import {
  always,
  chosenOf,
  FIRST_ORIGIN,
  type Method,
  remembering,
  type Score,
  score,
  type Total,
  totalOf,
} from '../replenishment/backtest.ts'
import { type ArticleDemand, weeklyDemand } from '../replenishment/weekly-demand.ts'
import type { Stage } from '../stage.ts'

const SEASON_WEEKS = 52
/** What a shopkeeper would try; the best of them on the articles that are tuned on is the one to beat. */
const AVERAGED_WEEKS = [4, 8, 13, 26]
/** What these costs ask for: a unit that is lost costs as much as one that lies there for a year and a half. */
const SERVICE_LEVEL = 0.98
/** The hub's settings for days, in weeks. */
const WEEKLY = { season: SEASON_WEEKS, window: 4, smoothing: 0.4 }
/** An article that hardly sold in the first year teaches nothing about forecasts. */
const LEAST_WEEKS_SOLD = 10
const LEAST_FIRST_YEAR_WEEKS = 26

/**
 * Two years of a British gift shop's orders, by article and week: the hub's forecasts roll through the second year, beside
 * seasonal naive and moving average, all of them buying by the same rule. Whatever was tuned was tuned on the other half of the
 * articles.
 *
 * @param articlesAtMost of the half that is reported on; spread evenly over it
 */
export async function measureReplenishment(
  stage: Stage,
  say: (line: string) => void,
  articlesAtMost: number,
): Promise<Figure[]> {
  const path = await obtainDataset(say)
  const { articles } = weeklyDemand(classify(await readDataset(path, stage.signal)))
  const lively = articles.filter(isLively)
  const tuning = spread(lively.filter(isTunedOn), articlesAtMost)
  const reported = spread(
    lively.filter((article) => !isTunedOn(article)),
    articlesAtMost,
  )
  const window = await bestWindow(stage, tuning)
  const methods: Record<string, () => Method> = {
    hub: () => chosenOf(hubForecasters()),
    'seasonal naive': () => always(remembering(seasonalNaive(SEASON_WEEKS))),
    [`moving average of ${window} weeks`]: () => always(remembering(movingAverage(window))),
  }
  const totals = new Map<string, Total>()
  for (const [name, method] of Object.entries(methods)) {
    totals.set(name, await rollAll(stage, reported, method))
  }
  say(
    `  ${reported.length} of ${articles.length} articles, ${SERVICE_LEVEL * 100} % service level, weeks from ${FIRST_ORIGIN}:`,
  )
  for (const line of aligned(rowsOf(totals)).split('\n')) say(`  ${line}`)
  return figuresOf(totals)
}

/** The hub's own, each remembered for one article. */
function hubForecasters() {
  return plainForecasters(WEEKLY).map(({ name, forecast }) => ({
    name,
    forecast: remembering(forecast),
  }))
}

async function bestWindow(stage: Stage, articles: readonly ArticleDemand[]): Promise<number> {
  const errors: { window: number; mase: number }[] = []
  for (const window of AVERAGED_WEEKS) {
    const { mase } = await rollAll(stage, articles, () => always(remembering(movingAverage(window))))
    errors.push({ window, mase })
  }
  return errors.reduce((best, each) => (each.mase < best.mase ? each : best)).window
}

async function rollAll(
  stage: Stage,
  articles: readonly ArticleDemand[],
  method: () => Method,
): Promise<Total> {
  const scores: Score[] = []
  for (const article of articles) {
    scores.push(score(article, method(), SERVICE_LEVEL))
    await new Promise(setImmediate)
    stage.check()
  }
  return totalOf(scores)
}

function isLively({ firstWeek, units }: ArticleDemand): boolean {
  const firstYear = units.slice(0, Math.max(0, FIRST_ORIGIN - firstWeek))
  return (
    firstYear.length >= LEAST_FIRST_YEAR_WEEKS &&
    firstYear.filter((sold) => sold > 0).length >= LEAST_WEEKS_SOLD
  )
}

/** One half of the articles, by their codes. */
function isTunedOn({ stockCode }: ArticleDemand): boolean {
  const sum = [...stockCode].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0)
  return sum % 2 === 0
}

function spread<Item>(items: readonly Item[], atMost: number): Item[] {
  const step = Math.max(1, items.length / atMost)
  return items.filter((_, place) => Math.floor(place / step) !== Math.floor((place - 1) / step))
}

function rowsOf(totals: ReadonlyMap<string, Total>): string[][] {
  return [
    ['', 'MASE', 'cost', 'holding', 'lost sales', 'served'],
    ...[...totals].map(([name, { mase, cost, holdingCost, lostCost, fillRate }]) => [
      name,
      mase.toFixed(3),
      `£${Math.round(cost)}`,
      `£${Math.round(holdingCost)}`,
      `£${Math.round(lostCost)}`,
      `${(fillRate * 100).toFixed(1)} %`,
    ]),
  ]
}

function figuresOf(totals: ReadonlyMap<string, Total>): Figure[] {
  const [own, ...others] = [...totals]
  if (!own) return []
  return others.flatMap(([name, other]): Figure[] => {
    const suffix = name.startsWith('seasonal') ? 'naive' : 'average'
    return [
      {
        name: `replenishment-mase-${suffix}`,
        ...{ value: own[1].mase, baseline: other.mase, unit: 'MASE', against: name, aim: { atMost: 1 } },
      },
      {
        name: `replenishment-cost-${suffix}`,
        ...{ value: own[1].cost, baseline: other.cost, unit: '£', against: name, aim: { atMost: 1 } },
      },
    ]
  })
}
