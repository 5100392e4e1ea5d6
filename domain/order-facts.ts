import type { FactsOf, Vocabulary } from './conditions.ts'

/** What conditions on an order may ask: facts that are there at checkout already, and no personal data. */
export const ORDER_FACTS = {
  channel: 'string',
  storeId: 'string',
  divisionCode: 'string',
  /** The first two digits of the division. */
  provinceCode: 'string',
  amountCents: 'number',
  freightCents: 'number',
  /** Of all lines together. */
  units: 'number',
  lines: { itemsOf: { skuId: 'string', quantity: 'number', unitPriceCents: 'number' } },
} as const satisfies Vocabulary

export type OrderToJudge = {
  channel: string
  storeId: string
  divisionCode: string
  amountCents: number
  freightCents: number
  lines: readonly { skuId: string; quantity: number; unitPriceCents: number }[]
}

/** An order as conditions see it. */
export function factsOf(order: OrderToJudge): FactsOf<typeof ORDER_FACTS> {
  const { channel, storeId, divisionCode, amountCents, freightCents } = order
  return {
    channel,
    storeId,
    divisionCode,
    provinceCode: divisionCode.slice(0, 2),
    amountCents,
    freightCents,
    units: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    lines: order.lines.map(({ skuId, quantity, unitPriceCents }) => ({ skuId, quantity, unitPriceCents })),
  }
}
