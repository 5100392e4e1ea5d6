import { setTimeout as delay } from 'node:timers/promises'
import { createHubClient, type HubAccess, type HubClient, HubRefusal } from '../parts/hub-client.ts'

/** Between two rounds of tries against a hub that is away. */
const pauseMs = 2_000

/** A hub client that gives up only at the signal: whatever is restarted under the demo, no order is forgotten. */
export function createPatientHub(access: HubAccess, signal: AbortSignal): HubClient {
  const client = createHubClient(access)
  return {
    send: async (request) => {
      for (;;) {
        try {
          return await client.send({ ...request, signal })
        } catch (error) {
          if (signal.aborted || !isPassing(error)) throw error
          await delay(pauseMs, undefined, { signal })
        }
      }
    },
  }
}

/** Does it help to wait? An answer that cannot be read is a mistake of ours and stays one. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof HubRefusal)) return error instanceof Error && error.name !== 'ZodError'
  return error.status >= 500 || error.status === 429
}
