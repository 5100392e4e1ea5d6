const SAMPLE_MS = 20
/** A collection takes some 10 ms: so seldom that what is measured beside it hardly waits. */
const COLLECT_MS = 200
const MIB = 1024 * 1024

/** How far this process grows from now on, in MiB: `stop` says it, of the highest of many looks. */
export function watchMemory(): { stop: () => number } {
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

/**
 * Memory of a process at its most, in MiB. `heapMib`: by how much more was in use right after a collection than before the work,
 * which is what the work keeps, whenever the collector likes to come. `rssMib`: all that the system has given the process.
 */
export type Memory = { heapMib: number; rssMib: number }

/** Both, from now on until `stop`. @throws Error without `--expose-gc` */
export function watchKept(): { stop: () => Memory } {
  const { gc } = globalThis
  if (!gc) throw new Error('what is kept is only known after a collection: start with --expose-gc')
  const inUse = () => {
    gc()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = inUse()
  let peak = before
  const look = () => {
    peak = Math.max(peak, inUse())
  }
  const collecting = setInterval(look, COLLECT_MS)
  return {
    stop: () => {
      clearInterval(collecting)
      look()
      // The system's own highest mark, in KiB: nothing between two looks is missed.
      return { heapMib: (peak - before) / MIB, rssMib: process.resourceUsage().maxRSS / 1024 }
    },
  }
}
