import type { QueryClient } from '@tanstack/react-query'
import { rolesAt } from './screens.ts'
import { sessionQuery } from './session.ts'

/** What the router tells whoever loads a route; `preload`: a pointer rests on a link, and nobody has gone there. */
type Loading = { context: { queries: QueryClient }; preload: boolean }

/**
 * Asks what a screen begins with while its code is still fetched, for whoever is signed in and may see it. The screen asks the same
 * and shows what came of it, so that nobody waits for it here.
 */
export function askEarly(
  { context: { queries }, preload }: Loading,
  path: string,
  ask: (queries: QueryClient) => readonly Promise<void>[],
): void {
  if (!preload) void askWhoMay(queries, path, ask)
}

async function askWhoMay(
  queries: QueryClient,
  path: string,
  ask: (queries: QueryClient) => readonly Promise<void>[],
): Promise<void> {
  await queries.prefetchQuery(sessionQuery)
  const person = queries.getQueryData(sessionQuery.queryKey)
  if (!person || person.mustChangePassword || rolesAt(path)?.includes(person.role) === false) return
  await Promise.all(ask(queries))
}
