import type { QueryClient } from '@tanstack/react-query'
import { rolesAt } from './screens.ts'
import { sessionQuery } from './session.ts'

/**
 * Asks what a screen begins with while its code is still fetched, for whoever is signed in and may see it. The screen asks the same
 * and shows what came of it.
 */
export async function askEarly(
  queries: QueryClient,
  path: string,
  ask: () => readonly Promise<void>[],
): Promise<void> {
  await queries.prefetchQuery(sessionQuery)
  const person = queries.getQueryData(sessionQuery.queryKey)
  if (!person || rolesAt(path)?.includes(person.role) === false) return
  await Promise.all(ask())
}
