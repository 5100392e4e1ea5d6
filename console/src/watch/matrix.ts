import type { StockRow } from '../api/types.ts'

export type MatrixRow = {
  skuId: string
  skuName: string
  /** By the id of the warehouse. */
  cells: ReadonlyMap<string, StockRow>
  /** Over all warehouses that are loaded. */
  available: number
}

/** Levels that come by article and warehouse, as one row for each article, in the order in which they came. */
export function matrixOf(levels: readonly StockRow[]): MatrixRow[] {
  const rows = new Map<string, { skuName: string; cells: Map<string, StockRow> }>()
  for (const level of levels) {
    if (level.warehouseId === null) continue
    const row = rows.get(level.skuId) ?? { skuName: level.skuName, cells: new Map() }
    row.cells.set(level.warehouseId, level)
    rows.set(level.skuId, row)
  }
  return [...rows].map(([skuId, { skuName, cells }]) => ({
    skuId,
    skuName,
    cells,
    available: [...cells.values()].reduce((sum, { available }) => sum + available, 0),
  }))
}

export type Window = { first: number; last: number }

/** Which rows of equal height are in sight, with some on either side so that scrolling shows no gap. `last` is not included. */
export function windowOf(
  count: number,
  scroll: { top: number; height: number },
  rowHeight: number,
  spare = 10,
): Window {
  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - spare)
  const last = Math.min(count, Math.ceil((scroll.top + scroll.height) / rowHeight) + spare)
  return { first: Math.min(first, count), last: Math.max(last, Math.min(first, count)) }
}
