import type { UseQueryResult } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'

export type Page<Row> = { items: Row[]; nextCursor: string | null }

export type ListResult<Row> = {
  rows: Row[]
  error: unknown
  /** Nothing has been shown so far. */
  isPending: boolean
  isFetching: boolean
  /** What is shown belongs to another filter or page than the one that is on its way. */
  isTurning: boolean
  refetch: () => void
  /** Changes with every other page or filter. */
  pageKey: string
  /** Whether the address narrows the list. */
  isFiltered: boolean
  clearFilters: () => void
  pager: { toFirst: (() => void) | null; toPrevious: (() => void) | null; toNext: (() => void) | null }
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Cursors of the pages before this one, the first page being an empty one. Kept with the entry of the browser's history. */
    before?: string[]
  }
}

/** What of an address says how a list is shown, and not which rows of it. */
const VIEW: ReadonlySet<string> = new Set(['cursor', 'sort', 'columns', 'view', 'part', 'log'])
const isView = (name: string) => VIEW.has(name)

/**
 * A list whose filters and cursor are in the address. Turning a page is an entry of the browser's history like any other, and
 * a link to the fifth page is a link to the fifth page; who comes by such a link has no pages before it but the first.
 */
export function useList<Row>(query: UseQueryResult<Page<Row>, unknown>): ListResult<Row> {
  const navigate = useNavigate()
  const { search, searchStr, state } = useLocation()
  const cursor = 'cursor' in search && typeof search.cursor === 'string' ? search.cursor : undefined
  const before = state.before ?? []
  const turn = (to: string | undefined, trail: string[]) =>
    void navigate({
      to: '.',
      search: (present: Record<string, unknown>) => ({ ...present, cursor: to }),
      state: (present) => ({ ...present, before: trail }),
      resetScroll: true,
    })
  const next = query.data?.nextCursor ?? null
  const previous = before.at(-1)
  return {
    rows: query.data?.items ?? [],
    error: query.error ?? null,
    isPending: query.isPending,
    isFetching: query.isFetching,
    isTurning: query.isPlaceholderData,
    refetch: () => void query.refetch(),
    pageKey: searchStr,
    isFiltered: Object.entries(search).some(([name, value]) => !isView(name) && value !== undefined),
    clearFilters: () =>
      void navigate({
        to: '.',
        search: (present: Record<string, unknown>) =>
          Object.fromEntries(Object.entries(present).filter(([name]) => isView(name) && name !== 'cursor')),
      }),
    pager: {
      toFirst: cursor === undefined ? null : () => turn(undefined, []),
      toPrevious: previous === undefined ? null : () => turn(previous || undefined, before.slice(0, -1)),
      toNext: next === null ? null : () => turn(next, [...before, cursor ?? '']),
    },
  }
}
