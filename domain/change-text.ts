import type { ChangeEffect } from './change.ts'

type Side = 'before' | 'after'

/**
 * What a change finds and leaves, in one cell of a sheet each: lines as `#1 SKU-1 ×2 @10.00`, freight, and for another
 * address the contact by its id, since what is in it is nobody's who reads a sheet.
 */
export function changeTexts(effect: ChangeEffect): { before: string; after: string } {
  const { contact } = effect
  return {
    before: sideOf(effect, 'before').join('; '),
    after: [
      ...sideOf(effect, 'after'),
      ...effect.refunds.map(({ paymentId, amountCents }) => `refund ${yuan(amountCents)} of ${paymentId}`),
      ...(contact ? [`contact ${contact.contactId} in ${contact.divisionCode}`] : []),
    ].join('; '),
  }
}

function sideOf({ lines, freightCents }: ChangeEffect, side: Side): string[] {
  const isFreight = freightCents.before !== freightCents.after
  return [
    ...lines.flatMap(({ lineNumber, [side]: line }) =>
      line ? [`#${lineNumber} ${line.skuId} ×${line.quantity} @${yuan(line.unitPriceCents)}`] : [],
    ),
    ...(isFreight ? [`freight ${yuan(freightCents[side])}`] : []),
  ]
}

function yuan(amountCents: number): string {
  return (amountCents / 100).toFixed(2)
}
