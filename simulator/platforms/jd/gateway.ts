import type { Answer, Call } from '../../http.ts'
import { appSecretOf, type Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import { readForm, wholeNumber } from '../form.ts'
import { numberOf, writeJson } from '../json.ts'
import type { Market, MarketOrder } from '../market.ts'
import type { CallFate, Mischief } from '../mischief.ts'
import { beijing, msOfBeijing } from '../values.ts'
import { billsOf, CARRIERS, orderInfoOf, STATE_NAMES, stateOf } from './order.ts'
import { isSignedBy, msOfTimestamp, readContent } from './request.ts'

export const NAME = 'jd'
const CLOCK_WINDOW_MS = 10 * 60_000
const MAX_WINDOW_MS = 31 * 24 * 3_600_000
const MAX_PAGE_SIZE = 100
const MAX_BILLS_A_PAGE = 50
/** Of one app; the real figure stands in the app's console. */
const CALLS_PER_SECOND = 100
const READS = new Set([
  'jingdong.pop.order.get',
  'jingdong.pop.order.search',
  'jingdong.asc.serviceAndRefund.view',
])

type Refusal = { code: string; zh_desc: string; en_desc: string }
type Outcome = { response: Record<string, unknown> } | { refusal: Refusal }
/** A call whose signature, clock and token are right. */
type Admitted = { content: ReadonlyMap<string, string>; shopId: string; fate: CallFate }
type Params = ReadonlyMap<string, string>

export type GatewayParts = {
  market: Market
  tokens: Tokenbook
  mischief: Mischief
  seed: string
  now: () => number
}

const refuse = (code: string, zh_desc: string, en_desc: string): Outcome => ({
  refusal: { code, zh_desc, en_desc },
})
const invalidParameter = (name: string) => refuse('11', `参数${name}不正确`, `Invalid parameter ${name}`)
const failed = (errorCode: string, chineseErrCode: string) => ({ success: false, errorCode, chineseErrCode })

/** `POST /jd/routerjson` and `GET /jd/oauth2/refresh_token`: JOS as shops see it. */
export class JosGateway {
  readonly #parts: GatewayParts
  readonly #calls = new Map<string, { second: number; calls: number }>()

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  answer(call: Call): Promise<Answer> {
    const params = readForm(call.body)
    const method = params?.get('method') ?? ''
    const { mischief } = this.#parts
    const drawn = mischief.nextCall()
    // What only reads takes no effect after which it could be cut off.
    const fate = drawn === 'cutAfterEffect' && READS.has(method) ? 'ok' : drawn
    return underFate(fate, mischief.rates, () => {
      const outcome = params ? this.#outcome(params, fate) : refuse('11', '参数不正确', 'Invalid parameters')
      const body =
        'refusal' in outcome
          ? { error_response: outcome.refusal }
          : { [`${method.replaceAll('.', '_')}_responce`]: { code: '0', ...outcome.response } }
      return { status: 200, text: writeJson(body), contentType: 'application/json;charset=UTF-8' }
    })
  }

  /** New tokens for a refresh token. */
  refresh(call: Call): Promise<Answer> {
    const query = new URL(call.path, 'http://simulator').searchParams
    const { mischief, seed, tokens } = this.#parts
    return underFate(mischief.nextCall(), mischief.rates, () => {
      const isApp = query.get('app_secret') === appSecretOf(seed, NAME, query.get('app_key') ?? '')
      const isRefresh = query.get('grant_type') === 'refresh_token'
      const granted = isApp && isRefresh ? tokens.refresh(query.get('refresh_token') ?? '') : null
      const body = granted
        ? {
            code: 0,
            access_token: granted.accessToken,
            refresh_token: granted.refreshToken,
            expires_in: 86_400,
          }
        : { code: '208', msg: 'refresh token 无效' }
      return { status: 200, body }
    })
  }

  #outcome(params: Params, fate: CallFate): Outcome {
    const refused = this.#refusedAtTheDoor(params, fate)
    if (refused) return refused
    const { tokens } = this.#parts
    const token = params.get('access_token') ?? ''
    if (fate === 'tokenExpired') tokens.expire(token)
    const shopId = tokens.shopOf(token)
    if (shopId === null) return refuse('19', '无效access_token', 'Invalid access_token')
    const content = readContent(params.get('360buy_param_json') ?? '')
    if (!content) return invalidParameter('360buy_param_json')
    const admitted = { content, shopId, fate }
    switch (params.get('method')) {
      case 'jingdong.pop.order.get':
        return this.#get(admitted)
      case 'jingdong.pop.order.search':
        return this.#search(admitted)
      case 'jingdong.asc.serviceAndRefund.view':
        return this.#bills(admitted)
      case 'jingdong.pop.order.shipment':
        return { response: { sopjosshipment_result: this.#ship(admitted) } }
      case 'jingdong.ware.stock.sku.set':
        return this.#setStock(admitted)
      default:
        return refuse('13', '不存在的方法名', 'Invalid method')
    }
  }

  #refusedAtTheDoor(params: Params, fate: CallFate): Outcome | null {
    const { seed, now } = this.#parts
    const appKey = params.get('app_key') ?? ''
    if (!appKey) return refuse('20', '缺少app_key', 'Missing app_key')
    if (params.get('v') !== '2.0') return refuse('5', '不支持的版本号', 'Unsupported version')
    if (!isSignedBy(params, appSecretOf(seed, NAME, appKey)))
      return refuse('12', '无效签名', 'Invalid signature')
    const skewMs = Math.abs(now() - msOfTimestamp(params.get('timestamp') ?? ''))
    if (!(skewMs <= CLOCK_WINDOW_MS)) return refuse('8', '非法的时间戳', 'Invalid timestamp')
    if (fate === 'rateLimited' || this.#isOverLimit(appKey)) {
      return refuse('10100014', 'API调用频率超限', 'Too many calls')
    }
    return null
  }

  #isOverLimit(appKey: string): boolean {
    const second = Math.floor(this.#parts.now() / 1_000)
    const last = this.#calls.get(appKey)
    const calls = last?.second === second ? last.calls + 1 : 1
    this.#calls.set(appKey, { second, calls })
    return calls > CALLS_PER_SECOND
  }

  #orderOf(orderId: string, shopId: string): MarketOrder | undefined {
    const order = this.#parts.market.find(NAME, orderId)
    return order?.platformShopId === shopId ? order : undefined
  }

  #get({ content, shopId, fate }: Admitted): Outcome {
    const order = this.#orderOf(content.get('order_id') ?? '', shopId)
    if (!order) {
      const apiResult = failed('10400001', '未查到符合条件的订单')
      return { response: { orderDetailInfo: { apiResult } } }
    }
    const before = fate === 'regressed' ? this.#parts.market.findPrevious(NAME, order.orderId) : undefined
    const fields = content.get('optional_fields')?.split(',')
    if (!fields) return invalidParameter('optional_fields')
    const orderInfo = chosen(orderInfoOf(before ?? order), fields)
    return { response: { orderDetailInfo: { apiResult: { success: true }, orderInfo } } }
  }

  #search({ content, shopId }: Admitted): Outcome {
    const read = (name: string) => content.get(name) ?? ''
    const [from, to] = [msOfBeijing(read('start_date')), msOfBeijing(read('end_date'))]
    if (!(from <= to) || to - from > MAX_WINDOW_MS) return invalidParameter('start_date')
    const states = read('order_state').split(',')
    if (!states.every((state) => STATE_NAMES.has(state))) return invalidParameter('order_state')
    const [page, pageSize] = [wholeNumber(read('page')), wholeNumber(read('page_size'))]
    if (page < 1) return invalidParameter('page')
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) return invalidParameter('page_size')
    // Its times have whole seconds, both ends included; the latest change comes first.
    const found = this.#parts.market
      .changedBetween(NAME, shopId, from, to + 1_000)
      .filter((order) => states.includes(stateOf(order)))
      .reverse()
    const start = (page - 1) * pageSize
    const orderInfoList = found.slice(start, start + pageSize).map((order) => ({
      orderId: numberOf(order.orderId),
      modified: beijing(order.modifiedAtMs),
    }))
    const apiResult = { success: true }
    return { response: { searchorderinfo_result: { apiResult, orderTotal: found.length, orderInfoList } } }
  }

  /** The service bills of one order; windows of time are not simulated. */
  #bills({ content, shopId }: Admitted): Outcome {
    const [page, pageSize] = [
      wholeNumber(content.get('pageNumber') ?? '1'),
      wholeNumber(content.get('pageSize') ?? '10'),
    ]
    if (page < 1) return invalidParameter('pageNumber')
    if (pageSize < 1 || pageSize > MAX_BILLS_A_PAGE) return invalidParameter('pageSize')
    const orderId = content.get('orderId') ?? ''
    if (!/^\d{1,19}$/.test(orderId)) return invalidParameter('orderId')
    const order = this.#orderOf(orderId, shopId)
    const found = order ? billsOf(order) : []
    const start = (page - 1) * pageSize
    const data = found.slice(start, start + pageSize)
    const totalCount = found.length
    const pageResult = { success: true, code: '00000', pageNumber: page, pageSize, totalCount, data }
    return { response: { pageResult } }
  }

  #ship({ content, shopId }: Admitted): Record<string, unknown> {
    const order = this.#orderOf(content.get('orderId') ?? '', shopId)
    const courier = CARRIERS[content.get('logiCoprId') ?? '']
    const waybillNumber = content.get('logiNo') ?? ''
    if (!order) return failed('10400001', '未查到符合条件的订单')
    if (!courier) return failed('10400003', '物流公司不存在')
    if (waybillNumber.length < 1 || waybillNumber.length > 128) return failed('10400004', '运单号不正确')
    if (order.shipments.length > 0) return failed('10400010', '订单已出库')
    if (stateOf(order) !== 'WAIT_SELLER_STOCK_OUT') return failed('10400011', '订单当前状态不允许出库')
    const operationId = `${order.orderId}/${waybillNumber}`
    const shipment = { courier, waybillNumber, lineIds: [], operationId }
    const shipped = this.#parts.market.ship(NAME, order.orderId, shipment)
    return shipped === 'shipped' ? { success: true } : failed('10400011', '订单当前状态不允许出库')
  }

  #setStock({ content, shopId }: Admitted): Outcome {
    const skuId = content.get('skuId') ?? ''
    const quantity = wholeNumber(content.get('stockNum') ?? '')
    if (!/^\d{1,19}$/.test(skuId)) return invalidParameter('skuId')
    if (quantity < 0) return invalidParameter('stockNum')
    this.#parts.market.publish(NAME, shopId, skuId, quantity)
    return { response: { success: true } }
  }
}

/** The fields that were asked for. */
function chosen(order: Record<string, unknown>, fields: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(order).filter(([name]) => fields.includes(name)))
}
