import { parseArgs } from 'node:util'
import { UsageError } from '../scripts/parts/flags.ts'

/** What can be measured, in the order in which it is, with what each name stands for. */
export const FIGURES = {
  allocation: 'ms to give 50 lines to 12 warehouses, usual and scarce stock, against a nearest-first pass',
  reservation:
    'reservations a second on one hot SKU, on many and of five lines, against one transaction per order',
  'checkout-http':
    'checkouts of two lines a second over HTTP, against a bare Fastify route with the same body',
  checkout: 'checkouts a second, 16 callers, against bare single-row inserts',
  pushes:
    'signed Doudian pushes a second that are kept and then acknowledged, and their p99, against a bare Fastify route',
  'push-to-applied':
    'from a change at a simulated platform until the hub’s order shows it, p50 and p99 at 50 a second',
  'push-growth': 'ms to keep a push in an inbox of 10⁷ messages, against one of 10⁴ (only when named)',
  board:
    'ms for a page of the stock board with its totals, 10,000 SKUs × 12 warehouses, against counting the rows',
  exports:
    's for an export of 100,000 change requests as CSV and XLSX, and how far memory rises, against a tenth of them',
  reconciliation:
    's to compare 100,000 payments with as many settled lines, and 100,000 orders with their platform, and what memory it takes, against a tenth of them',
  statement:
    's to read a statement of 10⁶ lines, and what memory it takes, against a tenth (only when named)',
  growth:
    'ms for reservations, a checkout, an allocation, board pages and an audit with 10⁶ levels and 10⁷ movements, against a thousandth (only when named)',
  decisions:
    'decisions on changes a second over HTTP, against a bare Fastify route, and p50 and p99 from a tap to the changed order',
  abnormal:
    'checks of orders by the rules about abnormal ones a second, with a dictionary of 10⁵ words, against inserts of one row',
  audit:
    'audit entries a second that are appended, sealed and verified in a chain of 10⁶, against one of 10⁴ and a plain insert (only when named)',
  customers:
    's to count and grade 10,000 customers for the first time, on the next day, and for a turn of 100 orders (only when named)',
  'health-score':
    's to count the health score of 10,000 orders for the first time, and for an hourly turn (only when named)',
  replenishment:
    'MASE and cost of the hub’s forecasts on two years of a gift shop’s weeks, against seasonal naive and moving average (only when named; fetches 22 MB)',
  'replenishment-night':
    's for a night’s replenishment of 10,000 SKUs × 12 warehouses, against its demand alone (only when named)',
  console:
    'ms until the lists of orders (100,000) and approvals can be used in Chromium, and for a turn of the first, against sixty orders (only when named)',
  lighthouse:
    'Lighthouse’s scores of overview, approvals on a phone, and orders (only when named; fetches Lighthouse from npm)',
  'data-flow': 'ms of one look at all flows between the systems, with 10,000 orders (only when named)',
  events: 'history events of a paid order with one parcel and three scans, against the aim of 45',
  'start-latency': 'from the 201 to the started workflow, p50 and p99, against a plain start of a workflow',
  orders: 'orders a second through their whole life, against a reference workflow of 33 events',
  cpu: 'CPU ms of worker and Temporal server for an order, against the same for the reference workflow',
} as const
export type FigureName = keyof typeof FIGURES

/** They fill millions of rows first. */
const ONLY_WHEN_NAMED: ReadonlySet<FigureName> = new Set([
  'growth',
  'push-growth',
  'audit',
  'health-score',
  'customers',
  'replenishment',
  'replenishment-night',
  'data-flow',
  'statement',
  'console',
  'lighthouse',
])

/** What `push-growth` fills unless told otherwise: the sixty days that the inbox keeps of a big shop. */
const INBOX_ROWS = 10_000_000
const LEAST_INBOX_ROWS = 100_000

/** Articles that `replenishment` reports on unless told otherwise: minutes instead of half an hour. */
const ARTICLES = 400
const MOST_ARTICLES = 5_000
/** Orders that `health-score`, `replenishment-night` and `data-flow` are measured over; of `customers` customers; of `reconciliation` and `console` no fewer than 100,000. */
const ORDERS = 10_000
const MOST_ORDERS = 1_000_000
/** Change requests that `exports` writes unless told otherwise, and no more than an export holds. */
const REQUESTS = 100_000
const LEAST_REQUESTS = 10_000
const MOST_REQUESTS = 1_000_000

export type BenchOptions = {
  names: FigureName[]
  json: boolean
  help: boolean
  inboxRows: number
  articles: number
  orders: number
  requests: number
}

const names = Object.keys(FIGURES).filter(isFigure)

export const benchHelp = `npm run bench [-- NAME… --json]

${names.map((name) => `  ${name.padEnd(13)}  ${FIGURES[name]}`).join('\n')}

  --inbox-rows N how many messages push-growth fills the inbox with; 10,000,000 without it, which takes a quarter of an hour
  --articles N   how many of the gift shop's articles replenishment rolls through; 400 without it, 5000 are all of them
  --orders N     over how many orders (or customers) health-score, customers, replenishment-night, data-flow, reconciliation and console (both at least 100,000) are measured; 10,000 without it; up to 1,000,000, which takes half an hour
  --requests N   how many change requests exports writes; 100,000 without it; 1,000,000, the most of one export, take a quarter of an hour
  --json         one line of JSON for each figure instead of the table; progress goes to standard error
  --help         this text

Without a name everything but growth, push-growth, audit, health-score, customers, data-flow, statement, console, lighthouse and the two of replenishment is measured (about twelve minutes). The servers are started for this run alone, with data
in a temporary folder; DATABASE_URL, REDIS_URL and TEMPORAL_ADDRESS are ignored. Ctrl-C stops everything.`

/** Arguments of `npm run bench`; throws a UsageError that says in one line what is wrong. */
export function parseBenchOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args)
  const unknown = positionals.filter((name) => !isFigure(name))
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no figure called ${unknown.map((name) => `"${name}"`).join(', ')}; known are: ${names.join(', ')}.`,
    )
  }
  const wanted = names.filter((name) =>
    positionals.length === 0 ? !ONLY_WHEN_NAMED.has(name) : positionals.includes(name),
  )
  return {
    ...{ names: wanted, json: values.json, help: values.help },
    inboxRows: numberOf('inbox-rows', values['inbox-rows'], LEAST_INBOX_ROWS, INBOX_ROWS),
    articles: numberOf('articles', values.articles, 1, MOST_ARTICLES),
    orders: numberOf('orders', values.orders, 1, MOST_ORDERS),
    requests: numberOf('requests', values.requests, LEAST_REQUESTS, MOST_REQUESTS),
  }
}

function numberOf(flag: string, text: string, least: number, most: number): number {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(`--${flag} takes a number from ${least} to ${most}.`)
}

function isFigure(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name)
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'inbox-rows': { type: 'string', default: String(INBOX_ROWS) },
        articles: { type: 'string', default: String(ARTICLES) },
        orders: { type: 'string', default: String(ORDERS) },
        requests: { type: 'string', default: String(REQUESTS) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${reason}. See npm run bench -- --help`)
  }
}
