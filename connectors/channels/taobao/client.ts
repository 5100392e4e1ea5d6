import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { parseLossless } from '../../lossless-json.ts'
import { RefusedError } from '../../outside-errors.ts'
import { readBy, understood } from '../answer.ts'
import type { ChannelClient, ChannelShipment, Credentials, ShopAccount } from '../channel.ts'
import { taobaoAccount } from './account.ts'
import { companyCodeOf } from './carriers.ts'
import { createTopCall, type TopCall, TopRefusedError } from './gateway.ts'
import { channelOrderOf, type TopTrade, TRADE_FIELDS, topTrade } from './map.ts'
import { changedTrades } from './pull.ts'
import { withTradeRefunds } from './refunds.ts'

const UNKNOWN_TRADE = 'isv.trade-not-exist'
/** `B04`: the trade's state does not allow it; `B27`: it was sent before. Which of the two it is, the trade tells. */
const MAYBE_SENT_BEFORE = /^isv\.logistics-(online|offline)-service-error:B(04|27)$/

/** The calls of one shop at Taobao or Tmall, over TOP. */
export function createTaobaoClient(shop: ShopAccount, now?: () => Date): ChannelClient {
  const account = taobaoAccount(shop)
  const call = createTopCall(account, now)
  return {
    fetchOrder: async (platformOrderId) => {
      const found = await fetchTrade(call, platformOrderId)
      return found && { order: await withTradeRefunds(call, found.order, found.trade), raw: found.raw }
    },
    changedOrders: (window) => changedTrades(call, window),
    ship: (shipment) => ship(call, shipment),
    publishQuantity: async ({ platformItemId, platformSkuId, quantity }) => {
      // An item without SKUs goes by its own id, and its quantity has a parameter of its own.
      const hasSkus = platformSkuId !== '' && platformSkuId !== platformItemId
      await call('taobao.skus.quantity.update', {
        num_iid: platformItemId,
        ...(hasSkus ? { skuid_quantities: `${platformSkuId}:${quantity}` } : { quantity: String(quantity) }),
        type: '1',
      })
    },
    refreshToken:
      account.refreshToken === '' ? null : () => refreshToken(call, shop.credentials, account.refreshToken),
  }
}

const fullInfo = z.looseObject({ trade: topTrade.optional() })

async function fetchTrade(
  call: TopCall,
  tid: string,
): Promise<{ order: ChannelOrder; trade: TopTrade; raw: string } | null> {
  const method = 'taobao.trade.fullinfo.get'
  try {
    const { body, raw } = await call(method, { fields: TRADE_FIELDS, tid, include_oaid: 'true' })
    const { trade } = understood(method, fullInfo, body)
    return trade ? { order: channelOrderOf(trade), trade, raw } : null
  } catch (error) {
    if (error instanceof TopRefusedError && error.subCode === UNKNOWN_TRADE) return null
    throw error
  }
}

const sent = z.looseObject({ shipping: z.looseObject({ is_success: z.literal(true) }) })

/** A line is sent whole or not at all: the platform splits trades by lines, not lines by units. */
async function ship(call: TopCall, shipment: ChannelShipment): Promise<'shipped' | 'already_shipped'> {
  const { courier, platformOrderId: tid, waybillNumber, lines } = shipment
  const company = companyCodeOf(courier)
  if (company === undefined) throw new RefusedError(0, `the platform has no code for the courier ${courier}`)
  const oids = lines.map((line) => line.platformLineId)
  const method = 'taobao.logistics.online.send'
  try {
    const { body } = await call(method, {
      tid,
      out_sid: waybillNumber,
      company_code: company,
      ...(oids.length > 0 ? { is_split: '1', sub_tid: oids.join(',') } : {}),
    })
    understood(method, sent, body)
    return 'shipped'
  } catch (error) {
    if (!(error instanceof TopRefusedError) || !MAYBE_SENT_BEFORE.test(error.subCode)) throw error
    if (await knows(call, shipment)) return 'already_shipped'
    throw error
  }
}

/** Whether the platform knows the waybill on every line in the parcel, or of every line that the order has. */
async function knows(
  call: TopCall,
  { platformOrderId, waybillNumber, lines }: ChannelShipment,
): Promise<boolean> {
  const known = await fetchTrade(call, platformOrderId)
  if (!known) return false
  const sentWithIt = new Set(
    known.order.waybills
      .filter((waybill) => waybill.waybillNumber === waybillNumber)
      .flatMap((waybill) => waybill.platformLineIds),
  )
  const meant =
    lines.length > 0
      ? lines
      : known.order.lines.filter((line) => line.refund !== 'done' || sentWithIt.has(line.platformLineId))
  return meant.length > 0 && meant.every(({ platformLineId }) => sentWithIt.has(platformLineId))
}

const tokens = z.looseObject({ access_token: z.string().min(1), refresh_token: z.string().optional() })
/** A JSON text within the JSON. */
const refreshed = z.looseObject({ token_result: readBy(parseLossless).pipe(tokens) })

/** `taobao.top.auth.token.refresh`, which only apps of the service market may call. Signed by the app, without a session. */
async function refreshToken(call: TopCall, credentials: Credentials, token: string): Promise<Credentials> {
  const method = 'taobao.top.auth.token.refresh'
  const { body } = await call(method, { refresh_token: token }, { withSession: false })
  const { token_result: result } = understood(method, refreshed, body)
  return {
    ...credentials,
    accessToken: result.access_token,
    refreshToken: result.refresh_token ?? token,
  }
}
