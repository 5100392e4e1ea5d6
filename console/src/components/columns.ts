import type { ListColumn } from './list-table.tsx'

/** Columns that are there for whoever wants them, and not shown otherwise. */
export type ChoosableColumn<Row> = ListColumn<Row> & { isExtra?: boolean }

/** The columns that an address names, in the list's own order; without one, or with none that is known, the usual ones. */
export function chosen<Row>(
  columns: readonly ChoosableColumn<Row>[],
  named: string | undefined,
): readonly ChoosableColumn<Row>[] {
  const keys = new Set(named?.split(',') ?? [])
  const found = columns.filter(({ key }) => keys.has(String(key)))
  return found.length > 0 ? found : columns.filter(({ isExtra }) => !isExtra)
}

/** What the address says once a column was switched; undefined where that is the usual choice. */
export function switched<Row>(
  columns: readonly ChoosableColumn<Row>[],
  named: string | undefined,
  key: string,
): string | undefined {
  const shown = new Set(chosen(columns, named).map((column) => String(column.key)))
  if (!shown.delete(key)) shown.add(key)
  const keys = columns.map((column) => String(column.key)).filter((each) => shown.has(each))
  const usual = columns.flatMap((column) => (column.isExtra ? [] : [String(column.key)]))
  return keys.length === 0 || keys.join() === usual.join() ? undefined : keys.join()
}
