/** More than anybody checks before acting on them, and as many as one export names. */
export const MOST_SELECTED = 200

/** What is ticked of a list, by key. Rows of other pages stay ticked, as they were when they were. */
export type Selected<Row> = ReadonlyMap<string, Row>

type Rows<Row> = { rows: readonly Row[]; keyOf: (row: Row) => string }

/** Ticks one row, or unticks it. */
export function toggled<Row>(selected: Selected<Row>, row: Row, keyOf: (row: Row) => string): Selected<Row> {
  const next = new Map(selected)
  if (next.delete(keyOf(row))) return next
  return ticked(next, [row], keyOf)
}

/** Ticks everything between two rows, both included, whichever of them comes first. */
export function withRange<Row>(
  selected: Selected<Row>,
  [from, to]: readonly [number, number],
  { rows, keyOf }: Rows<Row>,
): Selected<Row> {
  return ticked(selected, rows.slice(Math.min(from, to), Math.max(from, to) + 1), keyOf)
}

/** Ticks every row of the page, or, where every one is ticked, none of them. */
export function withAll<Row>(selected: Selected<Row>, { rows, keyOf }: Rows<Row>): Selected<Row> {
  if (shareOf(selected, { rows, keyOf }) !== 'all') return ticked(selected, rows, keyOf)
  const keys = new Set(rows.map(keyOf))
  return new Map([...selected].filter(([key]) => !keys.has(key)))
}

/** How much of the page is ticked. */
export function shareOf<Row>(selected: Selected<Row>, { rows, keyOf }: Rows<Row>): 'none' | 'some' | 'all' {
  const count = rows.filter((row) => selected.has(keyOf(row))).length
  if (count === 0) return 'none'
  return count === rows.length ? 'all' : 'some'
}

/** The same ticks on what the rows have become meanwhile. */
export function refreshed<Row>(selected: Selected<Row>, { rows, keyOf }: Rows<Row>): Selected<Row> {
  if (selected.size === 0) return selected
  const present = new Map(rows.map((row) => [keyOf(row), row]))
  return new Map([...selected].map(([key, row]) => [key, present.get(key) ?? row]))
}

/** With these rows, up to as many as may be ticked. */
function ticked<Row>(
  selected: Selected<Row>,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Selected<Row> {
  const next = new Map(selected)
  for (const row of rows) {
    if (next.size >= MOST_SELECTED && !next.has(keyOf(row))) break
    next.set(keyOf(row), row)
  }
  return next
}
