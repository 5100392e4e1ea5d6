import { z } from 'zod'
import { understood } from '../channels/answer.ts'
import { chinaInstant } from '../channels/values.ts'
import { WechatRefusal } from './answer.ts'
import { callWechat } from './call.ts'
import { createWechatToken, type WechatApp } from './token.ts'

/** What WeChat wants to know before it lets go of a payment. */
export type ShippingInfo = {
  transactionId: string
  openId: string
  courier: string
  waybillNumber: string
  /** What is in the parcel; cut to what WeChat takes. */
  description: string
  receiverPhone: string
  /** Null: everything in one parcel. */
  part: { isLast: boolean } | null
}

export type MiniProgram = {
  /**
   * Tells WeChat that a paid order is on its way. That it knows already is a success; it may be told something else once, and
   * refuses after that.
   *
   * @throws UnreachableError, RateLimitedError, WechatRefusal
   */
  uploadShippingInfo: (info: ShippingInfo) => Promise<'uploaded' | 'known'>
}

/** WeChat's code of a courier, by the hub's; one that has none in the table is sent as it is. */
const COMPANIES: Readonly<Record<string, string>> = {
  sf: 'SF',
  yto: 'YTO',
  zto: 'ZTO',
  sto: 'STO',
  yunda: 'YD',
  jd: 'JD',
  ems: 'EMS',
  deppon: 'DBL',
}
const BY_TRANSACTION = 2
const EXPRESS = 1
const ALL_IN_ONE = 1
const IN_PARTS = 2
const MAX_DESCRIPTION = 120
/** Nothing new in it; shipped already; the one change was used up. */
const UNCHANGED = '10060023'
const MAYBE_KNOWN: ReadonlySet<string> = new Set(['10060002', '10060003'])

const known = z.looseObject({
  order: z.looseObject({
    shipping: z
      .looseObject({
        shipping_list: z
          .array(z.looseObject({ tracking_no: z.string().optional() }))
          .nullish()
          .transform((list) => list ?? []),
      })
      .nullish(),
  }),
})

/** https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/business-capabilities/order-shipping/order-shipping.html */
export function createMiniProgram(app: WechatApp, now: () => Date = () => new Date()): MiniProgram {
  const token = createWechatToken(app)
  const isKnown = async ({ transactionId, waybillNumber }: ShippingInfo) => {
    const path = '/wxa/sec/order/get_order'
    const answer = await callWechat(app, token, path, { transaction_id: transactionId })
    const parcels = understood(path, known, answer).order.shipping?.shipping_list ?? []
    return parcels.some((parcel) => parcel.tracking_no === waybillNumber)
  }
  return {
    uploadShippingInfo: async (info) => {
      try {
        await callWechat(app, token, '/wxa/sec/order/upload_shipping_info', bodyOf(info, now()))
        return 'uploaded'
      } catch (error) {
        if (!(error instanceof WechatRefusal)) throw error
        if (error.errcode === UNCHANGED) return 'known'
        if (MAYBE_KNOWN.has(error.errcode) && (await isKnown(info))) return 'known'
        throw error
      }
    },
  }
}

function bodyOf(info: ShippingInfo, at: Date): object {
  const { transactionId, openId, courier, waybillNumber, description, receiverPhone, part } = info
  const parcel = {
    tracking_no: waybillNumber,
    express_company: COMPANIES[courier] ?? courier,
    item_desc: [...description].slice(0, MAX_DESCRIPTION).join(''),
    // 顺丰 finds a parcel only with a phone; WeChat takes it masked.
    ...(courier === 'sf' ? { contact: { receiver_contact: masked(receiverPhone) } } : {}),
  }
  return {
    order_key: { order_number_type: BY_TRANSACTION, transaction_id: transactionId },
    logistics_type: EXPRESS,
    delivery_mode: part ? IN_PARTS : ALL_IN_ONE,
    ...(part ? { is_all_delivered: part.isLast } : {}),
    shipping_list: [parcel],
    upload_time: chinaInstant(at).replace(
      '+08:00',
      `.${String(at.getMilliseconds()).padStart(3, '0')}+08:00`,
    ),
    payer: { openid: openId },
  }
}

function masked(phone: string): string {
  return phone.length < 8 ? phone : `${phone.slice(0, 3)}****${phone.slice(-4)}`
}
