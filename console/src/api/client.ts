import createClient, { type Middleware } from 'openapi-fetch'
import createHooks from 'openapi-react-query'
import { Problem, readProblem, unreachable } from './problem.ts'
import type { paths } from './schema.generated.ts'

/** Turns every answer that is no success, and every silence, into a thrown `Problem`. */
const failures: Middleware = {
  onResponse: async ({ response }) => {
    if (!response.ok) throw await readProblem(response)
  },
  // What `onResponse` throws does not come by here; an aborted request stays one, for React Query to ignore.
  onError: ({ error }) =>
    error instanceof Problem || (error instanceof DOMException && error.name === 'AbortError')
      ? undefined
      : unreachable(error),
}

/**
 * The API, by the paths and types of its own document. The header tells a request of ours from one that another site made
 * the browser send with our cookie.
 */
export const client = createClient<paths>({
  baseUrl: '/',
  credentials: 'same-origin',
  headers: { 'x-order-hub': '1' },
})
client.use(failures)

/** The same as queries and mutations; what is asked for twice at once is asked once. */
export const api = createHooks(client)
