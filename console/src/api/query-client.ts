import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { sessionGate } from '../session/gate.ts'
import { problemOf } from './problem.ts'

/** Within this time a second screen that asks the same is shown what the first one got. */
const FRESH_MS = 5_000
const RETRIES = 2

/** What every screen's questions have in common. A session that has ended is noticed here, wherever it shows. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (problemOf(error).code === 'unauthenticated') sessionGate.expire()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // Asked whatever the browser believes of its network: a question that is kept back would look like one that takes long.
        networkMode: 'always',
        refetchOnReconnect: true,
        // What a person got wrong, or may not see, is answered the same the second time.
        retry: (failures, error) => failures < RETRIES && problemOf(error).passes,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
