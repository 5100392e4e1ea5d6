import { type Print, withProgress } from '../../scripts/parts/progress.ts'
import { fillTables } from '../catalogue.ts'
import { fillInbox, ordersOf } from '../console/fill.ts'
import { lighthouseScores, PAGES } from '../console/lighthouse.ts'
import { SCREENS, TURNS, Visitors } from '../console/visits.ts'
import type { Figure } from '../figure.ts'
import type { BenchOptions } from '../options.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

/** What is measured at least. */
const ORDERS = 100_000
const ROUNDS = 5
/** What the design allows from the navigation until somebody can work. */
const ALLOWED_MS = 1_000
/** Of the best that Lighthouse gives. */
const LEAST_SCORE = 0.9
const BEST_SCORE = 100

/**
 * The console of a hub with so many orders and an inbox of requests, in the system's Chromium: ms until the lists of orders and of
 * approvals can be used, for somebody new and for somebody who was there before; ms for a turn of the list of orders; and, as
 * `lighthouse`, Lighthouse's scores. Times stand beside those of the same hub before it had the orders.
 *
 * @param options `orders`: fewer than 100,000 count as those
 */
export async function measureConsole(
  stage: Stage,
  say: Print,
  { names, orders: wanted }: BenchOptions,
): Promise<Figure[]> {
  const orders = Math.max(ORDERS, wanted)
  const hub = await stage.seededHub()
  const check = () => stage.check()
  await withProgress('Filling the inbox', () => fillInbox(hub.info, check), say)
  const visitors = await Visitors.open(hub.info)
  const figures: Figure[] = []
  try {
    const isTimed = names.includes('console')
    const few = isTimed ? await timesOf(visitors, { say, check }) : null
    const fill = () => fillTables(hub.databaseOwnerUrl, ordersOf(orders), check)
    await withProgress(`Filling ${orders.toLocaleString('en')} orders`, fill, say)
    if (few) figures.push(...timeFigures(orders, await timesOf(visitors, { say, check }), few))
  } finally {
    await visitors.close()
  }
  if (names.includes('lighthouse')) {
    for (const page of PAGES) {
      figures.push(...scoreFigures(page.name, await lighthouseScores(page, hub.info, { say, check })))
    }
  }
  return figures
}

type Context = { say: Print; check: () => void }

/** Median ms by what was done. */
async function timesOf(visitors: Visitors, { say, check }: Context): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  const note = (name: string, ms: number) => {
    times.set(name, ms)
    say(`  ${name}: ${Math.round(ms)} ms`)
  }
  for (const [name, screen] of Object.entries(SCREENS)) {
    note(`${name}-cold`, await middleOf(() => visitors.cold(screen), check))
    note(`${name}-warm`, median(await visitors.warm(screen, ROUNDS)))
    check()
  }
  for (const [name, act] of Object.entries(TURNS)) {
    note(`orders-${name}`, await middleOf(() => visitors.turn(act), check))
  }
  return times
}

async function middleOf(measure: () => Promise<number>, check: () => void): Promise<number> {
  const taken: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    taken.push(await measure())
    check()
  }
  return median(taken)
}

function timeFigures(
  orders: number,
  many: ReadonlyMap<string, number>,
  few: ReadonlyMap<string, number>,
): Figure[] {
  const prefix = orders === ORDERS ? 'console' : `console-1e${Math.round(Math.log10(orders))}`
  return [...many].map(([name, value]) => ({
    name: `${prefix}-${name}`,
    ...{ value, unit: 'ms', baseline: few.get(name) ?? Number.NaN },
    aim: { valueAtMost: ALLOWED_MS },
    against: 'the same with sixty orders',
  }))
}

function scoreFigures(page: string, scores: Readonly<Record<string, number>>): Figure[] {
  return Object.entries(scores).map(([category, score]) => ({
    name: `lighthouse-${page}-${category}`,
    ...{ value: score * BEST_SCORE, unit: 'points', baseline: BEST_SCORE },
    aim: { atLeast: LEAST_SCORE },
    against: 'the best there is',
  }))
}
