/** The patterns that stand for several types each: `order.*` for all that begin with `order.`. In the order of the types. */
export function groupsOf(types: readonly { type: string }[]): string[] {
  const counts = new Map<string, number>()
  for (const { type } of types) {
    const pattern = `${type.split('.')[0]}.*`
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > 1).map(([pattern]) => pattern)
}
