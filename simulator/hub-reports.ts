import { setTimeout as delay } from 'node:timers/promises'
import { createTurns } from './turns.ts'

export type HubReports = {
  /** Tells the hub about a pick task until it has heard it. `refused`: a final no; the task is no longer ours. */
  send: (
    pickTaskId: string,
    body: { eventId: string },
    signal: AbortSignal,
  ) => Promise<'accepted' | 'refused'>
}

/** Devices that talk at the same time; after an outage thousands of reports may be due at once. */
const AT_ONCE = 8
const FIRST_PAUSE_MS = 250
const MAX_PAUSE_MS = 10_000
const ANSWER_WITHIN_MS = 15_000

/** Reports over HTTP as a warehouse's system does: again and again with the same event id until there is an answer. */
export function createHubReports(
  { hubApi, apiKey }: { hubApi: string; apiKey: string },
  log: (line: string) => void,
): HubReports {
  const turns = createTurns(AT_ONCE)
  return {
    send: async (pickTaskId, body, signal) => {
      const url = new URL(`/v1/pick-tasks/${encodeURIComponent(pickTaskId)}/events`, hubApi)
      for (let tries = 1; ; tries += 1) {
        const response = await turns(() => post(url, apiKey, body, signal))
        if (response?.ok) return 'accepted'
        if (response && !isWorthRepeating(response)) {
          log(`the hub refused ${body.eventId}: ${response.status} ${response.code}`)
          return 'refused'
        }
        const ownMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10), MAX_PAUSE_MS)
        await delay(Math.max(ownMs, response?.retryAfterMs ?? 0), undefined, { signal })
      }
    },
  }
}

type Heard = { ok: boolean; status: number; code: string; retryAfterMs: number }

/** What the hub said, or null when it could not be reached. */
async function post(
  url: URL,
  apiKey: string,
  body: { eventId: string },
  signal: AbortSignal,
): Promise<Heard | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': body.eventId,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    const { ok, status } = response
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0)
    return { ok, status, code: codeOf(await response.text()), retryAfterMs: clampSeconds(retryAfterSeconds) }
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}

function clampSeconds(seconds: number): number {
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1_000, MAX_PAUSE_MS) : 0
}

function codeOf(text: string): string {
  return /"code"\s*:\s*"([a-z-]{1,64})"/.exec(text)?.[1] ?? ''
}

function isWorthRepeating({ status, code }: Heard): boolean {
  const later = ['request-in-flight', 'pick-task-on-hold']
  return status >= 500 || [408, 425, 429].includes(status) || later.includes(code)
}
