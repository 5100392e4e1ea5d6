import {
  type AllocationInput,
  type AllocationPlan,
  type AllocationWarehouse,
  type Demand,
  planAllocation,
} from '../../domain/allocation.ts'
import { type AllocationPolicy, DEFAULT_ALLOCATION_POLICY } from '../../domain/allocation-policy.ts'
import type { Place } from '../../domain/place.ts'

/** What one warehouse has of one SKU, and how far it is from the customer. */
export type NearLevel = {
  skuId: string
  warehouseId: string
  available: number
  kilometres: number
  safetyStock?: number
  weightGrams?: number
}

/** The customer of these plans lives where the equator meets the meridian of Hangzhou. */
export const HERE: Place = {
  divisionCode: '330100',
  region: '华东',
  point: { longitude: 120, latitude: 0 },
  problem: null,
}
const KILOMETRES_A_DEGREE = (Math.PI * 6371.0088) / 180

/** A warehouse so many kilometres north of HERE. */
export function warehouseAt(warehouseId: string, kilometres: number, region = '华东'): AllocationWarehouse {
  return { warehouseId, region, longitude: 120, latitude: kilometres / KILOMETRES_A_DEGREE }
}

/** Plans over levels that say for themselves how far their warehouse is. */
export function planOver(
  demand: readonly Demand[],
  levels: readonly NearLevel[],
  policy: Partial<AllocationPolicy> = {},
  rest: Partial<AllocationInput> = {},
): AllocationPlan {
  const places = new Map(levels.map(({ warehouseId, kilometres }) => [warehouseId, kilometres]))
  return planAllocation({
    demand,
    levels: levels.map(({ kilometres: _, safetyStock = 0, weightGrams = 100, ...level }) => ({
      ...level,
      safetyStock,
      weightGrams,
    })),
    warehouses: [...places].map(([warehouseId, kilometres]) => warehouseAt(warehouseId, kilometres)),
    place: HERE,
    policy: { ...DEFAULT_ALLOCATION_POLICY, ...policy },
    ...rest,
  })
}
