import { z } from 'zod'

/** What the hub tells the own mall about one article in one of its stores. */
export const listingChange = z.strictObject({
  storeId: z.string().min(1),
  skuId: z.string().min(1),
  version: z.int().min(1),
  quantity: z.int().min(0),
})
export type ListingChange = z.output<typeof listingChange>

/** An article as the mall shows it, and how often the hub called because of it. */
export type ShelvedListing = ListingChange & {
  /** Since when it shows this. */
  shownAtMs: number
  calls: number
  /** Versions that took effect. */
  changes: number
  /** Calls with an older version than the one shown; they changed nothing. */
  outdated: number
}

/** The shelves of the mall: of each article in each store the highest version that the hub has sent. */
export class Shelf {
  readonly #listings = new Map<string, ShelvedListing>()
  readonly #bodies = new Map<string, string>()

  /** What a call means, before anything is written. */
  judge(key: string, change: ListingChange): 'new' | 'repeated' | 'outdated' | 'conflict' {
    const known = this.#bodies.get(key)
    if (known !== undefined && known !== JSON.stringify(change)) return 'conflict'
    const shown = this.find(change)
    if (!shown || change.version > shown.version) return 'new'
    return change.version === shown.version ? 'repeated' : 'outdated'
  }

  /** Counts a call; a version that is newer than the one shown takes its place. */
  note(key: string, change: ListingChange, isWilling: boolean, atMs: number): void {
    const judgement = this.judge(key, change)
    const name = nameOf(change)
    const before = this.#listings.get(name)
    const calls = (before?.calls ?? 0) + 1
    const outdated = (before?.outdated ?? 0) + (isWilling && judgement === 'outdated' ? 1 : 0)
    if (isWilling) this.#bodies.set(key, JSON.stringify(change))
    if (isWilling && judgement === 'new') {
      this.#listings.set(name, {
        ...change,
        shownAtMs: atMs,
        calls,
        changes: (before?.changes ?? 0) + 1,
        outdated,
      })
    } else if (before) {
      this.#listings.set(name, { ...before, calls, outdated })
    }
  }

  find(place: { storeId: string; skuId: string }): ShelvedListing | undefined {
    return this.#listings.get(nameOf(place))
  }

  list(): ShelvedListing[] {
    return [...this.#listings.values()].map((listing) => ({ ...listing }))
  }
}

function nameOf({ storeId, skuId }: { storeId: string; skuId: string }): string {
  return JSON.stringify([storeId, skuId])
}
