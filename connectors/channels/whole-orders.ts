import { RefusedError } from '../outside-errors.ts'
import type { ChannelClient, ChannelShipment } from './channel.ts'

/*
 * Of platforms whose lines have no ids, no amounts of their own, and no parcels: Pinduoduo and JD know discounts and
 * waybills of an order as a whole.
 */

/** The order's own id for its only line; of several, the id and the SKU's, and a number where a SKU comes again. */
export function lineIdsOf(orderId: string, skuIds: readonly string[]): string[] {
  if (skuIds.length === 1) return [orderId]
  return skuIds.map((skuId, at) => {
    const earlier = skuIds.slice(0, at).filter((other) => other === skuId).length
    return earlier === 0 ? `${orderId}:${skuId}` : `${orderId}:${skuId}:${earlier + 1}`
  })
}

/**
 * What is owed for each line once a discount of the whole order is shared out by what the lines cost. A discount that is
 * larger than all of them is not shared: then the order does not add up, and whoever reads it should see that.
 */
export function amountsAfterDiscount(lineCents: readonly number[], discountCents: number): number[] {
  const total = lineCents.reduce((sum, cents) => sum + BigInt(cents), 0n)
  const discount = BigInt(discountCents)
  if (discount <= 0n || discount > total) return [...lineCents]
  const shares = lineCents.map((cents) => (discount * BigInt(cents)) / total)
  const remainders = lineCents.map((cents, at) => ({ at, remainder: (discount * BigInt(cents)) % total }))
  let left = discount - shares.reduce((sum, share) => sum + share, 0n)
  // The cents that rounding left go to the largest remainders, to earlier lines first.
  for (const { at } of remainders.sort(
    (a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder),
  )) {
    if (left === 0n) break
    shares[at] = (shares[at] ?? 0n) + 1n
    left -= 1n
  }
  return lineCents.map((cents, at) => cents - Number(shares[at] ?? 0n))
}

/**
 * Sends a whole order's waybill, looking before and, where the platform refuses, after: it may have been sent by an
 * attempt whose answer was lost, and what must not be sent is not even asked for.
 *
 * @throws RefusedError for an order that is unknown, not to be sent, or sent with another waybill
 */
export async function shipWholeOrder(
  fetchOrder: ChannelClient['fetchOrder'],
  shipment: ChannelShipment,
  send: () => Promise<void>,
): Promise<'shipped' | 'already_shipped'> {
  const known = await fetchOrder(shipment.platformOrderId)
  if (!known) throw new RefusedError(0, 'the platform does not know the order')
  const { waybills, shippingForbidden } = known.order
  if (waybills.some((waybill) => waybill.waybillNumber === shipment.waybillNumber)) return 'already_shipped'
  if (waybills.length > 0)
    throw new RefusedError(0, 'the platform knows the order as sent with another waybill')
  if (shippingForbidden) throw new RefusedError(0, 'the platform forbids to ship the order for the moment')
  try {
    await send()
    return 'shipped'
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const after = await fetchOrder(shipment.platformOrderId)
    const isSent = after?.order.waybills.some((waybill) => waybill.waybillNumber === shipment.waybillNumber)
    if (isSent) return 'already_shipped'
    throw error
  }
}
