import type { AllocationObjective } from './allocation-problem.ts'
import type { FreightTable } from './freight.ts'

/** How orders are given to warehouses (policy of kind `allocation`). */
export type AllocationPolicy = {
  /** The first decides; the next only between plans that are equal in it, and so on. */
  objectives: readonly AllocationObjective[]
  /** Farther warehouses send nothing; null is no limit. It does not apply where the customer's place is unknown. */
  maxDistanceKilometres: number | null
  /** Parcels of one order; null is no limit. */
  maxParcels: number | null
  /** Whether the units of one SKU may come from several warehouses. */
  splitLines: boolean
  freight: FreightTable
}

/**
 * Holds until another is published: the nearest warehouse that has everything, otherwise as few parcels as possible.
 * The freight table plays no part in it; its prices are an example to start from.
 */
export const DEFAULT_ALLOCATION_POLICY = {
  objectives: ['fewest-parcels', 'nearest'],
  maxDistanceKilometres: null,
  maxParcels: null,
  splitLines: true,
  freight: {
    regionPairs: [],
    bands: [
      { upToKilometres: 300, parcelCents: 600, centsPerKilogram: 100 },
      { upToKilometres: 800, parcelCents: 700, centsPerKilogram: 200 },
      { upToKilometres: 1_500, parcelCents: 900, centsPerKilogram: 400 },
    ],
    otherwise: { parcelCents: 1_200, centsPerKilogram: 800 },
  },
} satisfies AllocationPolicy
