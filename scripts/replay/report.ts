import { type FileTally, invoiceKinds, lineBuckets } from './classify.ts'
import type { RetailOrder } from './invoice-orders.ts'
import type { RetailReturn } from './return-matching.ts'

/** Orders and returns in figures. */
export interface Volume {
  orders: number
  units: number
  pence: number
  returns: number
  returnedUnits: number
  returnedPence: number
}

/** What was sent to the hub and accepted by it. */
export interface Sent extends Volume {
  /** What the hub refused, by the code of its answer. */
  refused: Map<string, number>
  /** Returns that were not carried out, by reason. */
  returnsLeft: Map<string, number>
}

export function emptySent(): Sent {
  const none = { orders: 0, units: 0, pence: 0, returns: 0, returnedUnits: 0, returnedPence: 0 }
  return { ...none, refused: new Map(), returnsLeft: new Map() }
}

/** Adds an order of the file to the figures. */
export function addOrder(volume: Volume, { lines }: RetailOrder): void {
  volume.orders += 1
  for (const { quantity, pricePence } of lines) {
    volume.units += quantity
    volume.pence += quantity * pricePence
  }
}

/** Adds a return of an order; its value is what the order's lines were sold for. */
export function addReturn(volume: Volume, { lines }: RetailReturn, order: RetailOrder): void {
  volume.returns += 1
  for (const { lineNumber, quantity } of lines) {
    volume.returnedUnits += quantity
    volume.returnedPence += quantity * (order.lines[lineNumber - 1]?.pricePence ?? 0)
  }
}

/** What the file says that the hub must have at the end of a whole run. */
export function volumeOf(orders: readonly RetailOrder[], returns: readonly RetailReturn[]): Volume {
  const volume: Volume = emptySent()
  const byKey = new Map(orders.map((order) => [order.key, order]))
  for (const order of orders) addOrder(volume, order)
  for (const entry of returns) {
    const order = byKey.get(entry.orderKey)
    if (order) addReturn(volume, entry, order)
  }
  return volume
}

/** What the hub says afterwards about the same orders. */
export interface HubTotals {
  ordersByStatus: Map<string, number>
  amountCents: number
  paidCents: number
  refundedCents: number
  /** Units reserved, and shipped less those that came back to the shelf, since the run began. */
  unitsReserved: number
  unitsShipped: number
  /** Units that the orders' returns have put back on the shelf. */
  unitsReturned: number
}

export interface Check {
  name: string
  file: number
  hub: number
}

/**
 * The figures that must agree. What came back to the shelf leaves the stock's count of shipped units, so shipped and
 * reserved together are what was ordered less what was returned. Stock and returns are counted apart from each other.
 */
export function checksOf(expected: Volume, hub: HubTotals): Check[] {
  const hubOrders = [...hub.ordersByStatus.values()].reduce((sum, count) => sum + count, 0)
  return [
    { name: 'orders', file: expected.orders, hub: hubOrders },
    { name: 'value of the orders', file: expected.pence, hub: hub.amountCents },
    { name: 'paid', file: expected.pence, hub: hub.paidCents },
    {
      name: 'units ordered less returned',
      file: expected.units - expected.returnedUnits,
      hub: hub.unitsShipped + hub.unitsReserved,
    },
    { name: 'units returned', file: expected.returnedUnits, hub: hub.unitsReturned },
    { name: 'refunded', file: expected.returnedPence, hub: hub.refundedCents },
  ]
}

const number = new Intl.NumberFormat('en-GB')

/** A table of two or more columns, the first to the left and the others to the right. */
export function table(rows: readonly (readonly (string | number)[])[], indent = '  '): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? number.format(cell) : cell)))
  const widths: number[] = []
  // A row may have fewer cells than the others.
  for (const row of texts) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  const align = (cell: string, column: number) => {
    const width = widths[column] ?? 0
    return column === 0 ? cell.padEnd(width) : cell.padStart(width)
  }
  return texts.map((row) => `${indent}${row.map(align).join('  ')}`.trimEnd()).join('\n')
}

/** What the days hold: what became orders and returns, and what is apart from them. */
export function fileReport({ lines, invoices, notGoods }: FileTally, unitsOfEarlierOrders: number): string {
  const codes = [...notGoods].sort(([, a], [, b]) => b.lines - a.lines)
  const present = lineBuckets.filter((bucket) => lines[bucket].lines > 0)
  const sum = present.reduce((total, bucket) => total + lines[bucket].lines, 0)
  return [
    '',
    'In the file (value in pence)',
    table([
      ['', 'lines', 'units', 'value'],
      ...present.map((bucket) => [bucket, lines[bucket].lines, lines[bucket].units, lines[bucket].pence]),
      ['all lines', sum],
    ]),
    '',
    table([['invoices', ''], ...invoiceKinds.map((kind) => [kind, invoices[kind]])]),
    '',
    ...(codes.length > 0
      ? [`  Not goods, by code: ${codes.map(([code, tally]) => `${code} ${tally.lines}`).join(', ')}`]
      : []),
    ...(unitsOfEarlierOrders > 0
      ? [
          `  ${number.format(unitsOfEarlierOrders)} of the units returned had been ordered before; they stay out.`,
        ]
      : []),
  ].join('\n')
}

/** The report at the end of a run; `expected` is the file's side of the comparison. */
export function reportOf(
  sent: Sent,
  expected: Volume,
  hub: HubTotals,
  unequal: 'DIFFERENT' | 'not yet' = 'DIFFERENT',
): string {
  const checks = checksOf(expected, hub)
  const states = [...hub.ordersByStatus].sort(([, a], [, b]) => b - a)
  const refused = [...sent.refused].map(([code, count]) => [`refused: ${code}`, count] as const)
  const left = [...sent.returnsLeft].map(([reason, count]) => [`return not made: ${reason}`, count] as const)
  return [
    '',
    'Orders in the hub',
    table([
      ['accepted', sent.orders],
      ...refused,
      ...states.map(([status, count]) => [`  ${status}`, count] as const),
    ]),
    '',
    'Units',
    table([
      ['ordered', sent.units],
      ['reserved now', hub.unitsReserved],
      ['shipped', hub.unitsShipped + hub.unitsReturned],
      ['returned', hub.unitsReturned],
      ['returns made', sent.returns],
      ...left,
    ]),
    '',
    'Does the hub agree with the file? (money in pence taken as fen)',
    table([
      ['', 'file', 'hub', ''],
      ...checks.map(
        ({ name, file, hub: found }) => [name, file, found, file === found ? 'equal' : unequal] as const,
      ),
    ]),
    '',
  ].join('\n')
}
