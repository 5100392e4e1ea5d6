import type { OrderState } from '../domain/order.ts'
import { paidCents, refundedCents } from '../domain/order-money.ts'
import { ORDER_STATUS_MEANING } from '../domain/order-state.ts'
import { unopenedLines } from '../domain/presale.ts'

/** The order as a short text for Temporal Web's "current details": codes and amounts, never personal data. */
export function describeOrder(state: OrderState): string {
  const { placed } = state
  const meaning = ORDER_STATUS_MEANING[state.status]
  const lines = [
    `**${state.status}** · ${meaning.en} · ${meaning.zh}`,
    `${placed.channel} · store ${placed.storeId} · division ${placed.divisionCode} · version ${state.version}`,
    `paid ${yuan(paidCents(state))} of ${yuan(placed.amountCents)}${refundedCents(state) > 0 ? `, refunded ${yuan(refundedCents(state))}` : ''}`,
    ...(state.needsAttention ? ['⚠ needs attention: see its work items'] : []),
    ...(state.check?.state === 'held' ? ['⏸ held by the rules about abnormal orders'] : []),
    ...state.fulfilments.map(
      (entry) =>
        `• ${entry.fulfilmentId.slice(placed.orderId.length + 1)} at ${entry.warehouseId}: ${entry.state}, ${entry.lines.map((line) => `${line.skuId} ×${line.quantity}`).join(', ')}`,
    ),
    ...unopenedLines(state).map(
      (line) => `• presale ${line.skuId} ×${line.quantity}: expected ${line.expectedOn}`,
    ),
    ...state.parcels.map((parcel) => `• parcel ${parcel.courier} ${parcel.waybillNumber}: ${parcel.state}`),
    ...state.returns.map((entry) => `• return ${entry.returnId}: ${entry.state}`),
    ...state.refunds.map(
      (refund) => `• refund ${yuan(refund.amountCents)} of ${refund.paymentId}: ${refund.state}`,
    ),
  ]
  // Temporal Web reads it as Markdown, in a low frame: two spaces keep a line apart, a list would take more room.
  return lines.join('  \n')
}

/** Cents as people read them. */
export function yuan(amountCents: number): string {
  return `¥${(amountCents / 100).toFixed(2)}`
}
