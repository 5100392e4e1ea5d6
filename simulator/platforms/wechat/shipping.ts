import { z } from 'zod'
import type { PlatformOptions } from '../index.ts'
import type { MarketOrder } from '../market.ts'

const COMPANIES: ReadonlySet<string> = new Set(['SF', 'YTO', 'ZTO', 'STO', 'YD', 'JD', 'EMS', 'DBL'])
const MAX_PARCELS = 15
const WITHIN_MS = 10 * 60_000

const parcel = z.strictObject({
  tracking_no: z.string().min(1).max(128),
  express_company: z.string().min(1),
  item_desc: z.string().min(1).max(120),
  contact: z
    .strictObject({ consignor_contact: z.string().optional(), receiver_contact: z.string().optional() })
    .optional(),
})
const upload = z.strictObject({
  order_key: z.strictObject({ order_number_type: z.literal(2), transaction_id: z.string().min(1) }),
  logistics_type: z.literal(1),
  delivery_mode: z.union([z.literal(1), z.literal(2)]),
  is_all_delivered: z.boolean().optional(),
  shipping_list: z.array(parcel).min(1).max(MAX_PARCELS),
  upload_time: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/),
  payer: z.strictObject({ openid: z.string().min(1) }),
})
type Parcel = z.output<typeof parcel>
type Known = { parcels: Parcel[]; isComplete: boolean; changes: number }

const ok = { errcode: 0, errmsg: 'ok' }
const failed = (errcode: number, errmsg: string) => ({ errcode, errmsg })

/** What the mini-program's payments are known to be sent with. Each may be told anew once. */
export function createShippingDesk({ market, now }: Pick<PlatformOptions, 'market' | 'now'>) {
  const told = new Map<string, Known>()
  const paidBy = (transactionId: string): MarketOrder | undefined =>
    market.all('mall').find((order) => order.paymentId === transactionId)

  return {
    upload: (body: unknown): object => {
      const parsed = upload.safeParse(body)
      if (!parsed.success) return failed(10060014, '参数错误')
      const { order_key: key, delivery_mode: mode, shipping_list: parcels, payer } = parsed.data
      const order = paidBy(key.transaction_id)
      if (!order) return failed(10060001, '支付单不存在')
      if (order.buyerId !== payer.openid) return failed(10060031, '支付单不属于该 openid')
      if (Math.abs(Date.parse(parsed.data.upload_time) - now()) > WITHIN_MS) {
        return failed(268485216, '上传时间非法')
      }
      if (mode === 2 && parsed.data.is_all_delivered === undefined) {
        return failed(10060007, '分拆发货模式下必须填写 is_all_delivered')
      }
      const wrong = parcels.map(problemOf).find((problem) => problem !== null)
      if (wrong) return wrong
      return remember(key.transaction_id, parcels, mode === 1 || parsed.data.is_all_delivered === true)
    },
    show: (body: unknown): object => {
      const transactionId =
        z.looseObject({ transaction_id: z.string() }).safeParse(body).data?.transaction_id ?? ''
      const order = paidBy(transactionId)
      if (!order) return failed(10060001, '支付单不存在')
      const known = told.get(transactionId)
      return {
        ...ok,
        order: {
          transaction_id: transactionId,
          openid: order.buyerId,
          order_state: known?.isComplete ? 2 : 1,
          shipping: { finish_shipping: known?.isComplete ?? false, shipping_list: known?.parcels ?? [] },
        },
      }
    },
  }

  function remember(transactionId: string, parcels: Parcel[], isComplete: boolean): object {
    const known = told.get(transactionId)
    const same = (list: Parcel[]) => JSON.stringify(list) === JSON.stringify(parcels)
    if (known && same(known.parcels.slice(-parcels.length))) return failed(10060023, '发货信息未更新')
    if (!known?.isComplete) {
      told.set(transactionId, { parcels: [...(known?.parcels ?? []), ...parcels], isComplete, changes: 0 })
      return ok
    }
    if (known.changes > 0) return failed(10060003, '支付单已使用重新发货机会')
    told.set(transactionId, { parcels, isComplete, changes: 1 })
    return ok
  }
}

function problemOf({ express_company: company, contact }: Parcel): object | null {
  if (!COMPANIES.has(company)) return failed(268485228, '物流公司编码有误')
  const phone = contact?.receiver_contact ?? contact?.consignor_contact ?? ''
  return company === 'SF' && !/^\d{3}\*{4}\d{4}$/.test(phone) ? failed(268485194, '顺丰需要联系方式') : null
}
