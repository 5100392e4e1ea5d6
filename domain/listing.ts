import type { SafetyStockPolicy, StoreRule } from './safety-stock.ts'

/** One SKU in one warehouse: what may still be sold (total − shipped − reserved), and where it counts as low. */
export type PublishableLevel = { available: number; threshold: number }

/** Units of running promotions that only stores of this channel may sell, and so show. They are held, not available. */
export type ChannelQuota = { channel: string; units: number }

/** One store's listing of the SKU as it stands. */
export type CurrentListing = {
  storeId: string
  channel: string
  /** False: a person took it down, or store or SKU are out of business. */
  isActive: boolean
  /** Units sold lately; the weight of the store when units are divided. */
  recentSales: number
  /** What the store should show by the last decision; null: nothing was decided yet. */
  quantity: number | null
  /** Why it shows nothing, if so; what a person took down does not wait for hysteresis afterwards. */
  wasInactive: boolean
  /**
   * The most that the store may be showing: what it has confirmed, and everything that was sent since. 0 for a store
   * that the hub does not reach.
   */
  mayShow: number
}

export const LISTING_REASONS = [
  'published',
  'low',
  'no-share',
  'waiting-for-return',
  'waiting-for-others',
  'inactive',
] as const
/**
 * `published`: its full share; `low`: every warehouse is at or below its threshold and this store's rule leaves it
 * nothing; `no-share`: there are fewer units than stores; `waiting-for-return`: it was taken down and not enough has
 * come back yet; `waiting-for-others`: its share is shown elsewhere until that store confirms less; `inactive`.
 */
export type ListingReason = (typeof LISTING_REASONS)[number]

export type ListingDecision = { storeId: string; quantity: number; reason: ListingReason }
export type ListingPlan = {
  /** Units above the thresholds: every store may show its share of them. */
  above: number
  /** Units at or below the thresholds that are not held back: for stores that show less instead of nothing. */
  below: number
  /** Units of promotion quotas, for stores of their channels. */
  promised: number
  decisions: ListingDecision[]
}

/**
 * What every store that lists one SKU should show.
 *
 * Never more in total than may be published: the shown quantities sum to at most `above + below + promised`, which is
 * what is available in all warehouses less the part of each threshold that is held back, and what promotions hold for
 * the stores' channels. And no decision raises one store
 * before the others are known to show less: counting for each store the most that it may be showing, a decision with
 * a raise in it leaves that sum at or below the same bound.
 *
 * The order of `listings` does not matter. Decisions come back in the order of the stores' ids.
 */
export function planListings(
  levels: readonly PublishableLevel[],
  listings: readonly CurrentListing[],
  policy: SafetyStockPolicy,
  quotas: readonly ChannelQuota[] = [],
): ListingPlan {
  const stores = listings
    .map((listing) => ({ ...listing, rule: ruleOf(listing.storeId, policy) }))
    .sort((a, b) => (a.storeId < b.storeId ? -1 : 1))
  const active = stores.filter((store) => store.isActive)
  // A quota of a channel without a store here is nobody's to show.
  const usable = quotas.filter(({ channel }) => active.some((store) => store.channel === channel))
  const pools = { ...publishable(levels, policy), promised: sum(usable.map((quota) => quota.units)) }
  const targets = shareOut(pools, active, usable, policy)
  const wanted = stores.map((store) => ({ store, target: targets.get(store.storeId) ?? 0 }))
  const { above, below, promised } = pools
  return { above, below, promised, decisions: settle(pools, wanted, policy) }
}

type Pools = { above: number; below: number; promised: number; returnAt: number }
type Store = CurrentListing & { rule: StoreRule }

function ruleOf(storeId: string, policy: SafetyStockPolicy): StoreRule {
  const { fallback, byStore } = policy.listings
  return Object.hasOwn(byStore, storeId) ? (byStore[storeId] ?? fallback) : fallback
}

function publishable(
  levels: readonly PublishableLevel[],
  policy: SafetyStockPolicy,
): Omit<Pools, 'promised'> {
  let above = 0
  let below = 0
  for (const { available, threshold } of levels) {
    const free = Math.max(0, available)
    const heldBack = Math.ceil((threshold * policy.thresholds.heldBackPercent) / 100)
    above += Math.max(0, free - threshold)
    below += Math.max(0, Math.min(free, threshold) - heldBack)
  }
  return { above, below, returnAt: Math.max(1, policy.hysteresis.returnUnits) }
}

