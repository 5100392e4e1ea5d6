import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { InboxItem } from '../api/types.ts'

/** What is on the screen at once. Whoever has more decides on these first: the oldest come first. */
const SHOWN = 100

export type InboxQuery = {
  type?: InboxItem['type'] | undefined
  storeId?: string | undefined
  overdue?: true | undefined
  sort?: 'newest' | 'oldest' | undefined
}

/** The requests that wait for whoever asks. */
export function inboxQuery(search: InboxQuery) {
  return api.queryOptions('get', '/v1/approval-inbox', {
    params: { query: { ...asQuery(search), limit: SHOWN } },
  })
}

/** How many of them there are, also those that are not on the screen. */
export function inboxCountsQuery({ sort: _sort, ...filters }: InboxQuery) {
  return api.queryOptions('get', '/v1/approval-inbox/counts', { params: { query: asQuery(filters) } })
}
