import type { Erp } from '../connectors/erp/erp.ts'
import { RateLimitedError, UnreachableError } from '../connectors/outside-errors.ts'
import { erpPurchaseKey } from '../domain/erp-purchase.ts'
import type { Db } from '../store/database.ts'
import {
  claimDuePurchase,
  type DuePurchase,
  raiseOverdue,
  type SendingResult,
  settleSending,
} from '../store/purchase-sending.ts'

/** Lists that one turn tells of; the next turn is a minute away. */
const LISTS_A_TURN = 50

/** Telling the ERP of purchases, and people of those that are late. Both are safe to repeat. */
export function createPurchaseActivities({ db, erp }: { db: Db; erp: Erp | null }) {
  return {
    /** Tells the ERP of each list that is due. One that it cannot be told of now keeps for later and costs no other its turn. */
    sendPurchases: async (): Promise<{ sent: number }> => {
      if (!erp) return { sent: 0 }
      let sent = 0
      for (let count = 0; count < LISTS_A_TURN; count += 1) {
        const due = await claimDuePurchase(db)
        if (!due) break
        const result = await tell(erp, due)
        await settleSending(db, due, result)
        if (result.state === 'sent') sent += 1
      }
      return { sent }
    },

    raiseOverduePurchases: async (): Promise<{ raised: number }> => ({ raised: await raiseOverdue(db) }),
  }
}

/** The ERP is asked first whether it has the list: an earlier try may have been cut off after its effect. */
async function tell(erp: Erp, { purchase }: DuePurchase): Promise<SendingResult> {
  const call = { idempotencyKey: erpPurchaseKey(purchase) }
  try {
    const known = await erp.findPurchase(call)
    if (known) return { state: 'sent', reference: known.reference }
    const answer = await erp.placePurchase(purchase, call)
    if (answer.ok) return { state: 'sent', reference: answer.reference }
    return { state: 'refused', error: `${answer.refused.code}: ${answer.refused.text}` }
  } catch (error) {
    if (error instanceof RateLimitedError)
      return { state: 'later', error: error.message, afterSeconds: Math.ceil(error.retryAfterMs / 1_000) }
    if (error instanceof UnreachableError) return { state: 'later', error: error.message }
    throw error
  }
}
