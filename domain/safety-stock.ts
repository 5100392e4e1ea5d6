/** What a store does with a SKU that is at or below its threshold in every warehouse. */
export type StoreRule =
  /** Shows nothing until the SKU comes back. */
  | { whenLow: 'take-down' }
  /** Shows less: a part of what may still be published, by what the store has sold recently. */
  | { whenLow: 'share-by-sales' }
  /** Shows less: stores with a lower number choose first, each at most `upTo` units (null: no limit). */
  | { whenLow: 'share-by-priority'; priority: number; upTo: number | null }

/** The document of policy kind `safety-stock`. Quantities are units. */
export type SafetyStockPolicy = {
  /** The threshold of a warehouse that has none of its own, where its SKU's category has none either. */
  defaultThreshold: number
  thresholdByCategory: Record<string, number>
  /** How much of a threshold no store may ever show. At 100 it is all held back: at the threshold every store is empty. */
  heldBackPercent: number
  defaultRule: StoreRule
  /** By store id. */
  storeRules: Record<string, StoreRule>
  /** A store's recent sales are those of so many days. */
  salesDays: number
  hysteresis: {
    /** What was taken down returns when so many percent of the largest threshold are free above the thresholds. */
    returnPercent: number
    /** What is shown is raised only by at least so many percent. It is lowered at once, always. */
    raisePercent: number
  }
  /** From here on a shown quantity is cut to two digits (3,556 → 3,500), so that not every sale of a plentiful SKU is sent. */
  exactBelow: number
  /** How long changes of a SKU are gathered before its listings are decided anew. */
  gatherMilliseconds: number
}

/** What holds before any `safety-stock` policy is published: thresholds only where a level has one, all of it held back. */
export const INITIAL_SAFETY_STOCK_POLICY: SafetyStockPolicy = {
  defaultThreshold: 0,
  thresholdByCategory: {},
  heldBackPercent: 100,
  defaultRule: { whenLow: 'take-down' },
  storeRules: {},
  salesDays: 30,
  hysteresis: { returnPercent: 50, raisePercent: 10 },
  exactBelow: 100,
  gatherMilliseconds: 1_000,
}

/**
 * The threshold of one SKU in one warehouse, in units: the level's own safety stock, else that of its category, else
 * the policy's default. A level's 0 means that it has none of its own.
 */
export function thresholdOf(
  level: { safetyStock: number; category: string },
  policy: Pick<SafetyStockPolicy, 'defaultThreshold' | 'thresholdByCategory'>,
): number {
  if (level.safetyStock > 0) return level.safetyStock
  // Categories are names that people chose; one called "constructor" has no threshold of its own, either.
  return Object.hasOwn(policy.thresholdByCategory, level.category)
    ? (policy.thresholdByCategory[level.category] ?? policy.defaultThreshold)
    : policy.defaultThreshold
}
