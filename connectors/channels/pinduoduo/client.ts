import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { RefusedError } from '../../outside-errors.ts'
import { understood } from '../answer.ts'
import type { ChannelClient, ChannelShipment, ShopAccount } from '../channel.ts'
import { shipWholeOrder } from '../whole-orders.ts'
import { pinduoduoAccount } from './account.ts'
import { logisticsIdOf } from './carriers.ts'
import { createPopCall, type PopCall, PopRefusedError, refreshTokens } from './gateway.ts'
import { channelOrderOf, popOrder, standingOf } from './map.ts'
import { changedOrders } from './pull.ts'
import { withRequests } from './refunds.ts'

/** The calls of one shop at Pinduoduo, over POP. */
export function createPinduoduoClient(shop: ShopAccount, now?: () => Date): ChannelClient {
  const account = pinduoduoAccount(shop)
  const call = createPopCall(account, now)
  return {
    fetchOrder: async (orderSn) => {
      const found = await fetchOrder(call, orderSn)
      return found && { order: await withRequests(call, found.order, found.standing), raw: found.raw }
    },
    changedOrders: (window) => changedOrders(call, window),
    ship: (shipment) =>
      shipWholeOrder(
        (orderSn) => fetchOrder(call, orderSn),
        shipment,
        () => send(call, shipment),
      ),
    publishQuantity: (listing) => publishQuantity(call, listing),
    refreshToken:
      account.refreshToken === ''
        ? null
        : async () => ({ ...shop.credentials, ...(await refreshTokens(account)) }),
  }
}

const information = z.looseObject({ order_info: popOrder.nullish() })

/** Orders of the last three months; of older ones the platform says that they do not exist. */
async function fetchOrder(
  call: PopCall,
  orderSn: string,
): Promise<{ order: ChannelOrder; standing: ChannelOrder['status']; raw: string } | null> {
  const type = 'pdd.order.information.get'
  try {
    const { body, raw } = await call(type, 'order_info_get_response', { order_sn: orderSn })
    const { order_info: order } = understood(type, information, body)
    return order ? { order: channelOrderOf(order), standing: standingOf(order), raw } : null
  } catch (error) {
    if (error instanceof PopRefusedError && error.mentions(/订单(号|编号)?不存在/)) return null
    throw error
  }
}

const done = z.looseObject({ is_success: z.literal(true) })

async function send(
  call: PopCall,
  { platformOrderId, courier, waybillNumber }: ChannelShipment,
): Promise<void> {
  const company = logisticsIdOf(courier)
  if (company === undefined)
    throw new RefusedError(0, `the platform has no number for the courier ${courier}`)
  const type = 'pdd.logistics.online.send'
  const { body } = await call(type, 'logistics_online_send_response', {
    order_sn: platformOrderId,
    logistics_id: company,
    tracking_number: waybillNumber,
    // The first waybill of the order; 2 would put it in the place of another.
    redelivery_type: '1',
  })
  understood(type, done, body)
}

async function publishQuantity(
  call: PopCall,
  { platformItemId, platformSkuId, quantity }: Parameters<ChannelClient['publishQuantity']>[0],
): Promise<void> {
  const type = 'pdd.goods.quantity.update'
  const hasSkus = platformSkuId !== '' && platformSkuId !== platformItemId
  const { body } = await call(type, 'goods_quantity_update_response', {
    goods_id: platformItemId,
    ...(hasSkus ? { sku_id: platformSkuId } : {}),
    quantity: String(quantity),
    update_type: '1',
  })
  understood(type, done, body)
}
