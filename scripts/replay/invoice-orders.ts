import { LIMITS } from '../../contracts/common.ts'
import type { RetailLine } from './retail-line.ts'

export interface RetailOrderLine {
  stockCode: string
  quantity: number
  pricePence: number
}

/** An invoice, or a part of one, as an order. */
export interface RetailOrder {
  /** `489434-1`: the invoice's number and the part's, from 1. */
  key: string
  invoice: string
  atSeconds: number
  /** The first line of the invoice in the file; orders of one minute keep the file's order by it. */
  fileLine: number
  customerId: string | null
  country: string
  /** In the order's own numbering: the first is line 1. */
  lines: RetailOrderLine[]
}

/**
 * One order, or several: the API takes a SKU once per order and 200 lines, and an invoice may hold an article at two
 * prices and a thousand lines. Lines of one article at one price are summed. Units and value stay exactly the same.
 */
export function splitInvoice(sales: readonly RetailLine[]): RetailOrder[] {
  const [first] = sales
  if (!first) return []
  const parts: { codes: Set<string>; lines: RetailOrderLine[] }[] = []
  for (const line of summed(sales)) {
    let part = parts.find(({ codes }) => codes.size < LIMITS.orderLines && !codes.has(line.stockCode))
    if (!part) {
      part = { codes: new Set(), lines: [] }
      parts.push(part)
    }
    part.codes.add(line.stockCode)
    part.lines.push(line)
  }
  const { invoice, atSeconds, fileLine, customerId, country } = first
  return parts.map(({ lines }, index) => ({
    key: `${invoice}-${index + 1}`,
    invoice,
    atSeconds,
    fileLine,
    customerId,
    country,
    lines,
  }))
}

/** Article and price once each, in the order of their first line, none above the quantity that a line may have. */
function summed(sales: readonly RetailLine[]): RetailOrderLine[] {
  const byArticle = new Map<string, RetailOrderLine>()
  for (const { stockCode, pricePence, quantity } of sales) {
    const key = `${stockCode}@${pricePence}`
    const known = byArticle.get(key)
    if (known) known.quantity += quantity
    else byArticle.set(key, { stockCode, pricePence, quantity })
  }
  return [...byArticle.values()].flatMap((line) => {
    const pieces: RetailOrderLine[] = []
    for (let rest = line.quantity; rest > 0; rest -= LIMITS.lineQuantity) {
      pieces.push({ ...line, quantity: Math.min(rest, LIMITS.lineQuantity) })
    }
    return pieces
  })
}
