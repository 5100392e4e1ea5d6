import type { ChangeEffect } from './change.ts'

/** A change as the ERP books it: amounts and lines as they were and as they are. Null where it has nothing to book. */
export function erpBookingOf({
  type,
  amountCents,
  lines,
}: Pick<ChangeEffect, 'type' | 'amountCents' | 'lines'>) {
  return {
    type,
    previousAmountCents: amountCents.before,
    targetAmountCents: amountCents.after,
    lines: lines.map(({ lineNumber, before, after }) => ({
      lineNumber,
      skuId: after.skuId,
      // Another SKU in the line's place was 0 units before; the line that it replaces is told by its number.
      previousQuantity: before?.quantity ?? 0,
      quantity: after.quantity,
      previousUnitPriceCents: before?.unitPriceCents ?? 0,
      unitPriceCents: after.unitPriceCents,
    })),
  }
}
