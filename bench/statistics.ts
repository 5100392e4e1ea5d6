/** The value below which `share` of the values lie, by linear interpolation between the two nearest ranks. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = share * (sorted.length - 1)
  const below = sorted[Math.floor(rank)]
  const above = sorted[Math.ceil(rank)]
  if (below === undefined || above === undefined) throw new RangeError('a percentile of nothing')
  return below + (above - below) * (rank - Math.floor(rank))
}

/** The middle value: one disturbed round does not move it. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
