import type { ReactNode } from 'react'
import { Failure, Loading } from './states.tsx'

export type Query<Data> = { data: Data | undefined; isError: boolean; error: unknown; refetch: () => unknown }

/**
 * What was asked for, as soon as it is there. Once there it stays, whatever becomes of looking again: while the hub is away,
 * nobody loses what they are typing into it.
 */
export function Loaded<Data>({
  query,
  children,
}: {
  query: Query<Data>
  children: (data: Data) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return <Loading />
}
