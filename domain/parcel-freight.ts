import { distanceKilometres, type Point } from './division.ts'
import { type FreightTable, freightPrice } from './freight.ts'
import { placeOf } from './place.ts'

/** A parcel as it was sent: from where, to where, and how heavy. */
export type SentParcel = {
  from: Point & { region: string }
  divisionCode: string
  weightGrams: number
}

const GRAMS_A_KILOGRAM = 1_000

/** What a parcel should cost by the merchant's freight table, in cents, rounded to the nearest. */
export function parcelFreightCents(
  table: FreightTable,
  { from, divisionCode, weightGrams }: SentParcel,
): number {
  const place = placeOf(divisionCode)
  const kilometres = place.point && distanceKilometres(place.point, from)
  const price = freightPrice(table, { fromRegion: from.region, toRegion: place.region, kilometres })
  return Math.round(price.parcelCents + (price.centsPerKilogram * weightGrams) / GRAMS_A_KILOGRAM)
}
