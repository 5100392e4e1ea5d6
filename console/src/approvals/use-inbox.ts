import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { InboxItem } from '../api/types.ts'
import { usePendingDecisions } from './decisions.tsx'

/** What is on the screen at once. Whoever has more decides on these first: the oldest come first. */
const SHOWN = 100
/** New requests arrive by being asked for: a link's session may not listen to events. */
const LOOK_EVERY_MS = 15_000

export type InboxQuery = {
  type?: InboxItem['type'] | undefined
  storeId?: string | undefined
  overdue?: true | undefined
  sort?: 'newest' | 'oldest' | undefined
}

/** What waits for this person's decision, without what they have just decided. */
export function useInbox(search: InboxQuery) {
  const query = api.useQuery(
    'get',
    '/v1/approval-inbox',
    { params: { query: { ...asQuery(search), limit: SHOWN } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { sort: _sort, ...filters } = search
  const counts = api.useQuery(
    'get',
    '/v1/approval-inbox/counts',
    { params: { query: asQuery(filters) } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const decided = new Set(usePendingDecisions().map(({ changeId }) => changeId))
  const rows = (query.data?.items ?? []).filter(({ changeId }) => !decided.has(changeId))
  const hasMore = (query.data?.nextCursor ?? null) !== null
  return {
    rows,
    /** Of all of them, also those that are not on the screen. */
    total: hasMore ? Math.max((counts.data?.total ?? 0) - decided.size, rows.length) : rows.length,
    isPending: query.isPending,
    error: query.error,
    refetch: () => void query.refetch(),
  }
}
