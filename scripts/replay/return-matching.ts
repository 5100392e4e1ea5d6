import type { RetailOrder } from './invoice-orders.ts'
import type { RetailLine } from './retail-line.ts'

/** Units of one cancellation that go back to one order. */
export interface RetailReturn {
  /** The cancellation's number. */
  invoice: string
  atSeconds: number
  /** `key` of the order. */
  orderKey: string
  /** Numbers as in the order, from 1; each once. */
  lines: { lineNumber: number; quantity: number }[]
}

export interface CancellationOutcome {
  line: RetailLine
  matchedUnits: number
  bucket:
    | 'returned'
    | 'returned in part'
    | 'return without customer'
    | 'return without sale'
    | 'return beyond sales'
}

interface Sold {
  orderKey: string
  lineNumber: number
  /** Bought and not yet returned. */
  remaining: number
}

/**
 * Matches cancellation lines, oldest first, to the latest earlier sales of the same customer and article. The file
 * gives cancellations no reference, so this is the likeliest story, not the known one. A line may span several
 * sales; a unit is returned once. `orders` must be sorted by time.
 */
export function matchReturns(
  orders: readonly RetailOrder[],
  cancellations: readonly RetailLine[],
): { returns: RetailReturn[]; outcomes: CancellationOutcome[] } {
  const sales = new Map<string, Sold[]>()
  const returns = new Map<string, RetailReturn>()
  const outcomes: CancellationOutcome[] = []
  let next = 0
  for (const line of [...cancellations].sort(
    (a, b) => a.atSeconds - b.atSeconds || a.fileLine - b.fileLine,
  )) {
    // Only what was sold before the cancellation can come back with it.
    for (; next < orders.length; next += 1) {
      const order = orders[next]
      if (!order || !isBefore(order, line)) break
      remember(sales, order)
    }
    const bought = sales.get(saleKey(line.customerId, line.stockCode)) ?? []
    const matchedUnits = take(bought, -line.quantity, (sold, quantity) =>
      addToReturn(returns, line, sold, quantity),
    )
    outcomes.push({ line, matchedUnits, bucket: outcomeOf(line, matchedUnits, bought.length > 0) })
  }
  return { returns: [...returns.values()], outcomes }
}

function isBefore(order: RetailOrder, line: RetailLine): boolean {
  return (
    order.atSeconds < line.atSeconds || (order.atSeconds === line.atSeconds && order.fileLine < line.fileLine)
  )
}

function saleKey(customerId: string | null, stockCode: string): string {
  return `${customerId}|${stockCode}`
}

function remember(sales: Map<string, Sold[]>, order: RetailOrder): void {
  if (order.customerId === null) return
  for (const [index, { stockCode, quantity }] of order.lines.entries()) {
    const sold = { orderKey: order.key, lineNumber: index + 1, remaining: quantity }
    const key = saleKey(order.customerId, stockCode)
    const known = sales.get(key)
    if (known) known.push(sold)
    else sales.set(key, [sold])
  }
}

/** Takes units from the latest sale backwards; returns how many there were. */
function take(bought: Sold[], wanted: number, onTaken: (sold: Sold, quantity: number) => void): number {
  let missing = wanted
  for (let index = bought.length - 1; index >= 0 && missing > 0; index -= 1) {
    const sold = bought[index]
    if (!sold || sold.remaining === 0) continue
    const quantity = Math.min(sold.remaining, missing)
    sold.remaining -= quantity
    missing -= quantity
    onTaken(sold, quantity)
  }
  return wanted - missing
}

function addToReturn(
  returns: Map<string, RetailReturn>,
  line: RetailLine,
  sold: Sold,
  quantity: number,
): void {
  const key = `${line.invoice}|${sold.orderKey}`
  const known = returns.get(key)
  const entry = known ?? {
    invoice: line.invoice,
    atSeconds: line.atSeconds,
    orderKey: sold.orderKey,
    lines: [],
  }
  if (!known) returns.set(key, entry)
  const same = entry.lines.find(({ lineNumber }) => lineNumber === sold.lineNumber)
  if (same) same.quantity += quantity
  else entry.lines.push({ lineNumber: sold.lineNumber, quantity })
}

function outcomeOf(
  line: RetailLine,
  matchedUnits: number,
  boughtBefore: boolean,
): CancellationOutcome['bucket'] {
  if (matchedUnits === -line.quantity) return 'returned'
  if (matchedUnits > 0) return 'returned in part'
  if (line.customerId === null) return 'return without customer'
  return boughtBefore ? 'return beyond sales' : 'return without sale'
}
