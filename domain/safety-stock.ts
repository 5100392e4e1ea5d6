/** What a store does with a SKU that is at or below its threshold in every warehouse. */
export type StoreRule =
  /** Shows nothing until the SKU comes back. */
  | { action: 'take-down' }
  /** Shows less: a part of what may still be published, by what the store has sold recently. */
  | { action: 'reduce'; by: 'sales' }
  /** Shows less: stores with a lower number choose first, each at most `upToUnits` (null: no limit). */
  | { action: 'reduce'; by: 'priority'; priority: number; upToUnits: number | null }

/** The document of policy kind `safety-stock`. */
export type SafetyStockPolicy = {
  thresholds: {
    /** For a level that has no threshold of its own and no category below. */
    fallbackUnits: number
    unitsByCategory: Record<string, number>
    /** How much of a threshold no store may ever show. At 100 it is all held back: at the threshold every store is empty. */
    heldBackPercent: number
  }
  listings: { fallback: StoreRule; byStore: Record<string, StoreRule> }
  /**
   * How many units less a channel's stores show than they might, by channel: what is sold there between a sale elsewhere
   * and the moment that the platform has heard of it.
   */
  bufferUnitsByChannel: Record<string, number>
  hysteresis: {
    /** What was taken down returns when so many units may be shown again. */
    returnUnits: number
    /** What is shown is raised only by at least so many percent. It is lowered at once, always. */
    raisePercent: number
  }
  /** A store's recent sales are those of so many days. */
  salesWindowDays: number
  /** From here on a shown quantity is cut to two digits (3,556 → 3,500), so that not every sale of a plentiful SKU is sent. */
  exactBelowUnits: number
  /** How long changes of a SKU are gathered before its listings are decided anew. */
  gatherMilliseconds: number
}

/** What holds before any `safety-stock` policy is published: thresholds only where a level has one, all of it held back. */
export const INITIAL_SAFETY_STOCK_POLICY: SafetyStockPolicy = {
  thresholds: { fallbackUnits: 0, unitsByCategory: {}, heldBackPercent: 100 },
  listings: { fallback: { action: 'take-down' }, byStore: {} },
  bufferUnitsByChannel: {},
  hysteresis: { returnUnits: 5, raisePercent: 10 },
  salesWindowDays: 14,
  exactBelowUnits: 100,
  gatherMilliseconds: 1_000,
}

/**
 * The threshold of one SKU in one warehouse, in units: the level's own safety stock, else that of its category, else
 * the policy's default. A level's 0 means that it has none of its own.
 */
export function thresholdOf(
  level: { safetyStock: number; category: string },
  { thresholds }: Pick<SafetyStockPolicy, 'thresholds'>,
): number {
  if (level.safetyStock > 0) return level.safetyStock
  const { fallbackUnits, unitsByCategory } = thresholds
  // Categories are names that people chose; one called "constructor" has no threshold of its own, either.
  return Object.hasOwn(unitsByCategory, level.category)
    ? (unitsByCategory[level.category] ?? fallbackUnits)
    : fallbackUnits
}
