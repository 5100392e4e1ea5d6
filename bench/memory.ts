const SAMPLE_MS = 20
const MIB = 1024 * 1024

/** How far this process grows from now on, in MiB: `stop` says it, of the highest of many looks. */
export function watchMemory(): { stop: () => number } {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let peak = before
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const sampling = setInterval(look, SAMPLE_MS)
  return {
    stop: () => {
      clearInterval(sampling)
      look()
      return (peak - before) / MIB
    },
  }
}
