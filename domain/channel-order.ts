/**
 * An order as a channel's platform tells it, in the hub's words. Every connector translates into this; nothing behind
 * the connectors knows a platform's own fields.
 */

/** The name of a platform: which there are, `connectors/channels/registry.ts` says, and nothing else. */
export type Platform = string

/** Where an order stands on its platform. */
export const CHANNEL_ORDER_STATUSES = [
  'unpaid',
  'paid',
  'part_shipped',
  'shipped',
  'delivered',
  'completed',
  /** Closed before any money was paid, or with all money given back. */
  'closed',
] as const
export type ChannelOrderStatus = (typeof CHANNEL_ORDER_STATUSES)[number]

export type ChannelOrderLine = {
  /** The platform's id of the line (oid, sku_order_id); the order's own id where lines have none. */
  platformLineId: string
  platformSkuId: string
  /** What the merchant wrote into the platform's field for its own code, if anything. */
  outerSkuId: string | null
  title: string
  quantity: number
  /** What the buyer owes for the whole line, after discounts, in cents. */
  amountCents: number
  /** What is asked back of this line: nothing, something that is being decided, or something that went back, mostly all of it. */
  refund: 'none' | 'open' | 'done'
  /** Why, in the platform's words; absent where it does not say that with the order. */
  refundReason?: string
}

/** The buyer's address as the platform gives it: in clear, masked, or as ciphertext that only the platform opens. */
export type ChannelReceiver = {
  name: string
  phone: string
  province: string
  city: string
  district: string
  /** Street and house, without the division. */
  address: string
  /** The platform's ciphertexts by its own names (oaid, encrypt_post_tel …), kept as they are. */
  ciphertext: Record<string, string>
}

export type ChannelWaybill = { courier: string; waybillNumber: string; platformLineIds: string[] }

export type ChannelOrder = {
  platformOrderId: string
  /** Null: the platform says something that the hub does not know; `rawStatus` has it. */
  status: ChannelOrderStatus | null
  rawStatus: string
  /** Times are RFC 3339. `modifiedAt` is the platform's own: of two versions the one with the later is the newer. */
  createdAt: string
  modifiedAt: string
  paidAt: string | null
  /** The buyer pays whoever brings the goods (货到付款); absent otherwise. */
  cashOnDelivery?: boolean | undefined
  /** Until when the platform waits for the money; null where it does not say. */
  payUntil: string | null
  /** Until when the platform expects the goods to be sent; null where it does not say. */
  shipUntil: string | null
  /** The platform's id of the buyer, never a name. */
  buyerId: string | null
  /** The buyer's openid at the merchant's official account (公众号), where the platform says it. */
  officialOpenId?: string
  /** The payment's serial number; null where the platform has none or nothing is paid. */
  paymentId: string | null
  /** What the buyer owes in all, freight included, and what of it is freight. */
  amountCents: number
  freightCents: number
  /** What of it went back so far, in cents; absent where the platform does not tell. */
  refundedCents?: number
  lines: ChannelOrderLine[]
  receiver: ChannelReceiver
  buyerRemark: string
  /** The platform forbids to ship for the moment (risk control, locked, forbidden consignment). */
  shippingForbidden: boolean
  /** What the platform knows as sent. */
  waybills: ChannelWaybill[]
}

/** One SKU of a platform is so many of these. */
export type SkuPart = { skuId: string; quantity: number }

/** Why a channel's order is kept, but not placed. */
export const HELD_REASONS = [
  'unmapped',
  'unknown_address',
  'unknown_status',
  'bad_amounts',
  'bad_order',
] as const
export type HeldReason = (typeof HELD_REASONS)[number]
