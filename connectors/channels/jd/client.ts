import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { RefusedError } from '../../outside-errors.ts'
import { optionalText, understood } from '../answer.ts'
import type { ChannelClient, ChannelShipment, ShopAccount } from '../channel.ts'
import { shipWholeOrder } from '../whole-orders.ts'
import { jdAccount } from './account.ts'
import { carrierIdOf } from './carriers.ts'
import { createJosCall, type JosCall, JosRefusedError, refreshTokens } from './gateway.ts'
import { channelOrderOf, type JosOrder, josOrder, ORDER_FIELDS } from './map.ts'
import { changedOrders } from './pull.ts'
import { withServiceBills } from './refunds.ts'

/** The calls of one shop at JD, over JOS. */
export function createJdClient(shop: ShopAccount, now?: () => Date): ChannelClient {
  const account = jdAccount(shop)
  const call = createJosCall(account, now)
  return {
    fetchOrder: async (orderId) => {
      const found = await fetchOrder(call, orderId)
      return found && { order: await withServiceBills(call, found.order, found.known), raw: found.raw }
    },
    changedOrders: (window) => changedOrders(call, window),
    ship: (shipment) =>
      shipWholeOrder(
        (orderId) => fetchOrder(call, orderId),
        shipment,
        () => send(call, shipment),
      ),
    // A SKU's stock is its own; the ware that it belongs to need not be said.
    publishQuantity: async ({ platformSkuId, quantity }) => {
      const method = 'jingdong.ware.stock.sku.set'
      const { body } = await call(method, { skuId: platformSkuId, stockNum: String(quantity) })
      understood(method, stockSet, body)
    },
    refreshToken:
      account.refreshToken === ''
        ? null
        : async () => ({ ...shop.credentials, ...(await refreshTokens(account)) }),
  }
}

/** Whether what was asked for was done; the call itself went well either way. */
const result = z.looseObject({ success: z.boolean(), errorCode: optionalText, chineseErrCode: optionalText })
const stockSet = z.looseObject({ success: z.literal(true) })
const detail = z.looseObject({
  orderDetailInfo: z.looseObject({ apiResult: result.optional(), orderInfo: josOrder.nullish() }),
})

async function fetchOrder(
  call: JosCall,
  orderId: string,
): Promise<{ order: ChannelOrder; known: JosOrder; raw: string } | null> {
  const method = 'jingdong.pop.order.get'
  const { body, raw } = await call(method, { order_id: orderId, optional_fields: ORDER_FIELDS })
  const { apiResult, orderInfo } = understood(method, detail, body).orderDetailInfo
  if (apiResult?.success === false) {
    if (/不存在|未查到|没有查到/.test(apiResult.chineseErrCode)) return null
    throw new JosRefusedError(method, apiResult.errorCode, apiResult.chineseErrCode)
  }
  return orderInfo ? { order: channelOrderOf(orderInfo), known: orderInfo, raw } : null
}

const shipped = z.looseObject({ sopjosshipment_result: result })

async function send(
  call: JosCall,
  { platformOrderId, courier, waybillNumber }: ChannelShipment,
): Promise<void> {
  const carrier = carrierIdOf(courier)
  if (carrier === undefined)
    throw new RefusedError(0, `the platform has no number for the courier ${courier}`)
  const method = 'jingdong.pop.order.shipment'
  // `logiCoprId` is how they spell it.
  const { body } = await call(method, {
    orderId: platformOrderId,
    logiCoprId: carrier,
    logiNo: waybillNumber,
  })
  const { success, errorCode, chineseErrCode } = understood(method, shipped, body).sopjosshipment_result
  if (!success) throw new JosRefusedError(method, errorCode, chineseErrCode)
}