/** Whether a listing that was taken down has to wait until more has come back, so that it does not flap. */
function mustWait({ quantity, wasInactive, rule }: Store, { above, below, returnAt }: Pools): boolean {
  if (quantity !== 0 || wasInactive) return false
  const forThisStore = rule.action === 'take-down' ? above : above + below
  return forThisStore < returnAt
}

/** Each store's share by its id. Shares sum to at most what there is. */
function shareOut(
  pools: Pools,
  active: Store[],
  quotas: readonly ChannelQuota[],
  policy: SafetyStockPolicy,
): Map<string, number> {
  const shares = new Map<string, number>()
  const give = (store: Store, units: number) => {
    shares.set(store.storeId, (shares.get(store.storeId) ?? 0) + units)
  }
  for (const { channel, units } of quotas) {
    divide(
      units,
      active.filter((store) => store.channel === channel),
      give,
    )
  }
  const stores = active.filter((store) => !mustWait(store, pools))
  divide(pools.above, stores, give)
  let rest = pools.below
  const byPriority = stores
    .flatMap((store) =>
      store.rule.action === 'reduce' && store.rule.by === 'priority' ? [{ store, ...store.rule }] : [],
    )
    .sort((a, b) => a.priority - b.priority)
  for (const { store, upToUnits } of byPriority) {
    const units = Math.min(rest, upToUnits ?? rest)
    give(store, units)
    rest -= units
  }
  divide(
    rest,
    stores.filter(({ rule }) => rule.action === 'reduce' && rule.by === 'sales'),
    give,
  )
  for (const store of active) {
    const buffer = policy.bufferUnitsByChannel[store.channel] ?? 0
    const units = Math.max(0, (shares.get(store.storeId) ?? 0) - buffer)
    shares.set(store.storeId, roundDown(units, policy.exactBelowUnits))
  }
  return shares
}

/**
 * Divides units in proportion to recent sales (plus one, so that a new store shows something) by the method of the
 * largest remainder. Weights are whole numbers, so that no unit is lost or made by rounding.
 */
function divide(units: number, stores: Store[], give: (store: Store, units: number) => void): void {
  const weights = stores.map((store) => BigInt(store.recentSales + 1))
  const sum = weights.reduce((total, weight) => total + weight, 0n)
  if (sum === 0n) return
  const parts = stores.map((store, index) => {
    const product = BigInt(units) * (weights[index] ?? 0n)
    return { store, whole: Number(product / sum), remainder: product % sum }
  })
  let rest = units - parts.reduce((total, part) => total + part.whole, 0)
  // The sort is stable: of equal remainders the store that comes first by id gets the unit.
  for (const part of parts.toSorted((a, b) =>
    a.remainder === b.remainder ? 0 : a.remainder > b.remainder ? -1 : 1,
  )) {
    if (rest === 0) break
    part.whole += 1
    rest -= 1
  }
  for (const { store, whole } of parts) give(store, whole)
}

/** Cut to its first two digits. */
function roundDown(units: number, exactBelow: number): number {
  if (units < exactBelow || units < 100) return units
  const step = 10 ** (String(units).length - 2)
  return units - (units % step)
}

type Wanted = { store: Store; target: number }

/** Lowers at once; raises only what is worth it and what no other store may still be showing. */
function settle(pools: Pools, wanted: Wanted[], policy: SafetyStockPolicy): ListingDecision[] {
  const lowered = wanted.map(({ store, target }) => Math.min(store.quantity ?? 0, target))
  let free = pools.above + pools.below + pools.promised
  for (const [index, { store }] of wanted.entries()) free -= Math.max(store.mayShow, lowered[index] ?? 0)
  return wanted.map(({ store, target }, index): ListingDecision => {
    const before = lowered[index] ?? 0
    const shown = Math.max(store.mayShow, before)
    const reachable = free < 0 ? before : Math.min(target, shown + free)
    const step = Math.max(1, Math.ceil((before * policy.hysteresis.raisePercent) / 100))
    const quantity = reachable >= before + step ? reachable : before
    free -= Math.max(shown, quantity) - shown
    return { storeId: store.storeId, quantity, reason: reasonFor(pools, store, target, quantity, step) }
  })
}

function reasonFor(
  pools: Pools,
  store: Store,
  target: number,
  quantity: number,
  step: number,
): ListingReason {
  if (!store.isActive) return 'inactive'
  if (target >= quantity + step) return 'waiting-for-others'
  if (target > 0) return 'published'
  if (pools.above === 0) return 'low'
  return mustWait(store, pools) ? 'waiting-for-return' : 'no-share'
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
