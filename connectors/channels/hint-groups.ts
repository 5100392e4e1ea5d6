import { setTimeout as delay } from 'node:timers/promises'

/** Written together: large enough that a commit is shared by many, small enough for one statement. */
const MAX_GROUP = 256
/** So many wait before the connection is no longer read … */
const HIGH_WATER = 2_000
/** … until no more than so many do. */
const LOW_WATER = 500
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
/** A short outage is waited out, so that messages need not wait for the platform to send them again after minutes. */
const MAX_TRIES = 5

export type HintGroups<Item> = {
  /** Has an item made durable, together with others, and then acknowledged; never before. */
  offer: (key: string, item: Item, acknowledge: () => void) => void
  /** What is being written is finished; what only waits is left for the platform to send again. */
  close: () => Promise<void>
}

type Waiting<Item> = { key: string; item: Item; acknowledge: () => void; tries: number }
type Accept<Item> = (items: Item[]) => Promise<void>

/**
 * Between a connection that brings messages one by one, a thousand a second at times, and a database that likes them in
 * groups: while one group is written, the next gathers. What could not be written is not acknowledged, so that the
 * platform sends it again; one message that cannot be written does not hold up the others.
 */
export function createHintGroups<Item>(options: {
  accept: Accept<Item>
  /** True: stop reading; false: go on. */
  onPressure: (isFull: boolean) => void
  firstPauseMs?: number
}): HintGroups<Item> {
  const { accept, onPressure, firstPauseMs = FIRST_PAUSE_MS } = options
  const waiting = new Map<string, Waiting<Item>>()
  const closing = new AbortController()
  const { signal } = closing
  let running: Promise<void> | null = null
  let isFull = false

  const judgePressure = () => {
    const isFullNow = isFull ? waiting.size > LOW_WATER : waiting.size >= HIGH_WATER
    if (isFullNow === isFull) return
    isFull = isFullNow
    onPressure(isFull)
  }
  const write = async () => {
    let failures = 0
    while (waiting.size > 0 && !signal.aborted) {
      const group = [...waiting.values()].slice(0, MAX_GROUP)
      for (const { key } of group) waiting.delete(key)
      judgePressure()
      const left = await storeAll(accept, group)
      for (const entry of left) {
        entry.tries += 1
        if (entry.tries < MAX_TRIES && !waiting.has(entry.key)) waiting.set(entry.key, entry)
      }
      failures = left.length === 0 ? 0 : failures + 1
      // Nothing can be written at the moment: to hurry would only bring more that has to wait.
      if (failures > 0) await rest(Math.min(firstPauseMs * 2 ** (failures - 1), MAX_PAUSE_MS), signal)
    }
    // Not in a `finally` of the caller: an offer between the last look and that would wait for the next one.
    running = null
  }
  return {
    offer: (key, item, acknowledge) => {
      if (signal.aborted) return
      // Sent again before it was written: written once, acknowledged where it was heard last.
      waiting.set(key, { key, item, acknowledge, tries: 0 })
      judgePressure()
      running ??= write()
    },
    close: async () => {
      closing.abort()
      await running
    },
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined) // ended early when closed
}

/**
 * Writes a group, or of one that cannot be written as a whole its members. What is left could not be written because
 * nothing can; a member that fails among others that do not is given up, and sent again by the platform.
 */
async function storeAll<Item>(accept: Accept<Item>, group: Waiting<Item>[]): Promise<Waiting<Item>[]> {
  if (await isAccepted(accept, group)) return []
  if (group.length === 1) return group
  let failuresInARow = 0
  for (const [at, entry] of group.entries()) {
    failuresInARow = (await isAccepted(accept, [entry])) ? 0 : failuresInARow + 1
    if (failuresInARow > 1) return group.slice(at - 1)
  }
  return []
}

async function isAccepted<Item>(accept: Accept<Item>, group: Waiting<Item>[]): Promise<boolean> {
  try {
    await accept(group.map(({ item }) => item))
  } catch {
    return false // its reason is the listener's to tell; here it only means: not acknowledged
  }
  for (const { acknowledge } of group) acknowledge()
  return true
}
