import { useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { refreshed, type Selected, toggled, withAll, withRange } from './selection.ts'

export type Selection<Row> = {
  /** Each as it is now, where it is on the screen. */
  selected: Selected<Row>
  /** Ticks or unticks a row; with `isRange` everything from the row that was ticked last to this one. */
  toggle: (index: number, isRange: boolean) => void
  toggleAll: () => void
  clear: () => void
  /** What a row is called, for whoever does not see its tick. */
  nameOf: (row: Row) => string
}

/** `anchor` is the key of the row that was ticked last: a list that is live moves under it. */
type Ticks<Row> = { selected: Selected<Row>; anchor: string | null; list: string }

/**
 * What somebody has ticked in a list. Turning the page keeps it; another filter is another list, of which nothing is ticked.
 */
export function useSelection<Row>(
  rows: readonly Row[],
  { keyOf, nameOf }: { keyOf: (row: Row) => string; nameOf: (row: Row) => string },
): Selection<Row> {
  const { search } = useLocation()
  const list = JSON.stringify({ ...search, cursor: undefined, columns: undefined })
  const none: Ticks<Row> = { selected: new Map(), anchor: null, list }
  const [kept, setTicks] = useState<Ticks<Row>>(none)
  const ticks = kept.list === list ? kept : none
  const page = { rows, keyOf }
  const selected = refreshed(ticks.selected, page)
  return {
    selected,
    toggle: (index, isRange) => {
      const row = rows[index]
      if (row === undefined) return
      const from = rows.findIndex((each) => keyOf(each) === ticks.anchor)
      const next =
        isRange && from >= 0 ? withRange(selected, [from, index], page) : toggled(selected, row, keyOf)
      setTicks({ selected: next, anchor: keyOf(row), list })
    },
    toggleAll: () => setTicks({ selected: withAll(selected, page), anchor: null, list }),
    clear: () => setTicks(none),
    nameOf,
  }
}
