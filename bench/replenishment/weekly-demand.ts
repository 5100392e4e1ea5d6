import type { Classification } from '../../scripts/replay/classify.ts'

const WEEK_SECONDS = 7 * 86_400

/** An article's sales, week by week from its first. */
export type ArticleDemand = {
  stockCode: string
  /** The mean price that it was sold for; what holding and losing it costs is a part of that. */
  price: number
  /** Place of the first sale's week in the file. */
  firstWeek: number
  units: number[]
}

/** Units that each article sold in each whole week of the file, before anything came back. */
export function weeklyDemand({ orders }: Pick<Classification, 'orders'>): {
  articles: ArticleDemand[]
  weeks: number
} {
  const startSeconds = Math.min(...range(orders.map(({ atSeconds }) => atSeconds)))
  const endSeconds = Math.max(...range(orders.map(({ atSeconds }) => atSeconds)))
  const weeks = Math.floor((endSeconds - startSeconds) / WEEK_SECONDS)
  const sums = new Map<string, { pence: number; units: number; byWeek: number[] }>()
  for (const { atSeconds, lines } of orders) {
    const week = Math.floor((atSeconds - startSeconds) / WEEK_SECONDS)
    // The last days are no whole week.
    if (week >= weeks) continue
    for (const { stockCode, quantity, pricePence } of lines) {
      const sum = sums.get(stockCode) ?? { pence: 0, units: 0, byWeek: Array(weeks).fill(0) }
      sums.set(stockCode, sum)
      sum.pence += quantity * pricePence
      sum.units += quantity
      sum.byWeek[week] = (sum.byWeek[week] ?? 0) + quantity
    }
  }
  const articles = [...sums].map(([stockCode, { pence, units, byWeek }]) => {
    const firstWeek = byWeek.findIndex((sold) => sold > 0)
    return { stockCode, price: pence / units / 100, firstWeek, units: byWeek.slice(firstWeek) }
  })
  return { articles: articles.sort((a, b) => (a.stockCode < b.stockCode ? -1 : 1)), weeks }
}

/** Smallest and largest: hundreds of thousands of numbers are more than a call takes. */
function range(values: readonly number[]): number[] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}
