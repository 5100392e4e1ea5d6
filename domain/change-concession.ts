import type { Change, ChangeEffect } from './change.ts'
import type { OrderLine } from './order.ts'

/**
 * What the merchant gives up by a change, in cents: what is owed less or paid back, and goods that are sent for
 * nothing. By this it finds who must decide: a gift is no smaller a concession than the same sum in money.
 */
export function concessionCents(
  change: Change,
  effect: Pick<ChangeEffect, 'differenceCents'>,
  prices: { lines: readonly OrderLine[]; standardCents: ReadonlyMap<string, number> },
): number {
  return Math.max(0, -effect.differenceCents) + goodsCents(change, prices)
}

function goodsCents(
  change: Change,
  { lines, standardCents }: { lines: readonly OrderLine[]; standardCents: ReadonlyMap<string, number> },
): number {
  switch (change.type) {
    case 'gift':
      return change.lines.reduce(
        (sum, { skuId, quantity }) => sum + quantity * (standardCents.get(skuId) ?? 0),
        0,
      )
    case 'reship':
      return change.lines.reduce((sum, { lineNumber, quantity }) => {
        const sold = lines.find((line) => line.lineNumber === lineNumber)
        // What was a gift is worth its standard price the second time, too.
        const each = sold ? Math.max(sold.unitPriceCents, standardCents.get(sold.skuId) ?? 0) : 0
        return sum + quantity * each
      }, 0)
    default:
      return 0
  }
}
