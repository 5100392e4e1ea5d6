import type { ChangeBody } from '../api/types.ts'

/** Changes that are the same for every order: the others name lines, a payment or an address of one. */
export const BULK_CHANGES = ['cancel', 'gift', 'freight'] as const
type BulkChange = (typeof BULK_CHANGES)[number]

export type BulkDraft = {
  change: BulkChange
  gift: { skuId: string; quantity: number | null }
  freightCents: number | null
}

/** What is asked for of each order; null while something is missing. */
export function bulkChangeOf({ change, gift, freightCents }: BulkDraft): ChangeBody | null {
  switch (change) {
    case 'cancel':
      return { type: 'cancel' }
    case 'gift': {
      const { skuId, quantity } = gift
      return skuId === '' || quantity === null || quantity < 1
        ? null
        : { type: 'gift', lines: [{ skuId, quantity }] }
    }
    case 'freight':
      return freightCents === null ? null : { type: 'price', lines: [], freightCents }
  }
}

/** Numbers of orders as they are pasted into a sheet: the hub's and, beside it, the channel's. */
export function numbersOf(orders: readonly { orderId: string; externalOrderId: string | null }[]): string {
  return orders.map(({ orderId, externalOrderId }) => `${orderId}\t${externalOrderId ?? ''}`).join('\n')
}
