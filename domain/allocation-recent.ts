import { type AllocationInput, type FoundPlan, useful } from './allocation.ts'
import type { AllocationPolicy } from './allocation-policy.ts'

/** Enough for every district of the country to ask for the article of the day; about 4 MB. */
const KEPT_PLANS = 4_096
/** Stands in no id. */
const BETWEEN = '\0'

/**
 * Plans that were found lately, by all that they follow from. A plan depends on stock only as far as somebody wants it: that a
 * warehouse has 900 or 899 of something is the same to whoever wants two. So a hot SKU's orders ask the same question
 * again and again, and the answer is looked up instead of found anew.
 */
export class RecentPlans {
  readonly #plans = new Map<string, FoundPlan>()
  readonly #policies = new WeakMap<AllocationPolicy, number>()
  #lastPolicy = 0

  /** The plan that was kept for the same question, or the one that is found now. */
  find(
    input: AllocationInput,
    wanted: ReadonlyMap<string, number>,
    search: () => FoundPlan | null,
  ): FoundPlan | null {
    const question = this.#questionOf(input, wanted)
    const known = this.#plans.get(question)
    if (known) return known
    const found = search()
    if (!found) return null
    const [oldest] = this.#plans.keys()
    if (this.#plans.size >= KEPT_PLANS && oldest !== undefined) this.#plans.delete(oldest)
    this.#plans.set(question, found)
    return found
  }

  #questionOf(
    { place, policy, levels, warehouses, excludedWarehouses = [] }: AllocationInput,
    wanted: ReadonlyMap<string, number>,
  ): string {
    const { divisionCode, region, point, problem } = place
    const parts: (string | number | null | undefined)[] = [
      ...[this.#numberOf(policy), divisionCode, region, problem, point?.longitude, point?.latitude],
      ...excludedWarehouses,
    ]
    for (const [skuId, units] of wanted) parts.push(skuId, units)
    const used = new Set<string>()
    for (const { skuId, warehouseId, available, safetyStock, weightGrams } of levels) {
      const units = wanted.get(skuId)
      if (units === undefined) continue
      used.add(warehouseId)
      parts.push(skuId, warehouseId, weightGrams)
      parts.push(useful(available, units), useful(available - safetyStock, units))
    }
    for (const { warehouseId, region: from, longitude, latitude } of warehouses) {
      if (used.has(warehouseId)) parts.push(warehouseId, from, longitude, latitude)
    }
    return parts.join(BETWEEN)
  }

  #numberOf(policy: AllocationPolicy): number {
    const known = this.#policies.get(policy)
    if (known !== undefined) return known
    this.#lastPolicy += 1
    this.#policies.set(policy, this.#lastPolicy)
    return this.#lastPolicy
  }
}
