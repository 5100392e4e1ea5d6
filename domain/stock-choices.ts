/** What a person may decide for an order that waits for stock. */
export const STOCK_DECISIONS = [
  'serve-now',
  'other-warehouse',
  'transfer',
  'wait',
  'partial',
  'cancel',
] as const
export type StockDecision = (typeof STOCK_DECISIONS)[number]

/** Everything that the choices follow from, as it is at one moment. */
export type StockSituation = {
  isPaid: boolean
  /** The buyer pays the courier: a part of the order has no price of its own. */
  isOnDelivery: boolean
  /** The number of the change request that is being decided; null: none. */
  openChange: string | null
  /** `served`: units that the permitted split which serves most could give now. */
  lines: readonly { lineNumber: number; skuId: string; quantity: number; served: number }[]
  /** Warehouses that have something of it, the nearest first. */
  warehouses: readonly WarehouseOffer[]
  /** Who would send what if the policy's limits did not count; null: not even then is there enough. */
  withoutLimits: readonly Units[] | null
  transfers: readonly TransferOffer[]
  /** Units that are on their way, or about to be, to a warehouse. */
  incoming: readonly IncomingUnits[]
  /** Orders that are served before this one, for at least one of its SKUs. */
  ordersAhead: number
}
export type Units = { warehouseId: string; skuId: string; quantity: number }
export type WarehouseOffer = {
  warehouseId: string
  name: string
  /** Null where the customer's place is not known. */
  kilometres: number | null
  units: readonly { skuId: string; quantity: number }[]
}
export type TransferOffer = {
  skuId: string
  /** Units that are missing where they are needed. */
  quantity: number
  warehouseId: string
  /** Empty: no permitted source has enough. */
  sources: readonly { sourceId: string; quantity: number }[]
}
export type IncomingUnits = {
  transferId: string
  status: string
  skuId: string
  warehouseId: string
  quantity: number
}

export type StockChoice = {
  decision: StockDecision
  isPossible: boolean
  /** What it means now, or why it cannot be. */
  text: { en: string; zh: string }
}

/** The choices, each with what it would mean at this moment. */
export function stockChoices(situation: StockSituation): StockChoice[] {
  return STOCK_DECISIONS.map((decision) => {
    const held = situation.openChange !== null && decision !== 'transfer' && decision !== 'wait'
    const judged = held ? no(...changeOpen(situation.openChange ?? '')) : JUDGES[decision](situation)
    return { decision, ...judged }
  })
}

type Judged = Pick<StockChoice, 'isPossible' | 'text'>
const no = (en: string, zh: string): Judged => ({ isPossible: false, text: { en, zh } })
const yes = (en: string, zh: string): Judged => ({ isPossible: true, text: { en, zh } })
const changeOpen = (number: string) =>
  [`change request ${number} is being decided first`, `改单申请 ${number} 待处理`] as const

const JUDGES: Record<StockDecision, (situation: StockSituation) => Judged> = {
  'serve-now': ({ lines }) => {
    const short = lines.filter((line) => line.served < line.quantity)
    if (short.length === 0) return yes('everything is there', '库存充足，可立即锁定')
    const list = short.map(({ skuId, quantity, served }) => `${skuId} ${served}/${quantity}`)
    return no(`there is not enough: ${list.join(', ')}`, `库存不足：${list.join('、')}`)
  },
  'other-warehouse': ({ withoutLimits, warehouses }) => {
    const have = warehouses.map((offer) => inWords(offer))
    if (withoutLimits === null) {
      return have.length === 0
        ? no('no warehouse has any of it', '所有仓库均无货')
        : no(
            `all warehouses together have too little: ${have.map(({ en }) => en).join('; ')}`,
            `全部仓库合计仍不足：${have.map(({ zh }) => zh).join('；')}`,
          )
    }
    return yes(
      `beyond the policy’s limits ${[...new Set(withoutLimits.map((entry) => entry.warehouseId))].join(', ')} can send it: ${have.map(({ en }) => en).join('; ')}`,
      `不受策略限制时可由 ${[...new Set(withoutLimits.map((entry) => entry.warehouseId))].join('、')} 发货：${have.map(({ zh }) => zh).join('；')}`,
    )
  },
  transfer: ({ transfers }) => {
    if (transfers.length === 0) return no('nothing is missing', '没有缺货')
    const without = transfers.filter(({ sources }) => sources.length === 0)
    if (without.length > 0) {
      const list = without.map(({ skuId, quantity }) => `${skuId} ×${quantity}`)
      return no(`no warehouse may give up ${list.join(', ')}`, `没有仓库可调出 ${list.join('、')}`)
    }
    const ways = transfers.map(({ skuId, warehouseId, sources }) => {
      const from = sources.map(({ sourceId, quantity }) => `${sourceId} ×${quantity}`)
      return {
        en: `${skuId} to ${warehouseId} from ${from.join(' and ')}`,
        zh: `${skuId} 由 ${from.join('、')} 调至 ${warehouseId}`,
      }
    })
    return yes(ways.map(({ en }) => en).join('; '), ways.map(({ zh }) => zh).join('；'))
  },
  wait: ({ ordersAhead, incoming }) => {
    const list = incoming.map(({ skuId, quantity, warehouseId }) => `${skuId} ×${quantity} → ${warehouseId}`)
    const coming =
      list.length === 0
        ? { en: 'nothing is on its way', zh: '暂无在途调拨' }
        : { en: `on its way: ${list.join(', ')}`, zh: `在途调拨：${list.join('、')}` }
    return yes(
      `served by itself when stock comes, after ${ordersAhead} other orders; ${coming.en}`,
      `到货后自动按付款先后分配，前面有 ${ordersAhead} 单；${coming.zh}`,
    )
  },
  partial: ({ isPaid, isOnDelivery, lines }) => {
    if (!isPaid) return no('nobody has paid for it yet', '订单尚未付款')
    if (isOnDelivery) return no('the courier collects the price of the whole', '货到付款订单按整单代收')
    const served = lines.filter((line) => line.served > 0)
    if (served.length === 0) return no('there is nothing of it', '没有可发的货')
    const given = served.map(({ skuId, quantity, served: units }) => `${skuId} ${units}/${quantity}`)
    if (lines.every((line) => line.served >= line.quantity))
      return no('everything is there', '库存充足，无需拆单')
    return yes(
      `${given.join(', ')} go, the rest is given up and paid back; by a change request`,
      `发出 ${given.join('、')}，其余取消并退款；需走改单审批`,
    )
  },
  cancel: ({ isPaid }) =>
    isPaid
      ? yes(
          'all of it is given up and paid back at the platform; by a change request',
          '整单取消并在平台退款；需走改单审批',
        )
      : yes('all of it is given up; by a change request', '整单取消；需走改单审批'),
}

function inWords({ name, kilometres, units }: WarehouseOffer): { en: string; zh: string } {
  const list = units.map(({ skuId, quantity }) => `${skuId} ×${quantity}`)
  const far =
    kilometres === null
      ? { en: '', zh: '' }
      : { en: ` (${Math.round(kilometres)} km)`, zh: `（${Math.round(kilometres)} 公里）` }
  return { en: `${name}${far.en} has ${list.join(', ')}`, zh: `${name}${far.zh}有 ${list.join('、')}` }
}
