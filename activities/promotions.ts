import type { Db } from '../store/database.ts'
import { advancePromotion, closePromotion } from '../store/promotions.ts'

/** What a promotion's workflow asks of the database. Each is one transaction, and safe to repeat. */
export function createPromotionActivities({ db }: { db: Db }) {
  return {
    advancePromotion: ({ promotionId }: { promotionId: string }) => advancePromotion(db, promotionId),
    closePromotion: (request: Parameters<typeof closePromotion>[1]) => closePromotion(db, request),
  }
}
