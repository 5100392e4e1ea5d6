import type { Answer, Call } from '../../http.ts'
import { appSecretOf, type Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import { type FormParams, wholeNumber } from '../form.ts'
import { writeJson } from '../json.ts'
import type { Market, MarketOrder } from '../market.ts'
import type { CallFate, Mischief } from '../mischief.ts'
import { beijing } from '../values.ts'
import { COMPANIES, informationOf, requestsOf, statusOf } from './order.ts'
import { isSignedBy, readParams } from './request.ts'

export const NAME = 'pinduoduo'
const CLOCK_WINDOW_SECONDS = 10 * 60
const MAX_WINDOW_SECONDS = 30 * 60
/** What changed later than this is not told yet. */
const SETTLING_SECONDS = 3 * 60
const MAX_PAGE_SIZE = 100
/** Of one app; the real figures stand in the app's console. */
const CALLS_PER_SECOND = 100
const LIMITS_PER_MINUTE: ReadonlyMap<string, number> = new Map([
  ['pdd.order.number.list.increment.get', 3_000],
  ['pdd.refund.list.increment.get', 600],
])

type Refusal = { error_code: number; error_msg: string; sub_code?: string; sub_msg?: string }
type Outcome = { response: Record<string, unknown> } | { refusal: Refusal }
/** A call whose signature, clock and token are right. */
type Admitted = { params: FormParams; shopId: string; fate: CallFate }

export type GatewayParts = {
  market: Market
  tokens: Tokenbook
  mischief: Mischief
  seed: string
  now: () => number
  /** The merchant lets an app hear the shop's messages. */
  permit: (clientId: string, mallId: string) => void
}

const refuse = (error_code: number, error_msg: string, sub_msg?: string): Outcome => ({
  refusal: {
    error_code,
    error_msg,
    ...(sub_msg ? { sub_code: String(error_code), sub_msg } : { sub_code: '', sub_msg: '' }),
  },
})
const invalidParameter = (name: string) => refuse(10000, '参数错误', `${name} is not what it should be`)
const ofBusiness = (words: string) => refuse(50001, '业务服务错误', words)

/** `POST /pinduoduo/api/router` and `POST /pinduoduo/oauth/token`: POP as shops see it. */
export class PopGateway {
  readonly #parts: GatewayParts
  readonly #calls = new Map<string, { period: number; calls: number }>()
  #requests = 0

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  /** A call of the router. */
  answer(call: Call): Promise<Answer> {
    const params = readParams(call)
    const isReading = /\.get$/.test(params?.get('type') ?? '')
    return this.#underFate(isReading, (fate) =>
      params ? this.#outcome(params, fate) : refuse(10000, '参数错误'),
    )
  }

  /** New tokens for a refresh token. */
  refresh(call: Call): Promise<Answer> {
    return this.#underFate(false, () => {
      const params = readParams(call)
      const clientId = params?.get('client_id') ?? ''
      if (params?.get('grant_type') !== 'refresh_token') return refuse(10000, '参数错误')
      if (params.get('client_secret') !== appSecretOf(this.#parts.seed, NAME, clientId)) {
        return refuse(20004, '签名sign校验失败')
      }
      const tokens = this.#parts.tokens.refresh(params.get('refresh_token') ?? '')
      if (!tokens) return refuse(10026, 'refresh_token已过期')
      return {
        response: {
          access_token: tokens.accessToken,
          refresh_token: tokens.refreshToken,
          expires_in: 86_400,
          scope: [],
        },
      }
    })
  }

  #underFate(isReading: boolean, outcomeOf: (fate: CallFate) => Outcome): Promise<Answer> {
    const { mischief } = this.#parts
    const drawn = mischief.nextCall()
    // What only reads takes no effect after which it could be cut off.
    const fate = drawn === 'cutAfterEffect' && isReading ? 'ok' : drawn
    return underFate(fate, mischief.rates, () => {
      this.#requests += 1
      const outcome = outcomeOf(fate)
      const body =
        'refusal' in outcome
          ? { error_response: { ...outcome.refusal, request_id: `sim${this.#requests}` } }
          : outcome.response
      return { status: 200, text: writeJson(body), contentType: 'application/json;charset=UTF-8' }
    })
  }

  #outcome(params: FormParams, fate: CallFate): Outcome {
    const refused = this.#refusedAtTheDoor(params, fate)
    if (refused) return refused
    const { tokens } = this.#parts
    const token = params.get('access_token') ?? ''
    if (fate === 'tokenExpired') tokens.expire(token)
    const shopId = tokens.shopOf(token)
    if (shopId === null) return refuse(10019, 'access_token已过期')
    const admitted = { params, shopId, fate }
    switch (params.get('type')) {
      case 'pdd.order.information.get':
        return this.#information(admitted)
      case 'pdd.order.number.list.increment.get':
        return this.#increment(admitted)
      case 'pdd.refund.list.increment.get':
        return this.#refunds(admitted)
      case 'pdd.logistics.online.send':
        return this.#send(admitted)
      case 'pdd.goods.quantity.update':
        return this.#updateQuantity(admitted)
      case 'pdd.pmc.user.permit':
        this.#parts.permit(params.get('client_id') ?? '', shopId)
        return { response: { pmc_user_permit_response: { is_success: true } } }
      default:
        return refuse(10017, 'type不正确')
    }
  }

  #refusedAtTheDoor(params: FormParams, fate: CallFate): Outcome | null {
    const { seed, now } = this.#parts
    const clientId = params.get('client_id') ?? ''
    if (!clientId) return refuse(10001, '参数缺失', 'client_id')
    if (params.get('data_type') !== 'JSON' || params.get('version') !== 'V1') return refuse(10000, '参数错误')
    if (!isSignedBy(params, appSecretOf(seed, NAME, clientId))) return refuse(20004, '签名sign校验失败')
    const timestamp = params.get('timestamp') ?? ''
    const skew = /^\d{10}$/.test(timestamp) ? Math.abs(now() / 1_000 - Number(timestamp)) : Number.NaN
    if (!(skew <= CLOCK_WINDOW_SECONDS)) return refuse(10010, '时间戳已过期')
    const type = params.get('type') ?? ''
    const ofType = LIMITS_PER_MINUTE.get(type)
    const isOver =
      this.#isOverLimit(clientId, 1, CALLS_PER_SECOND) ||
      (ofType !== undefined && this.#isOverLimit(`${clientId}/${type}`, 60, ofType))
    if (fate === 'rateLimited') return refuse(70031, '调用过于频繁，请调整调用频率')
    return isOver ? refuse(70032, '当前接口调用过于频繁') : null
  }

  #isOverLimit(key: string, seconds: number, limit: number): boolean {
    const period = Math.floor(this.#parts.now() / 1_000 / seconds)
    const last = this.#calls.get(key)
    const calls = last?.period === period ? last.calls + 1 : 1
    this.#calls.set(key, { period, calls })
    return calls > limit
  }

  #orderOf({ params, shopId }: Admitted): MarketOrder | undefined {
    const order = this.#parts.market.find(NAME, params.get('order_sn') ?? '')
    return order?.platformShopId === shopId ? order : undefined
  }

  #information(admitted: Admitted): Outcome {
    const order = this.#orderOf(admitted)
    if (!order) return ofBusiness('订单不存在')
    const before =
      admitted.fate === 'regressed' ? this.#parts.market.findPrevious(NAME, order.orderId) : undefined
    return { response: { order_info_get_response: { order_info: informationOf(before ?? order) } } }
  }

  #increment({ params, shopId }: Admitted): Outcome {
    const read = (name: string, otherwise = '') => wholeSeconds(params.get(name) ?? otherwise)
    const from = read('start_updated_at')
    const to = read('end_updated_at')
    if (!(from <= to) || to - from > MAX_WINDOW_SECONDS) return invalidParameter('start_updated_at')
    if (to > this.#parts.now() / 1_000 - SETTLING_SECONDS) return invalidParameter('end_updated_at')
    if (params.get('order_status') !== '5' || params.get('refund_status') !== '5') {
      return invalidParameter('order_status')
    }
    if (!/^[012]$/.test(params.get('is_lucky_flag') ?? '')) return invalidParameter('is_lucky_flag')
    const pageSize = wholeNumber(params.get('page_size') ?? '100')
    const page = wholeNumber(params.get('page') ?? '1')
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) return invalidParameter('page_size')
    if (page < 1) return invalidParameter('page')
    // Its times have whole seconds, both ends included; the latest change comes first.
    const found = this.#parts.market.changedBetween(NAME, shopId, from * 1_000, (to + 1) * 1_000).reverse()
    const start = (page - 1) * pageSize
    const list = found.slice(start, start + pageSize)
    return {
      response: {
        order_sn_increment_get_response: {
          ...(params.get('use_has_next') === 'true'
            ? { has_next: start + pageSize < found.length }
            : { total_count: found.length }),
          order_sn_list: list.map((order) => ({
            order_sn: order.orderId,
            updated_at: beijing(order.modifiedAtMs),
            ...statusOf(order),
          })),
        },
      },
    }
  }

  /** With an order's number all of its requests, whatever the window; the window must be one all the same. */
  #refunds(admitted: Admitted): Outcome {
    const { params, shopId } = admitted
    const read = (name: string) => wholeSeconds(params.get(name) ?? '')
    const [from, to] = [read('start_updated_at'), read('end_updated_at')]
    if (!(from <= to) || to - from > MAX_WINDOW_SECONDS) return invalidParameter('start_updated_at')
    for (const name of ['after_sales_type', 'after_sales_status']) {
      if (wholeNumber(params.get(name) ?? '') < 0) return invalidParameter(name)
    }
    const pageSize = wholeNumber(params.get('page_size') ?? '100')
    const page = wholeNumber(params.get('page') ?? '1')
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) return invalidParameter('page_size')
    if (page < 1) return invalidParameter('page')
    const order = this.#orderOf(admitted)
    const orders = params.has('order_sn')
      ? [order].filter((each) => each !== undefined)
      : this.#parts.market.changedBetween(NAME, shopId, from * 1_000, (to + 1) * 1_000)
    const found = orders.flatMap(requestsOf)
    const start = (page - 1) * pageSize
    return {
      response: {
        refund_increment_get_response: {
          total_count: found.length,
          refund_list: found.slice(start, start + pageSize),
        },
      },
    }
  }

  #send(admitted: Admitted): Outcome {
    const { params } = admitted
    const order = this.#orderOf(admitted)
    const courier = COMPANIES[params.get('logistics_id') ?? '']
    const waybillNumber = params.get('tracking_number') ?? ''
    if (!order) return ofBusiness('订单不存在')
    if (!courier) return ofBusiness('快递公司不存在')
    if (waybillNumber.length < 1 || waybillNumber.length > 128) return ofBusiness('运单号格式错误')
    if ((params.get('redelivery_type') ?? '1') !== '1') return ofBusiness('不支持修改运单号')
    if (order.shippingForbidden) return ofBusiness('订单风控审核中，请勿发货')
    if (order.shipments.length > 0) return ofBusiness('订单已发货')
    const operationId = `${order.orderId}/${waybillNumber}`
    const shipped = this.#parts.market.ship(NAME, order.orderId, {
      courier,
      waybillNumber,
      lineIds: [],
      operationId,
    })
    return shipped === 'shipped'
      ? { response: { logistics_online_send_response: { is_success: true } } }
      : ofBusiness('订单状态不支持发货')
  }

  #updateQuantity({ params, shopId }: Admitted): Outcome {
    const goodsId = params.get('goods_id') ?? ''
    const skuId = params.get('sku_id') ?? goodsId
    const quantity = wholeNumber(params.get('quantity') ?? '')
    if (!/^\d{1,19}$/.test(goodsId)) return invalidParameter('goods_id')
    if (!/^\d{1,19}$/.test(skuId)) return invalidParameter('sku_id')
    if (params.get('update_type') !== '1') return invalidParameter('update_type')
    if (quantity < 0) return invalidParameter('quantity')
    this.#parts.market.publish(NAME, shopId, skuId, quantity)
    return { response: { goods_quantity_update_response: { is_success: true } } }
  }
}

/** NaN for what is no time in seconds. */
function wholeSeconds(text: string): number {
  return /^\d{10}$/.test(text) ? Number(text) : Number.NaN
}
