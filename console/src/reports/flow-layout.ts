import type { DataFlow } from '../api/types.ts'

export type SystemPlace = { systemId: string; x: number; y: number }

const COLUMN = 400
const ROW = 110
/** More than that below each other would be too small to read. */
const MOST_ROWS = 8
/** Where orders, stock and news come from stands left, the hub in the middle, where things go right. */
const LEFT = new Set(['channel', 'warehouse_system', 'courier', 'finance', 'crm'])
const MIDDLE = new Set(['hub', 'workflows'])

/** Where each system stands on the map; the columns are centred on each other, so that the hub is amid those around it. */
export function placesOf(systems: DataFlow['systems']): SystemPlace[] {
  const columns = [
    systems.filter(({ kind }) => LEFT.has(kind)),
    systems.filter(({ kind }) => MIDDLE.has(kind)),
    systems.filter(({ kind }) => !LEFT.has(kind) && !MIDDLE.has(kind)),
  ].flatMap(wrapped)
  const highest = Math.max(...columns.map((column) => column.length))
  return columns.flatMap((column, columnNumber) =>
    column.map(({ systemId }, row) => ({
      systemId,
      x: columnNumber * COLUMN,
      y: (row + (highest - column.length) / 2) * ROW,
    })),
  )
}

/** A column of too many systems as several beside each other. */
function wrapped<System>(column: readonly System[]): System[][] {
  const count = Math.ceil(column.length / MOST_ROWS)
  const rows = Math.ceil(column.length / Math.max(count, 1))
  return Array.from({ length: count }, (_value, index) => column.slice(index * rows, (index + 1) * rows))
}

export type FlowArrow = {
  /** Of the edge that stands for all between two systems: the worst of them. */
  edgeId: string
  from: string
  to: string
  edges: DataFlow['edges']
  state: DataFlow['edges'][number]['state']
}

/** The flows between the same two systems in one direction are one arrow: thirty would hide each other. */
export function arrowsOf(edges: DataFlow['edges']): FlowArrow[] {
  const byWay = new Map<string, DataFlow['edges']>()
  for (const edge of edges) {
    const way = `${edge.from} ${edge.to}`
    byWay.set(way, [...(byWay.get(way) ?? []), edge])
  }
  return [...byWay.values()].flatMap((group) => {
    const [worst] = [...group].sort((one, other) => RANK[one.state] - RANK[other.state])
    if (!worst) return []
    return [{ edgeId: worst.edgeId, from: worst.from, to: worst.to, edges: group, state: worst.state }]
  })
}
const RANK: Record<FlowArrow['state'], number> = { broken: 0, ok: 1, unknown: 2 }
