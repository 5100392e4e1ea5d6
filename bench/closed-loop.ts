import { once, setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { foreignShare, machineUse } from './cpu-time.ts'
import { percentile } from './statistics.ts'

export type LoopOptions = {
  concurrency: number
  /** Everybody has begun after this time, spread evenly, and the caches are warm. */
  warmUpMs: number
  windowMs: number
  signal: AbortSignal
  /** Called when the window opens and when it closes. */
  sample?: () => number[]
  /** One piece of work that takes longer than this will never end; saying so beats waiting for ever. */
  stuckMs?: number
}

export type LoopResult = {
  perSecond: number
  completed: number
  /** Of a hundred pieces of work, how long the slowest took. */
  p99Ms: number
  /** By how much each sampled number grew over the window, for one completion. */
  growth: number[]
  /** Which share of the machine other programs had during the window; 0 where it is not known. */
  foreign: number
}

const STUCK_MS = 120_000

/**
 * Keeps `concurrency` pieces of work going and counts what completes inside the window. Work under way at its ends
 * counts where it completes, so that neither the start nor the end of a round is measured.
 */
export async function measureClosedLoop(
  work: () => Promise<void>,
  { concurrency, warmUpMs, windowMs, signal, sample = () => [], stuckMs = STUCK_MS }: LoopOptions,
): Promise<LoopResult> {
  let completed = 0
  let durationsMs: number[] = []
  let isOver = false
  const failed = new AbortController()
  const ended = AbortSignal.any([signal, failed.signal])
  setMaxListeners(0, ended) // every caller listens
  /** When each caller began what it is at, if it is at anything. */
  const begunAtMs: (number | null)[] = []
  // One watch for all: a time-out for each piece of work would cost as much as some of them.
  const watch = setInterval(() => {
    if (!begunAtMs.some((atMs) => atMs !== null && performance.now() - atMs > stuckMs)) return
    failed.abort(new Error(`a piece of work did not end within ${stuckMs / 1_000} s`))
  }, stuckMs / 10)
  const caller = async (index: number) => {
    await delay((index / concurrency) * warmUpMs * 0.8, undefined, { signal: ended })
    while (!isOver && !ended.aborted) {
      const startedAtMs = performance.now()
      begunAtMs[index] = startedAtMs
      await work()
      completed += 1
      durationsMs.push(performance.now() - startedAtMs)
    }
    begunAtMs[index] = null
  }
  const callers = Promise.all(Array.from({ length: concurrency }, (_, index) => caller(index)))
  callers.catch((error: unknown) => failed.abort(error))

  const window = async () => {
    await delay(warmUpMs, undefined, { signal: ended })
    durationsMs = []
    const before = { completed, samples: sample(), machine: machineUse(), atMs: performance.now() }
    await delay(windowMs, undefined, { signal: ended })
    const count = completed - before.completed
    if (count === 0)
      throw new Error('nothing was completed in a whole window: the machine is too busy to measure')
    const seconds = (performance.now() - before.atMs) / 1_000
    const growth = sample().map((value, index) => (value - (before.samples[index] ?? 0)) / count)
    const machine = machineUse()
    const foreign = before.machine && machine ? foreignShare(before.machine, machine) : 0
    const p99Ms = percentile(durationsMs, 0.99)
    return { perSecond: count / seconds, completed: count, p99Ms, growth, foreign }
  }
  try {
    const result = await window()
    isOver = true
    await Promise.race([callers, once(failed.signal, 'abort')])
    failed.signal.throwIfAborted()
    return result
  } catch (error) {
    isOver = true
    throw failed.signal.aborted ? failed.signal.reason : error
  } finally {
    clearInterval(watch)
  }
}
