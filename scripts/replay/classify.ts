import { type RetailOrder, splitInvoice } from './invoice-orders.ts'
import type { RetailLine } from './retail-line.ts'
import { matchReturns, type RetailReturn } from './return-matching.ts'

/** Where a line of the file ends up; every line is in exactly one. */
export const lineBuckets = [
  /** A sale of goods: part of an order. */
  'ordered',
  /** A cancellation line, all its units matched to earlier sales. */
  'returned',
  /** A cancellation line of which some units found an earlier sale and some did not. */
  'returned in part',
  /** A cancellation line without a customer: nothing to match it by. */
  'return without customer',
  /** A cancellation line for an article that this customer had not bought before in the file. */
  'return without sale',
  /** A cancellation line for an article of which everything bought before had been returned already. */
  'return beyond sales',
  /** The second sheet begins with 1 to 9 December 2010 again: the same invoices once more. */
  'repeated',
  /** Postage, fees, manual entries, vouchers, samples, tests: money, but no goods. */
  'not goods',
  /** Goods at price 0: gifts and corrections of the stock record. */
  'zero price',
  /** Goods of negative quantity outside a cancellation: breakage, losses, corrections. */
  'adjustment',
] as const
export type LineBucket = (typeof lineBuckets)[number]

/** What an invoice comes to; every invoice is exactly one. */
export const invoiceKinds = ['order', 'return', 'unmatched return', 'apart'] as const
export type InvoiceKind = (typeof invoiceKinds)[number]

/** Lines, units and value of a bucket; units and value keep the sign that they have in the file. */
export interface Tally {
  lines: number
  units: number
  pence: number
}

/** What one day of the file, or all of them, comes to. */
export interface FileTally {
  lines: Record<LineBucket, Tally>
  invoices: Record<InvoiceKind, number>
  /** What the bucket `not goods` holds, by code. */
  notGoods: Map<string, Tally>
}

export interface Article {
  stockCode: string
  name: string
  /** What it was sold for first, as the standard price of the master data. */
  pricePence: number
}

export interface Classification {
  /** By time; an invoice is one order, or several where the API's limits say so. */
  orders: RetailOrder[]
  /** By time; one for every order that a cancellation reaches. */
  returns: RetailReturn[]
  articles: Map<string, Article>
  /** By the day of the line, as a number of days since 1970; an invoice counts on the day of its first line. */
  days: Map<number, FileTally>
  /** Units of cancellations; matched and unmatched add up to the units of the return buckets. */
  returnUnits: { matched: number; unmatched: number }
}

export const daySeconds = 86_400

/** Codes of goods: five digits with letters for the variant, and the dotcomgiftshop's own. All others are none. */
const goodsPattern = /^(\d{5}[A-Z]{0,3}|DCGS[0-9A-Z]+|SP\d{4})$/

/** Is this the code of an article that lies on a shelf, and not postage, a fee, a voucher or a test? */
export function isGoods(stockCode: string): boolean {
  return goodsPattern.test(stockCode)
}

/**
 * Sorts every line of the file into one bucket, makes orders of the sales and returns of the cancellations. Pure;
 * throws if a line would be lost or counted twice.
 */
export function classify(lines: readonly RetailLine[]): Classification {
  const result = emptyClassification()
  const orders: RetailOrder[] = []
  const cancellations: RetailLine[] = []
  const invoices = groupByInvoice(lines)
  for (const invoiceLines of invoices.values()) {
    const sales: RetailLine[] = []
    for (const line of withoutRepetition(invoiceLines, (repeated) => count(result, 'repeated', repeated))) {
      const bucket = bucketOf(line)
      if (bucket === 'cancelled') cancellations.push(line)
      else count(result, bucket, line)
      if (bucket === 'ordered') sales.push(line)
    }
    orders.push(...splitInvoice(sales))
    collectArticles(result.articles, sales)
  }
  result.orders = orders.sort((a, b) => a.atSeconds - b.atSeconds || a.fileLine - b.fileLine)
  const kinds = new Map<string, InvoiceKind>(orders.map(({ invoice }) => [invoice, 'order']))
  const matching = matchReturns(result.orders, cancellations)
  result.returns = matching.returns
  for (const { line, matchedUnits, bucket } of matching.outcomes) {
    count(result, bucket, line)
    result.returnUnits.matched += matchedUnits
    result.returnUnits.unmatched += -line.quantity - matchedUnits
    if (matchedUnits > 0) kinds.set(line.invoice, 'return')
    else if (!kinds.has(line.invoice)) kinds.set(line.invoice, 'unmatched return')
  }
  for (const [invoice, [first]] of invoices) {
    if (first) tallyOfDay(result, first.atSeconds).invoices[kinds.get(invoice) ?? 'apart'] += 1
  }
  assertComplete(result, lines.length, invoices.size)
  return result
}

function emptyClassification(): Classification {
  return {
    orders: [],
    returns: [],
    articles: new Map(),
    days: new Map(),
    returnUnits: { matched: 0, unmatched: 0 },
  }
}

