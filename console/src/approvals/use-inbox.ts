import { useQuery } from '@tanstack/react-query'
import { usePendingDecisions } from './decisions.tsx'
import { type InboxQuery, inboxCountsQuery, inboxQuery } from './inbox-query.ts'

/** New requests arrive by being asked for: a link's session may not listen to events. */
const LOOK_EVERY_MS = 15_000

/** What waits for this person's decision, without what they have just decided. */
export function useInbox(search: InboxQuery) {
  const query = useQuery({ ...inboxQuery(search), refetchInterval: LOOK_EVERY_MS })
  const counts = useQuery({ ...inboxCountsQuery(search), refetchInterval: LOOK_EVERY_MS })
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
