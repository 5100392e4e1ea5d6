import { v5 as uuidOf } from 'uuid'
import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { RefusedError } from '../../outside-errors.ts'
import { understood } from '../answer.ts'
import type { ChannelClient, ChannelShipment, Credentials, ShopAccount } from '../channel.ts'
import { companyCodeOf } from './couriers.ts'
import { callGateway, DoudianRefusal } from './gateway.ts'
import { doudianOrder } from './map.ts'
import { changedOrders } from './pull.ts'
import { withAfterSales } from './refunds.ts'

/** Makes a `request_id`, which must be a UUID, of an operation's id. */
const REQUEST_IDS = '5f0a7f0e-3c0c-4b7a-9d6e-0f6f2d1f7c1a'
/** Codes of `order.orderDetail` for an order that is not there or not of this shop. */
const NO_SUCH_ORDER = /:(60033|100009|11005|4000|20004)$/

const detailAnswer = z.looseObject({ shop_order_detail: doudianOrder.nullish() })
const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
})

export function createDoudianClient(shop: ShopAccount): ChannelClient {
  return {
    fetchOrder: async (platformOrderId) => {
      const found = await fetchOrder(shop, platformOrderId)
      return found && { ...found, order: await withAfterSales(shop, found.order) }
    },
    changedOrders: (window) => changedOrders(shop, window),
    ship: (shipment) => ship(shop, shipment),
    publishQuantity: (listing) => publishQuantity(shop, listing),
    refreshToken: () => refreshToken(shop),
  }
}

async function fetchOrder(
  shop: ShopAccount,
  platformOrderId: string,
): Promise<{ order: ChannelOrder; raw: string } | null> {
  const method = 'order.orderDetail'
  try {
    const { data, text } = await callGateway(shop, { method, params: { shop_order_id: platformOrderId } })
    const detail = understood(method, detailAnswer, data).shop_order_detail
    return detail ? { order: detail, raw: text } : null
  } catch (error) {
    if (error instanceof DoudianRefusal && NO_SUCH_ORDER.test(error.subCode)) return null
    throw error
  }
}

/** A refused shipment that the platform shows already was made by an earlier attempt whose answer was lost. */
async function ship(shop: ShopAccount, shipment: ChannelShipment): Promise<'shipped' | 'already_shipped'> {
  try {
    await callGateway(shop, shipment.lines.length === 0 ? wholeOrder(shipment) : parcelOf(shipment))
    return 'shipped'
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const known = await fetchOrder(shop, shipment.platformOrderId)
    const isKnown = known?.order.waybills.some((entry) => entry.waybillNumber === shipment.waybillNumber)
    if (isKnown) return 'already_shipped'
    throw error
  }
}

function wholeOrder({ platformOrderId, courier, waybillNumber }: ChannelShipment) {
  return {
    method: 'order.logisticsAdd',
    params: {
      order_id: platformOrderId,
      company_code: companyCodeOf(courier),
      logistics_code: waybillNumber,
      is_refund_reject: false,
    },
  }
}

/** Some of the order's lines. The same `request_id` again is answered with the first result. */
function parcelOf({ platformOrderId, courier, waybillNumber, lines, operationId }: ChannelShipment) {
  return {
    method: 'order.logisticsAddMultiPack',
    params: {
      order_id: platformOrderId,
      request_id: uuidOf(operationId, REQUEST_IDS),
      pack_list: [
        {
          company_code: companyCodeOf(courier),
          logistics_code: waybillNumber,
          shipped_order_info: lines.map(({ platformLineId, quantity }) => ({
            shipped_order_id: platformLineId,
            shipped_num: quantity,
          })),
        },
      ],
    },
  }
}

async function publishQuantity(
  shop: ShopAccount,
  listing: { platformItemId: string; platformSkuId: string; quantity: number },
): Promise<void> {
  await callGateway(shop, {
    method: 'sku.syncStock',
    params: {
      product_id: idOf(listing.platformItemId),
      sku_id: idOf(listing.platformSkuId),
      stock_num: listing.quantity,
      incremental: false,
    },
  })
}

/** The platform's ids are numbers beyond 2^53; what is none is left for it to refuse. */
function idOf(id: string): bigint | string {
  return /^[1-9]\d{0,18}$/.test(id) ? BigInt(id) : id
}

/** With the refresh token while it lives, else anew: a self-built app may ask for its own shop at any time. */
async function refreshToken(shop: ShopAccount): Promise<Credentials> {
  const { refreshToken: token = '' } = shop.credentials
  if (token === '') return createToken(shop)
  try {
    return await tokenCall(shop, 'token.refresh', { grant_type: 'refresh_token', refresh_token: token })
  } catch (error) {
    if (error instanceof DoudianRefusal && error.subCode.startsWith('dop.token-generate-failed')) {
      return createToken(shop)
    }
    throw error
  }
}

function createToken(shop: ShopAccount): Promise<Credentials> {
  return tokenCall(shop, 'token.create', {
    grant_type: 'authorization_self',
    code: '',
    shop_id: shop.platformShopId,
  })
}

async function tokenCall(
  shop: ShopAccount,
  method: string,
  params: Record<string, string>,
): Promise<Credentials> {
  const { data } = await callGateway(shop, { method, params, hasToken: false })
  const answer = understood(method, tokenAnswer, data)
  return { ...shop.credentials, accessToken: answer.access_token, refreshToken: answer.refresh_token }
}
