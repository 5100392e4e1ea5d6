import type { ErpLedger } from './ledger.ts'

/** An order as the hub has it: what it was worth when it was placed, and now. */
export type HubAmount = { orderId: string; openingCents: number; amountCents: number }

/**
 * Where the ERP's books and the hub disagree, in words; nothing where they agree. Each order must have been moved by what
 * the hub moved it, be worth the same, and no other order may have been touched: what was booked twice, or not at all, shows.
 */
export function compareWithErp(hub: Iterable<HubAmount>, ledger: ErpLedger): string[] {
  const problems: string[] = []
  const known = new Set<string>()
  for (const { orderId, openingCents, amountCents } of hub) {
    known.add(orderId)
    const moved = ledger.adjustmentCents(orderId)
    if (moved !== amountCents - openingCents) {
      problems.push(`${orderId}: the hub moved it by ${amountCents - openingCents}, the ERP by ${moved}`)
    }
    const worth = ledger.amountCents(orderId)
    if (worth !== null && worth !== amountCents) {
      problems.push(`${orderId}: worth ${amountCents} in the hub, ${worth} in the ERP`)
    }
  }
  for (const orderId of ledger.orderIds()) {
    if (!known.has(orderId) && ledger.adjustmentCents(orderId) !== 0)
      problems.push(`${orderId}: booked in the ERP, unknown here`)
  }
  return problems
}
