import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { client } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { Person } from '../api/types.ts'
import { sessionGate } from './gate.ts'
import { forgetForms } from './kept-forms.ts'

const BY_LINK = 'order-hub.by-link'
const ASK_AGAIN_MS = 5_000

/** Who is signed in; null: nobody. Only people use the console, so that a system's key counts as nobody. */
async function askWho({ signal }: { signal: AbortSignal }): Promise<Person | null> {
  try {
    const { data } = await client.GET('/v1/session', { signal })
    return data?.kind === 'person' ? data : null
  } catch (error) {
    if (problemOf(error).code === 'unauthenticated') return null
    throw error
  }
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: askWho,
  // Whoever is signed out hears it from the next request; asking again and again would not be sooner.
  staleTime: Number.POSITIVE_INFINITY,
  // Nothing can be shown before this is answered: a hub that was too busy is asked again, whether somebody presses a button or not.
  refetchInterval: ({ state: { error } }) => error !== null && problemOf(error).passes && ASK_AGAIN_MS,
})

export function useSession() {
  return useQuery(sessionQuery)
}

/** The person whose screen this is. Below the shell there always is one. */
export function usePerson(): Person {
  const { data } = useSession()
  if (!data) throw new Error('a screen was shown to nobody')
  return data
}

/** Whether this person came by a card's link and may only decide. The API does not say; this tab remembers. */
export function isByLink(): boolean {
  return sessionStorage.getItem(BY_LINK) === '1'
}

/**
 * Takes over who has just been let in. Somebody else than before starts with a new page: whatever is loaded or typed in this one
 * is the other's.
 */
export function enter(queries: QueryClient, person: Person, byLink = false): void {
  const before = queries.getQueryData(sessionQuery.queryKey)
  if (byLink) sessionStorage.setItem(BY_LINK, '1')
  else sessionStorage.removeItem(BY_LINK)
  forgetForms(person.accountId)
  if (before && before.accountId !== person.accountId) return window.location.reload()
  queries.setQueryData(sessionQuery.queryKey, person)
  sessionGate.reopen()
  void queries.invalidateQueries({ predicate: isNotSession })
}

const isNotSession = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== 'session'

/** Signs in with user name and password. */
export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (body: { userName: string; password: string; code?: string }) => {
      const { data } = await client.POST('/v1/session', { body })
      if (data?.kind !== 'person') throw new Error('the API signed in no person')
      return data
    },
    onSuccess: (person) => enter(queries, person),
  })
}

/** How soon somebody who signs in again in another window is seen in this one. */
const LOOK_AGAIN_MS = 2_000

/** While somebody signs in again in another window, looks whether they have, and lets this page go on. */
export function useReturn(isElsewhere: boolean): void {
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: ['session', 'elsewhere'],
    queryFn: askWho,
    enabled: isElsewhere,
    refetchInterval: LOOK_AGAIN_MS,
    gcTime: 0,
  })
  useEffect(() => {
    if (data) enter(queries, data)
  }, [data, queries])
}

/**
 * Ends the session, and begins a new page that has nothing of it; for whoever came by the company's provider, at that provider's
 * own end of the session. Where the hub does not answer, nobody is signed out.
 */
export function useSignOut() {
  return useMutation({
    mutationFn: async () => {
      try {
        const { data } = await client.DELETE('/v1/session')
        // Nothing for whoever came by a password.
        const at = typeof data === 'object' && data !== null && 'continueAt' in data ? data.continueAt : null
        return typeof at === 'string' ? at : null
      } catch (error) {
        // It has ended already, which is what was wanted.
        if (problemOf(error).code !== 'unauthenticated') throw error
        return null
      }
    },
    onSuccess: (continueAt) => {
      sessionStorage.removeItem(BY_LINK)
      forgetForms(null)
      if (continueAt === null) window.location.reload()
      else window.location.assign(continueAt)
    },
  })
}
