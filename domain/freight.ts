/** What a parcel costs to send: something for the parcel and something for its weight. */
export type FreightPrice = { parcelCents: number; centsPerKilogram: number }

/**
 * Freight as policy data. The pair of regions decides if it is listed, else the first band that the distance fits into,
 * else `otherwise`: every parcel has a price.
 */
export type FreightTable = {
  regionPairs: readonly (FreightPrice & { fromRegion: string; toRegion: string })[]
  /** Ascending by distance. */
  bands: readonly (FreightPrice & { upToKilometres: number })[]
  otherwise: FreightPrice
}

/** The price of a way; an unknown distance (null) fits into no band, an unknown region into no pair. */
export function freightPrice(
  table: FreightTable,
  way: { fromRegion: string; toRegion: string | null; kilometres: number | null },
): FreightPrice {
  const { fromRegion, toRegion, kilometres } = way
  return (
    table.regionPairs.find((pair) => pair.fromRegion === fromRegion && pair.toRegion === toRegion) ??
    table.bands.find((band) => kilometres !== null && kilometres <= band.upToKilometres) ??
    table.otherwise
  )
}
