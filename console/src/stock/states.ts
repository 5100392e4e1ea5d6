import type { PresaleState } from '../../../domain/presale.ts'
import type { PromotionState } from '../../../domain/promotion.ts'
import type { StockCount } from '../api/types.ts'
import type { Tone } from '../components/tag.tsx'

export const COUNT_STATES = ['draft', 'submitted', 'approved', 'rejected', 'recount'] as const

export const COUNT_TONES: Record<StockCount['state'], Tone> = {
  draft: 'grey',
  submitted: 'orange',
  approved: 'green',
  rejected: 'red',
  recount: 'purple',
}
export const PROMOTION_TONES: Record<PromotionState, Tone> = {
  scheduled: 'blue',
  running: 'green',
  ended: 'grey',
  cancelled: 'grey',
}
export const PRESALE_TONES: Record<PresaleState, Tone> = {
  open: 'green',
  arrived: 'blue',
  closed: 'grey',
}
