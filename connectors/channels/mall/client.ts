import { z } from 'zod'
import { RefusedError } from '../../outside-errors.ts'
import { createMiniProgram, type MiniProgram } from '../../wechat/mini-program.ts'
import { understood } from '../answer.ts'
import type { ChannelClient, ChannelShipment, ShopAccount } from '../channel.ts'
import { callMall } from './gateway.ts'
import { type MallOrder, mallOrder, toChannelOrder } from './map.ts'
import { changedOrders } from './pull.ts'

const NO_SUCH_ORDER = 404

const fetched = z.looseObject({ order: mallOrder })
const shipped = z.looseObject({ outcome: z.enum(['shipped', 'already_shipped']) })

export function createMallClient(shop: ShopAccount): ChannelClient {
  const miniProgram = miniProgramOf(shop)
  return {
    fetchOrder: async (platformOrderId) => {
      const found = await fetchOrder(shop, platformOrderId)
      return found && { order: toChannelOrder(found.order), raw: found.text }
    },
    changedOrders: (window) => changedOrders(shop, window),
    ship: (shipment) => ship(shop, shipment, miniProgram),
    publishQuantity: async ({ platformItemId: itemId, platformSkuId: skuId, quantity }) => {
      await callMall(shop, {
        type: 'quantity.set',
        data: { shopId: shop.platformShopId, itemId, skuId, quantity },
      })
    },
    refreshToken: null,
  }
}

function miniProgramOf({ credentials }: ShopAccount): MiniProgram | null {
  const { wechatAppId = '', wechatAppSecret = '', wechatGatewayUrl = '' } = credentials
  if (wechatAppId === '') return null
  return createMiniProgram({
    gatewayUrl: wechatGatewayUrl,
    appId: wechatAppId,
    appSecret: wechatAppSecret,
  })
}

async function fetchOrder(
  shop: ShopAccount,
  orderId: string,
): Promise<{ order: MallOrder; text: string } | null> {
  const type = 'order.fetch'
  try {
    const { body, text } = await callMall(shop, { type, data: { shopId: shop.platformShopId, orderId } })
    return { order: understood(type, fetched, body).order, text }
  } catch (error) {
    if (error instanceof RefusedError && error.status === NO_SUCH_ORDER) return null
    throw error
  }
}

/**
 * Tells the mall, then WeChat where the payment came through its mini-program: it keeps the money until it has heard. Each of
 * the two may be told again.
 */
async function ship(
  shop: ShopAccount,
  shipment: ChannelShipment,
  miniProgram: MiniProgram | null,
): Promise<'shipped' | 'already_shipped'> {
  const type = 'shipment.create'
  const { platformOrderId: orderId, courier, waybillNumber, lines, operationId } = shipment
  const { body } = await callMall(shop, {
    type,
    operationId,
    data: {
      shopId: shop.platformShopId,
      orderId,
      courier,
      waybillNumber,
      lines: lines.map(({ platformLineId: lineId, quantity }) => ({ lineId, quantity })),
    },
  })
  const { outcome } = understood(type, shipped, body)
  if (miniProgram) await tellWechat(shop, shipment, miniProgram)
  return outcome
}

async function tellWechat(
  shop: ShopAccount,
  { platformOrderId, courier, waybillNumber, lines }: ChannelShipment,
  miniProgram: MiniProgram,
): Promise<void> {
  const order = (await fetchOrder(shop, platformOrderId))?.order
  // Paid in another way: WeChat keeps nothing back.
  if (!order?.wechat) return
  const sentIds = new Set(order.shipments.flatMap(({ lineIds }) => lineIds))
  const inParcel = new Set(lines.map(({ platformLineId }) => platformLineId))
  const titles = order.lines.filter(({ lineId }) => lines.length === 0 || inParcel.has(lineId))
  await miniProgram.uploadShippingInfo({
    transactionId: order.wechat.transactionId,
    openId: order.wechat.openId,
    courier,
    waybillNumber,
    description: titles.map(({ title, quantity }) => `${title}×${quantity}`).join('；'),
    receiverPhone: order.receiver.phone,
    part: lines.length === 0 ? null : { isLast: order.lines.every(({ lineId }) => sentIds.has(lineId)) },
  })
}
