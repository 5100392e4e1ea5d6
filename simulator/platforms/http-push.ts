import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createTurns } from '../turns.ts'
import type { Mischief } from './mischief.ts'

export type Push = { headers: Record<string, string>; body: string }

export type HttpPusher = {
  /** Sends a push, as often as mischief has it, each copy until it is acknowledged. */
  push: (push: () => Push) => void
  /** Pushes that were not acknowledged so far. */
  pending: () => number
  close: () => Promise<void>
}

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 30_000
const ANSWER_WITHIN_MS = 5_000
/** A platform does not open a connection for each push: the hub would be flooded, and so would this machine. */
const AT_ONCE = 32

/**
 * Pushes over HTTP the way platforms do: again and again, with growing patience, until the answer is exactly the one that
 * they expect. The push is made anew for each attempt, as some protocols sign the time.
 */
export function createHttpPusher(options: {
  url: string
  mischief: Mischief
  isAcknowledged: (status: number, text: string) => boolean
  log: (line: string) => void
  maxTries?: number
}): HttpPusher {
  const { url, mischief, isAcknowledged, log, maxTries = 50 } = options
  const stopping = new AbortController()
  const { signal } = stopping
  // Each push that is under way listens to it.
  setMaxListeners(0, signal)
  const turns = createTurns(AT_ONCE)
  const running = new Set<Promise<void>>()

  const deliver = async (afterMs: number, push: () => Push) => {
    await delay(afterMs, undefined, { signal })
    for (let tries = 1; tries <= maxTries; tries += 1) {
      if (await turns(() => attempt(url, push(), signal, isAcknowledged))) return
      await delay(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10), MAX_PAUSE_MS), undefined, {
        signal,
      })
    }
    log(`${url}: a push was given up after ${maxTries} tries`)
  }
  return {
    push: (push) => {
      for (const afterMs of mischief.nextPush()) {
        const delivery = deliver(afterMs, push)
          .catch((error: unknown) => {
            if (!signal.aborted) log(`${url}: ${String(error)}`)
          })
          .finally(() => running.delete(delivery))
        running.add(delivery)
      }
    },
    pending: () => running.size,
    close: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

async function attempt(
  url: string,
  { headers, body }: Push,
  signal: AbortSignal,
  isAcknowledged: (status: number, text: string) => boolean,
): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    return isAcknowledged(response.status, await response.text())
  } catch (error) {
    if (signal.aborted) throw error
    return false
  }
}
