/** One line of the order as it was and as it is to be. A line that is new was 0 units before; one that goes has 0 after. */
export type ErpChangeLine = {
  lineNumber: number
  skuId: string
  previousQuantity: number
  quantity: number
  previousUnitPriceCents: number
  unitPriceCents: number
}

/**
 * What the ERP is told of an approved change of an order. No personal data: an address that changed is a type of change
 * here, and nothing else.
 */
export type ErpChange = {
  changeId: string
  /** The number that people say, such as CR-20261122-0042. */
  changeNumber: string
  orderId: string
  storeId: string
  channel: string
  /** `price`, `item`, `quantity`, `refund` … */
  type: string
  reasonCode: string
  /** What the customer owes for the whole order, before and after. */
  previousAmountCents: number
  targetAmountCents: number
  /** Those that change; none where only the amount does. */
  lines: ErpChangeLine[]
  /** When the last approver agreed, ISO 8601: the ERP books on this day, whenever it is told. */
  approvedAt: string
}

/** Where in which version of a change request the ERP is called. */
export type ErpStep = { changeId: string; step: string; version: number }

/** By what the ERP knows a change: the same at every try, another for each step and version of a request. */
export function erpKey({ changeId, step, version }: ErpStep): string {
  return `${changeId}:${step}:${version}`
}

/** The day in China on which the change was agreed to: `2026-11-22`. */
export function bookingDate(change: ErpChange): string {
  const CHINA_MS = 8 * 3_600_000
  return new Date(Date.parse(change.approvedAt) + CHINA_MS).toISOString().slice(0, 10)
}

/** What the order's amount rises by; negative where it falls. Integer cents. */
export function amountDifferenceCents(change: ErpChange): number {
  return change.targetAmountCents - change.previousAmountCents
}
