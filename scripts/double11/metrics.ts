/** Samples of one scrape, by name with labels as they are written. */
export type Scrape = ReadonlyMap<string, number>

/** Reads Prometheus text. Lines that are no samples are left out. */
export function parseScrape(text: string): Scrape {
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const match = /^([a-z_]+(?:\{[^}]*\})?) ([0-9.e+-]+)$/.exec(line)
      return match?.[1] ? [[match[1], Number(match[2])]] : []
    }),
  )
}

/** The sum of a counter over all its labels. */
export function total(scrape: Scrape, name: string, has = ''): number {
  let sum = 0
  for (const [key, value] of scrape) {
    if ((key === name || key.startsWith(`${name}{`)) && key.includes(has)) sum += value
  }
  return sum
}

/** The bucket's bound, in ms, below which this share of a histogram lies; null without samples. */
export function quantileMs(scrape: Scrape, name: string, share: number): number | null {
  const buckets = new Map<number, number>()
  for (const [key, value] of scrape) {
    const bound = key.startsWith(`${name}_bucket{`) ? /le="([^"]+)"/.exec(key)?.[1] : undefined
    if (bound === undefined) continue
    const seconds = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
    buckets.set(seconds, (buckets.get(seconds) ?? 0) + value)
  }
  const all = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  if (all === 0) return null
  const [found] = [...buckets].sort(([a], [b]) => a - b).find(([, count]) => count >= share * all) ?? []
  return found === undefined ? null : found * 1000
}
