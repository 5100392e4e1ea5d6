import type { AddressVerdict } from './address.ts'
import type { FactsOf, Vocabulary } from './conditions.ts'
import { factsOf, ORDER_FACTS, type OrderToJudge } from './order-facts.ts'
import type { PhoneKind } from './phone.ts'
import type { WordsFound } from './sensitive-words.ts'

/**
 * What rules about abnormal orders may ask. Counts, codes and yes or no: facts are kept with the order and travel through
 * its workflow, where no personal data may be.
 */
export const ABNORMAL_FACTS = {
  ...ORDER_FACTS,
  /** Not the first check: a change was applied. */
  isAgain: 'boolean',
  /** Shown to the hub: not masked, not kept as a platform's ciphertext, not erased. */
  addressReadable: 'boolean',
  /** How finely the place is known: district, city, province, none. */
  divisionLevel: 'string',
  divisionAmbiguous: 'boolean',
  divisionContradictory: 'boolean',
  /** Letters and digits behind the divisions. */
  detailCharacters: 'number',
  detailVague: 'boolean',
  houseNumberMissing: 'boolean',
  remoteArea: 'boolean',
  /** mobile, landline, service, privacy, foreign, hidden, invalid */
  phoneKind: 'string',
  remarkCharacters: 'number',
  /** Different words of the dictionary in the remark. */
  sensitiveWords: 'number',
  sensitive: { itemsOf: { category: 'string', words: 'number' } },
  /** Other orders of the customer in the last months. */
  customerOrders: 'number',
  /** The amount divided by what those cost on average; 0: there are none. */
  amountTimesUsual: 'number',
  /** The largest of the lines. */
  quantityTimesUsual: 'number',
  /** Of the lines that cost something, in percent of the standard price; 100: nothing to compare. */
  lowestPricePercent: 'number',
  highestPricePercent: 'number',
  ordersToAddressLastDay: 'number',
  ordersToPhoneLastDay: 'number',
  /** Other orders of the customer with the same goods. */
  duplicatesLastHour: 'number',
  duplicatesLastDay: 'number',
  lines: {
    itemsOf: {
      ...ORDER_FACTS.lines.itemsOf,
      /** What 95 of 100 sales of the SKU do not exceed; 0: too few to tell. */
      usualQuantity: 'number',
      quantityTimesUsual: 'number',
      pricePercent: 'number',
    },
  },
} as const satisfies Vocabulary

export type AbnormalFacts = FactsOf<typeof ABNORMAL_FACTS>
/** Facts as they are kept. What the policy itself says of a place is added when they are judged. */
export type RecordedFacts = Omit<AbnormalFacts, 'remoteArea'>

export type SkuFacts = { standardPriceCents: number; usualQuantity: number }

export type OrderInQuestion = {
  order: OrderToJudge
  checkNumber: number
  /** Null: nobody here can read it. */
  address: AddressVerdict | null
  phone: PhoneKind
  remark: { characters: number; found: readonly WordsFound[] }
  customer: { orders: number; amountCents: number }
  skus: ReadonlyMap<string, SkuFacts>
  lately: {
    toAddressLastDay: number
    toPhoneLastDay: number
    duplicatesLastHour: number
    duplicatesLastDay: number
  }
}

/** Enough digits to judge by, and equal wherever it is computed. */
const rounded = (value: number) => Math.round(value * 100) / 100

/** The facts of one order, as they are kept. */
export function abnormalFactsOf(input: OrderInQuestion): RecordedFacts {
  const { order, address, customer, lately } = input
  const lines = order.lines.map((line) => lineFactsOf(line, input.skus.get(line.skuId)))
  const prices = lines.filter((line) => line.unitPriceCents > 0).map((line) => line.pricePercent)
  return {
    ...factsOf(order),
    isAgain: input.checkNumber > 1,
    addressReadable: address !== null,
    divisionLevel: address?.level ?? 'district',
    divisionCode: address?.isContradictory === false ? address.divisionCode : order.divisionCode,
    divisionAmbiguous: address?.isAmbiguous ?? false,
    divisionContradictory: address?.isContradictory ?? false,
    // Where nobody can read it, nothing is wrong with it as far as anybody knows.
    detailCharacters: address?.detailCharacters ?? 100,
    detailVague: address?.isVague ?? false,
    houseNumberMissing: address?.lacksHouseNumber ?? false,
    phoneKind: input.phone,
    remarkCharacters: input.remark.characters,
    sensitiveWords: input.remark.found.reduce((sum, entry) => sum + entry.words, 0),
    sensitive: input.remark.found.map(({ category, words }) => ({ category, words })),
    customerOrders: customer.orders,
    amountTimesUsual:
      customer.orders > 0 && customer.amountCents > 0
        ? rounded((order.amountCents * customer.orders) / customer.amountCents)
        : 0,
    quantityTimesUsual: Math.max(0, ...lines.map((line) => line.quantityTimesUsual)),
    lowestPricePercent: Math.min(...(prices.length > 0 ? prices : [100])),
    highestPricePercent: Math.max(...(prices.length > 0 ? prices : [100])),
    ordersToAddressLastDay: lately.toAddressLastDay,
    ordersToPhoneLastDay: lately.toPhoneLastDay,
    duplicatesLastHour: lately.duplicatesLastHour,
    duplicatesLastDay: lately.duplicatesLastDay,
    lines,
  }
}

function lineFactsOf(line: OrderToJudge['lines'][number], sku: SkuFacts | undefined) {
  const { skuId, quantity, unitPriceCents } = line
  const usualQuantity = sku?.usualQuantity ?? 0
  const standardPriceCents = sku?.standardPriceCents ?? 0
  return {
    skuId,
    quantity,
    unitPriceCents,
    usualQuantity,
    quantityTimesUsual: usualQuantity > 0 ? rounded(quantity / usualQuantity) : 0,
    pricePercent: standardPriceCents > 0 ? rounded((unitPriceCents * 100) / standardPriceCents) : 100,
  }
}
