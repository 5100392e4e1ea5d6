import { z } from 'zod'
import {
  type ListingConfirmation,
  type ListingMessage,
  listingConfirmation,
} from '../../contracts/listings.ts'
import { UnreachableError } from '../outside-errors.ts'
import type { OutsideHttp } from '../outside-http.ts'

export type MallGateway = {
  /**
   * Tells the mall what one of its stores should show of a SKU, and hears what it shows now. The mall keeps the highest
   * version that it has seen: a repetition, or a version that comes late, changes nothing there.
   */
  showListing: (change: ListingMessage & { operationId: string }) => Promise<ListingConfirmation>
}

const answer = listingConfirmation.extend({ storeId: z.string(), skuId: z.string() })

/** `POST /mall/listings {storeId, skuId, version, quantity}` → `{storeId, skuId, version, quantity, at}`. */
export function createMallGateway(http: OutsideHttp): MallGateway {
  return {
    showListing: async ({ operationId, storeId, skuId, version, quantity }) => {
      const answered = await http.request({
        method: 'POST',
        path: '/mall/listings',
        body: { storeId, skuId, version, quantity },
        idempotencyKey: operationId,
      })
      const parsed = answer.safeParse(answered)
      // Not understood is not confirmed: the message may have arrived, and asking again is harmless.
      if (!parsed.success || parsed.data.storeId !== storeId || parsed.data.skuId !== skuId) {
        throw new UnreachableError('the mall’s answer does not say what it shows of this listing')
      }
      return { version: parsed.data.version, quantity: parsed.data.quantity, at: parsed.data.at }
    },
  }
}
