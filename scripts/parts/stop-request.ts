import { print } from './progress.ts'

/**
 * One press of Ctrl-C arrives several times: from the terminal, from npm and from our own entry. What comes
 * within this time counts as one.
 */
const samePressMs = 1_000

/**
 * Calls `stop` on the first request to end (Ctrl-C, SIGTERM, a closed terminal, or the entry being killed) and
 * `force` on a second one. Resolves when stopping is done.
 */
export function onStopRequest(handlers: {
  stop: () => Promise<void>
  force: () => Promise<void>
}): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    let forced = false
    const request = () => {
      const now = Date.now()
      if (firstAt === undefined) {
        firstAt = now
        handlers.stop().then(resolve, (error: unknown) => {
          print(`While stopping: ${error instanceof Error ? error.message : error}`)
          resolve()
        })
      } else if (now - firstAt > samePressMs && !forced) {
        forced = true
        void handlers.force().finally(resolve)
      }
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request)
    // The entry holds the other end: when it is gone, nobody is left who could stop us.
    process.once('disconnect', request)
    process.channel?.unref()
    // Killed before this line was reached; without an entry this is undefined.
    if (process.connected === false) request()
  })
}