function emptyTally(): FileTally {
  const tally = (): Tally => ({ lines: 0, units: 0, pence: 0 })
  return {
    lines: {
      ordered: tally(),
      returned: tally(),
      'returned in part': tally(),
      'return without customer': tally(),
      'return without sale': tally(),
      'return beyond sales': tally(),
      repeated: tally(),
      'not goods': tally(),
      'zero price': tally(),
      adjustment: tally(),
    },
    invoices: { order: 0, return: 0, 'unmatched return': 0, apart: 0 },
    notGoods: new Map(),
  }
}

function tallyOfDay({ days }: Classification, atSeconds: number): FileTally {
  const day = Math.floor(atSeconds / daySeconds)
  const known = days.get(day)
  if (known) return known
  const tally = emptyTally()
  days.set(day, tally)
  return tally
}

/** The tallies of some days as one. */
export function sumOfDays(days: Iterable<FileTally>): FileTally {
  const sum = emptyTally()
  for (const { lines, invoices, notGoods } of days) {
    for (const bucket of lineBuckets) addTally(sum.lines[bucket], lines[bucket])
    for (const kind of invoiceKinds) sum.invoices[kind] += invoices[kind]
    for (const [code, tally] of notGoods) addTally(tallyOfCode(sum, code), tally)
  }
  return sum
}

function tallyOfCode({ notGoods }: FileTally, code: string): Tally {
  const known = notGoods.get(code)
  if (known) return known
  const tally = { lines: 0, units: 0, pence: 0 }
  notGoods.set(code, tally)
  return tally
}

function groupByInvoice(lines: readonly RetailLine[]): Map<string, RetailLine[]> {
  const groups = new Map<string, RetailLine[]>()
  for (const line of lines) {
    const group = groups.get(line.invoice)
    if (group) group.push(line)
    else groups.set(line.invoice, [line])
  }
  return groups
}

/**
 * The lines of an invoice once. An invoice in two sheets whose lines are the same in both was exported twice; if
 * they differ, nobody can tell which lines are the repetition, and all of them count.
 */
function withoutRepetition(lines: RetailLine[], onRepeated: (line: RetailLine) => void): RetailLine[] {
  const first = lines.filter(({ sheet }) => sheet === lines[0]?.sheet)
  const later = lines.filter(({ sheet }) => sheet !== lines[0]?.sheet)
  if (later.length === 0 || contentOf(first) !== contentOf(later)) return lines
  for (const line of later) onRepeated(line)
  return first
}

function contentOf(lines: RetailLine[]): string {
  return lines
    .map((line) =>
      [line.stockCode, line.quantity, line.pricePence, line.atSeconds, line.customerId].join('|'),
    )
    .sort()
    .join('\n')
}

function bucketOf(line: RetailLine): LineBucket | 'cancelled' {
  const isCancellation = line.invoice.startsWith('C')
  if (!isGoods(line.stockCode)) return 'not goods'
  if (isCancellation && line.quantity < 0) return 'cancelled'
  if (line.pricePence === 0 && line.quantity > 0) return 'zero price'
  // Goods cancelled in the positive, or sold below zero, occur nowhere; as sales they would corrupt the totals.
  return !isCancellation && line.pricePence > 0 && line.quantity > 0 ? 'ordered' : 'adjustment'
}

function count(result: Classification, bucket: LineBucket, line: RetailLine): void {
  const day = tallyOfDay(result, line.atSeconds)
  const found = { lines: 1, units: line.quantity, pence: line.quantity * line.pricePence }
  addTally(day.lines[bucket], found)
  if (bucket === 'not goods') addTally(tallyOfCode(day, line.stockCode), found)
}

function addTally(sum: Tally, { lines, units, pence }: Tally): void {
  sum.lines += lines
  sum.units += units
  sum.pence += pence
}

function collectArticles(articles: Map<string, Article>, sales: readonly RetailLine[]): void {
  for (const { stockCode, description, pricePence } of sales) {
    const known = articles.get(stockCode)
    if (!known) articles.set(stockCode, { stockCode, name: description, pricePence })
    else if (known.name === '') known.name = description
  }
}

/** A total that does not add up must stop the replay, not be printed at its end. */
function assertComplete(result: Classification, lineCount: number, invoiceCount: number): void {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
  const tally = sumOfDays(result.days.values())
  const counted = sum(Object.values(tally.lines).map(({ lines }) => lines))
  const invoices = sum(Object.values(tally.invoices))
  const orderedUnits = sum(result.orders.flatMap(({ lines }) => lines.map(({ quantity }) => quantity)))
  const returnedUnits = sum(result.returns.flatMap(({ lines }) => lines.map(({ quantity }) => quantity)))
  const agrees =
    counted === lineCount &&
    invoices === invoiceCount &&
    orderedUnits === tally.lines.ordered.units &&
    returnedUnits === result.returnUnits.matched
  if (agrees) return
  throw new Error(
    `the classification does not add up: ${counted} of ${lineCount} lines, ${invoices} of ${invoiceCount} invoices, ` +
      `${orderedUnits} of ${tally.lines.ordered.units} units ordered, ` +
      `${returnedUnits} of ${result.returnUnits.matched} units returned`,
  )
}
