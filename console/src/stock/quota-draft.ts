import type { CreatePromotionBody } from '../api/types.ts'
import { momentOf } from './local-moment.ts'

export type QuotaRow = { key: string; skuId: string; channel: Channel; quantity: number | null }
export type Channel = CreatePromotionBody['quotas'][number]['channel']
export type PromotionDraft = {
  name: string
  startsAt: string
  endsAt: string
  stockExpected: boolean
  quotas: readonly QuotaRow[]
}

/** The promotion as the API takes it; null while something is missing, or makes no sense together. */
export function promotionOf(draft: PromotionDraft): CreatePromotionBody | null {
  const [startsAt, endsAt] = [momentOf(draft.startsAt), momentOf(draft.endsAt)]
  const name = draft.name.trim()
  if (startsAt === null || endsAt === null || endsAt <= startsAt || name === '') return null
  const quotas = draft.quotas.flatMap(({ skuId, channel, quantity }) =>
    skuId === '' || quantity === null ? [] : [{ skuId, channel, quantity }],
  )
  const isWhole = quotas.length > 0 && quotas.length === draft.quotas.length
  const isOnce = new Set(quotas.map(({ skuId, channel }) => `${skuId} ${channel}`)).size === quotas.length
  if (!isWhole || !isOnce) return null
  return { name, startsAt, endsAt, quotas, stockExpected: draft.stockExpected }
}
