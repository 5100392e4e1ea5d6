import type { Allocation } from './order.ts'

/** Units that one warehouse can promise of one SKU, and how far it is from the customer. */
export type AvailableLevel = {
  skuId: string
  warehouseId: string
  available: number
  distanceKilometres: number
}
export type Demand = { lineNumber: number; skuId: string; quantity: number }
export type AllocationPlan =
  | { ok: true; allocations: Allocation[] }
  | { ok: false; shortages: { skuId: string; requested: number; available: number }[] }

/**
 * Which warehouse sends what. The nearest warehouse that has everything; otherwise the one that has most of what
 * is still missing, the nearer of two alike, and so on: few parcels first, then short ways. A line may be split.
 * Refuses only when the warehouses together hold too little.
 */
export function planAllocation(demand: Demand[], levels: AvailableLevel[]): AllocationPlan {
  const shortages = demand.flatMap(({ skuId, quantity }) => {
    const available = levels.reduce(
      (sum, level) => (level.skuId === skuId ? sum + Math.max(0, level.available) : sum),
      0,
    )
    return available < quantity ? [{ skuId, requested: quantity, available }] : []
  })
  if (shortages.length > 0) return { ok: false, shortages }

  const warehouses = groupByWarehouse(levels)
  const missing = new Map(demand.map((line) => [line.lineNumber, line.quantity]))
  const allocations: Allocation[] = []
  while (missing.size > 0) {
    const best = warehouses.reduce((leader, candidate) =>
      compare(serve(candidate, demand, missing), serve(leader, demand, missing)) > 0 ? candidate : leader,
    )
    const parcel = serve(best, demand, missing)
    for (const entry of parcel.allocations) {
      const rest = (missing.get(entry.lineNumber) ?? 0) - entry.quantity
      if (rest > 0) missing.set(entry.lineNumber, rest)
      else missing.delete(entry.lineNumber)
    }
    allocations.push(...parcel.allocations)
    warehouses.splice(warehouses.indexOf(best), 1)
  }
  return { ok: true, allocations }
}

type Warehouse = { warehouseId: string; distanceKilometres: number; available: Map<string, number> }
type Parcel = { allocations: Allocation[]; completeLines: number; units: number; distanceKilometres: number }

function groupByWarehouse(levels: AvailableLevel[]): Warehouse[] {
  const byId = new Map<string, Warehouse>()
  for (const level of levels) {
    if (level.available <= 0) continue
    const { warehouseId, distanceKilometres } = level
    const warehouse = byId.get(warehouseId) ?? { warehouseId, distanceKilometres, available: new Map() }
    warehouse.available.set(level.skuId, level.available)
    byId.set(warehouseId, warehouse)
  }
  // A fixed order makes the plan the same for the same input, whatever order the rows came in.
  return [...byId.values()].sort((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1))
}

function serve(warehouse: Warehouse, demand: Demand[], missing: Map<number, number>): Parcel {
  const parcel: Parcel = {
    allocations: [],
    completeLines: 0,
    units: 0,
    distanceKilometres: warehouse.distanceKilometres,
  }
  for (const { lineNumber, skuId } of demand) {
    const wanted = missing.get(lineNumber) ?? 0
    const quantity = Math.min(wanted, warehouse.available.get(skuId) ?? 0)
    if (quantity === 0) continue
    parcel.allocations.push({ lineNumber, skuId, warehouseId: warehouse.warehouseId, quantity })
    parcel.units += quantity
    if (quantity === wanted) parcel.completeLines += 1
  }
  return parcel
}

/** Positive when a is the better next parcel: more lines finished, then nearer, then more units. */
function compare(a: Parcel, b: Parcel): number {
  if (a.units === 0 || b.units === 0) return a.units - b.units
  return a.completeLines - b.completeLines || b.distanceKilometres - a.distanceKilometres || a.units - b.units
}
