import { searchOf, words } from '../components/search-schema.ts'

/** The articles that are watched, by their numbers, with commas; none: those that are closest to their end. */
export const wallSearch = searchOf(() => ({ skus: words }))

/** As many as are read from five metres. */
export const MOST_SKUS = 10

export function chosenSkus(skus: string | undefined): string[] {
  const all = (skus ?? '').split(',').map((skuId) => skuId.trim())
  return [...new Set(all.filter((skuId) => skuId !== ''))].slice(0, MOST_SKUS)
}
