import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client } from './client.ts'

/** Names change seldom; a screen that shows one of yesterday's is not wrong about anything. */
const KEPT_MS = 10 * 60_000
/** More stores or warehouses than this are shown by their ids. */
const MOST = 200

type Named = { id: string; name: string }

const namesOf = (path: '/v1/stores' | '/v1/warehouses') =>
  queryOptions({
    queryKey: [path],
    staleTime: KEPT_MS,
    queryFn: async ({ signal }): Promise<Named[]> => {
      const { data } = await client.GET(path, { params: { query: { limit: MOST } }, signal })
      return (data?.items ?? []).map(({ id, name }) => ({ id, name }))
    },
  })

const NONE: readonly Named[] = []

/** What people call stores and warehouses, by id; an id that is not known is its own name. Options are what one is chosen from. */
export function useNames(path: '/v1/stores' | '/v1/warehouses'): {
  all: readonly Named[]
  options: { value: string; label: string }[]
  nameOf: (id: string) => string
} {
  const { data: all = NONE } = useQuery(namesOf(path))
  const options = useMemo(() => all.map(({ id, name }) => ({ value: id, label: name })), [all])
  return { all, options, nameOf: (id) => all.find((entry) => entry.id === id)?.name ?? id }
}
