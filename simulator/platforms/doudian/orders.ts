import { createHash } from 'node:crypto'
import { numberOf, writeJson } from '../json.ts'
import { type MarketChange, type MarketOrder, type MarketStatus, reasonOf, refundCentsOf } from '../market.ts'
import { COMPANIES } from './companies.ts'

const STATUSES: Record<MarketStatus, number> = {
  unpaid: 1,
  paid: 2,
  part_shipped: 101,
  shipped: 3,
  received: 5,
  finished: 5,
  closed_unpaid: 4,
  closed_refunded: 4,
}
const PAID_NOT_RELEASED = 105
const TAGS: Record<MarketChange['event'], string> = {
  created: '100',
  paid: '101',
  shipped: '102',
  part_shipped: '108',
  received: '103',
  finished: '103',
  closed: '106',
  changed: '105',
  refund: '200',
}
const SHIP_WITHIN_SECONDS = 48 * 3_600

export const secondsOf = (ms: number | null) => (ms === null ? 0 : Math.floor(ms / 1000))

export function statusOf(order: MarketOrder): number {
  return order.status === 'paid' && order.shippingForbidden ? PAID_NOT_RELEASED : STATUSES[order.status]
}

/** One message of a push. `data` is JSON in a string. */
export function messageOf({ event, order }: MarketChange, number: number): object {
  const tag = TAGS[event]
  const updateTime = secondsOf(order.modifiedAtMs)
  const data = {
    p_id: numberOf(order.orderId),
    s_ids: order.lines.map((line) => numberOf(line.lineId)),
    shop_id: numberOf(order.platformShopId),
    order_status: statusOf(order),
    order_type: 0,
    create_time: secondsOf(order.createdAtMs),
    update_time: updateTime,
  }
  return { tag, msg_id: `${order.orderId}:${tag}:${updateTime}:${number}`, data: writeJson(data) }
}

/** `shop_order_detail`; ids of products are numbers that no double holds. */
export function detailOf(order: MarketOrder): object {
  const { receiver } = order
  return {
    order_id: order.orderId,
    shop_id: numberOf(order.platformShopId),
    order_status: statusOf(order),
    create_time: secondsOf(order.createdAtMs),
    update_time: secondsOf(order.modifiedAtMs),
    pay_time: secondsOf(order.paidAtMs),
    finish_time: secondsOf(order.finishedAtMs),
    order_expire_time: secondsOf(order.payUntilMs - order.createdAtMs),
    exp_ship_time: order.paidAtMs === null ? 0 : secondsOf(order.paidAtMs) + SHIP_WITHIN_SECONDS,
    doudian_open_id: order.buyerId,
    channel_payment_no: order.paymentId ?? '',
    order_amount: order.totalCents,
    pay_amount: order.totalCents,
    post_amount: order.freightCents,
    buyer_words: order.remark,
    mask_post_receiver: masked(receiver.name, 1),
    mask_post_tel: masked(receiver.phone, 3),
    mask_post_addr: { detail: masked(receiver.address, 2) },
    encrypt_post_receiver: sealed(receiver.name),
    encrypt_post_tel: sealed(receiver.phone),
    open_address_id: `#${createHash('sha256').update(JSON.stringify(receiver)).digest('base64')}`,
    post_addr: {
      province: { name: receiver.province },
      city: { name: receiver.city },
      town: { name: receiver.district },
      street: { name: '' },
      encrypt_detail: sealed(receiver.address),
    },
    sku_order_list: order.lines.map((line) => ({
      order_id: line.lineId,
      parent_order_id: order.orderId,
      product_id: numberOf(line.itemId),
      sku_id: numberOf(line.skuId),
      out_sku_id: 0,
      code: line.outerSkuId,
      product_name: line.title,
      item_num: line.quantity,
      origin_amount: line.unitPriceCents,
      pay_amount: line.paidCents,
      after_sale_info: afterSale(line.refund),
    })),
    logistics_info: order.shipments.map((shipment) => ({
      tracking_no: shipment.waybillNumber,
      company: companyOf(shipment.courier),
      ship_time: secondsOf(shipment.atMs),
      product_info: shipment.lineIds.map((lineId) => ({ sku_order_id: lineId })),
    })),
  }
}

/** Of goods that were not sent yet, and that were. */
const ONLY_MONEY_UNSENT = 2
const ONLY_MONEY_SENT = 1

/** What buyers ask back of an order: an after-sales request for each line. */
export function afterSalesOf(order: MarketOrder): object[] {
  return order.lines.flatMap((line, at) => {
    if (line.refund === 'none') return []
    const { after_sale_status: aftersale_status, refund_status } = afterSale(line.refund)
    return [
      {
        aftersale_info: {
          aftersale_id: `${order.modifiedAtMs}${at}`,
          aftersale_type: order.shipments.length > 0 ? ONLY_MONEY_SENT : ONLY_MONEY_UNSENT,
          aftersale_status,
          refund_status,
          related_id: line.lineId,
          apply_time: secondsOf(order.modifiedAtMs),
          update_time: secondsOf(order.modifiedAtMs),
          refund_amount: refundCentsOf(line),
        },
        order_info: {
          shop_order_id: order.orderId,
          related_order_info: [{ sku_order_id: line.lineId, item_num: line.quantity }],
        },
        text_part: { reason_text: reasonOf(line) },
      },
    ]
  })
}

function companyOf(courier: string): string {
  return Object.entries(COMPANIES).find(([, name]) => name === courier)?.[0] ?? courier
}

function afterSale(refund: MarketOrder['lines'][number]['refund']) {
  if (refund === 'none') return { after_sale_status: 0, refund_status: 0 }
  return refund === 'open'
    ? { after_sale_status: 6, refund_status: 1 }
    : { after_sale_status: 12, refund_status: 3 }
}

function masked(text: string, clear: number): string {
  const letters = [...text]
  return letters.map((letter, at) => (at < clear ? letter : '*')).join('')
}

/** Looks like the platform's ciphertext; only the platform can do anything with it. */
function sealed(text: string): string {
  return `##${Buffer.from([...text].reverse().join('')).toString('base64')}##`
}
