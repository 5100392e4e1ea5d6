import type { SkuPart } from './channel-order.ts'

/** A SKU of a platform, as a shop's mapping has it. */
export type MappedSku = { platformItemId: string | null; platformSkuId: string; parts: readonly SkuPart[] }

/**
 * What a shop's SKUs should show, given what its store may show of ours. Several of them made of one SKU divide its
 * units, so that together they never offer one twice; a bundle is offered as often as its scarcest part allows.
 *
 * @param quantityOf what the store may show of one of our SKUs
 */
export function shopQuantities(
  mapped: readonly MappedSku[],
  quantityOf: (skuId: string) => number,
): Map<string, number> {
  const sharers = new Map<string, string[]>()
  for (const { platformSkuId, parts } of mapped.toSorted((a, b) =>
    a.platformSkuId < b.platformSkuId ? -1 : 1,
  )) {
    for (const { skuId } of parts) sharers.set(skuId, [...(sharers.get(skuId) ?? []), platformSkuId])
  }
  const shareOf = (skuId: string, platformSkuId: string) => {
    const all = sharers.get(skuId) ?? []
    const units = Math.max(0, quantityOf(skuId))
    // What does not divide goes to the first ones: one unit of two that share it is still shown once.
    return Math.floor(units / all.length) + (all.indexOf(platformSkuId) < units % all.length ? 1 : 0)
  }
  return new Map(
    mapped.map(({ platformSkuId, parts }) => [
      platformSkuId,
      parts.length === 0
        ? 0
        : Math.min(...parts.map((part) => Math.floor(shareOf(part.skuId, platformSkuId) / part.quantity))),
    ]),
  )
}
