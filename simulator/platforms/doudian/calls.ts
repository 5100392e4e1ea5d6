import { z } from 'zod'
import { numberOf } from '../json.ts'
import type { Market, MarketOrder } from '../market.ts'
import { COMPANIES } from './companies.ts'
import { afterSalesOf, detailOf, secondsOf } from './orders.ts'

/** A call that was understood, as one shop. */
export type ShopCall = {
  market: Market
  platformShopId: string
  /** Orders are to be shown as they were one change ago. */
  isRegressed: boolean
  /** `param_json`, with numbers beyond 2^53 as text. */
  params: unknown
  /** Results of `request_id`s. */
  done: Map<string, Outcome>
}
/** `data` of the answer, or the platform's refusal. */
export type Outcome = { data: object } | { code: number; subCode: string; subMsg: string }

const PLATFORM = 'doudian'
const MAX_PAGE_SIZE = 100
const MAX_FOUND = 50_000
const id = z.union([z.string(), z.number()]).transform(String)

const refused = (code: number, subCode: string, subMsg: string): Outcome => ({ code, subCode, subMsg })
const noSuchOrder = refused(40004, 'isv.parameter-invalid:60033', '未查询到此订单')
const badParams = refused(40004, 'isv.parameter-invalid:10001', '参数错误')

/** The methods that the platform has. */
export const METHODS: Readonly<Record<string, (call: ShopCall) => Outcome>> = {
  'order.orderDetail': understood(z.strictObject({ shop_order_id: z.string() }), (call, params) => {
    const order = orderOf(call, params.shop_order_id)
    if (!order) return noSuchOrder
    const shown = call.isRegressed ? (call.market.findPrevious(PLATFORM, order.orderId) ?? order) : order
    return { data: { shop_order_detail: detailOf(shown) } }
  }),
  'order.searchList': understood(
    z.strictObject({
      page: z.int().min(0),
      size: z.int().min(1).max(MAX_PAGE_SIZE),
      update_time_start: z.int(),
      update_time_end: z.int(),
      order_by: z.enum(['create_time', 'update_time']).optional(),
      order_asc: z.boolean().optional(),
    }),
    searchList,
  ),
  'afterSale.List': understood(
    z.strictObject({
      order_id: z.string().min(1),
      page: z.int().min(0),
      size: z.int().min(1).max(MAX_PAGE_SIZE),
    }),
    (call, { order_id: orderId, page, size }) => {
      const order = orderOf(call, orderId)
      const found = order ? afterSalesOf(order) : []
      const items = found.slice(page * size, page * size + size)
      const hasMore = (page + 1) * size < found.length
      return { data: { items, has_more: hasMore, total: found.length, page, size: items.length } }
    },
  ),
  'order.logisticsAdd': understood(
    z.strictObject({
      order_id: z.string(),
      company_code: z.string().min(1),
      logistics_code: z.string().min(1),
      is_refund_reject: z.boolean(),
    }),
    (call, params) => shipped(call, params.order_id, [], params, ''),
  ),
  'order.logisticsAddMultiPack': understood(
    z.strictObject({
      order_id: z.string(),
      request_id: z.uuid(),
      pack_list: z
        .array(
          z.strictObject({
            company_code: z.string().min(1),
            logistics_code: z.string().min(1),
            shipped_order_info: z
              .array(z.strictObject({ shipped_order_id: z.string(), shipped_num: z.int().min(1) }))
              .min(1),
          }),
        )
        .min(1)
        .max(20),
    }),
    (call, params) => {
      const before = call.done.get(params.request_id)
      if (before) return before
      let outcome: Outcome = badParams
      for (const pack of params.pack_list) {
        const lineIds = pack.shipped_order_info.map((info) => info.shipped_order_id)
        outcome = shipped(call, params.order_id, lineIds, pack, params.request_id)
        if ('code' in outcome) return outcome
      }
      call.done.set(params.request_id, outcome)
      return outcome
    },
  ),
  'sku.syncStock': understood(
    z.strictObject({
      product_id: id,
      sku_id: id,
      stock_num: z.int().min(0).max(100_000_000),
      incremental: z.literal(false),
    }),
    (call, params) => {
      call.market.publish(PLATFORM, call.platformShopId, params.sku_id, params.stock_num)
      return { data: {} }
    },
  ),
}

function understood<Params>(
  schema: z.ZodType<Params>,
  perform: (call: ShopCall, params: Params) => Outcome,
): (call: ShopCall) => Outcome {
  return (call) => {
    const params = schema.safeParse(call.params)
    return params.success ? perform(call, params.data) : badParams
  }
}

function orderOf({ market, platformShopId }: ShopCall, orderId: string): MarketOrder | undefined {
  const order = market.find(PLATFORM, orderId)
  return order?.platformShopId === platformShopId ? order : undefined
}

function searchList(
  { market, platformShopId }: ShopCall,
  params: {
    page: number
    size: number
    update_time_start: number
    update_time_end: number
    order_asc?: boolean | undefined
  },
): Outcome {
  const found = market.changedBetween(
    PLATFORM,
    platformShopId,
    params.update_time_start * 1000,
    params.update_time_end * 1000 + 1_000,
  )
  if (!params.order_asc) found.reverse()
  const { page, size } = params
  if (page * size >= MAX_FOUND) return badParams
  const shown = found.slice(page * size, page * size + size).map((order) => ({
    order_id: order.orderId,
    shop_id: numberOf(platformShopId),
    update_time: secondsOf(order.modifiedAtMs),
  }))
  return { data: { page, size, total: found.length, shop_order_list: shown } }
}

function shipped(
  call: ShopCall,
  orderId: string,
  lineIds: string[],
  parcel: { company_code: string; logistics_code: string },
  operationId: string,
): Outcome {
  const order = orderOf(call, orderId)
  if (!order) return noSuchOrder
  const isOfOrder = lineIds.every((lineId) => order.lines.some((line) => line.lineId === lineId))
  if (!isOfOrder) return refused(40004, 'isv.parameter-invalid:60016', '商品单单号为空或者格式错误')
  if (order.lines.some((line) => line.refund === 'open')) {
    return refused(50002, 'isv.business-failed:60040', '发货订单中有退款申请需要处理，请先处理')
  }
  const courier = COMPANIES[parcel.company_code]
  if (!courier) return refused(40004, 'isv.parameter-invalid:60018', '暂不支持该物流公司或物流商已失效')
  const outcome = call.market.ship(PLATFORM, orderId, {
    courier,
    waybillNumber: parcel.logistics_code,
    lineIds,
    operationId,
  })
  return outcome === 'shipped'
    ? { data: { pack_id: '1' } }
    : refused(50002, 'isv.business-failed:60021', '该订单的订单状态不允许发货')
}
