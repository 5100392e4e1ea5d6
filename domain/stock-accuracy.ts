/** What one approved count says about the books. Units are sums over its lines. */
export type CountResult = {
  lines: number
  /** Lines whose counted quantity is the one in the books. */
  exactLines: number
  bookUnits: number
  /** Units in the books that were not there. */
  missingUnits: number
  /** Units that were there and not in the books. */
  surplusUnits: number
}

export type StockAccuracy = CountResult & {
  counts: number
  /** Share of the lines that were exact, from 0 to 1; null without lines. */
  lineAccuracy: number | null
  /** 1 less the share of units that were wrong; null without units. Missing and surplus units do not cancel out. */
  unitAccuracy: number | null
}

/** How well the books agreed with what was counted. */
export function stockAccuracy(counts: readonly CountResult[]): StockAccuracy {
  const sum = (figure: keyof CountResult) => counts.reduce((total, count) => total + count[figure], 0)
  const [lines, exactLines, bookUnits] = [sum('lines'), sum('exactLines'), sum('bookUnits')]
  const [missingUnits, surplusUnits] = [sum('missingUnits'), sum('surplusUnits')]
  // Of each line whichever is larger, so that a warehouse that holds ten times what its books say is not accurate either.
  const units = bookUnits + surplusUnits
  return {
    counts: counts.length,
    ...{ lines, exactLines, bookUnits, missingUnits, surplusUnits },
    lineAccuracy: lines === 0 ? null : exactLines / lines,
    unitAccuracy: units === 0 ? null : 1 - (missingUnits + surplusUnits) / units,
  }
}
