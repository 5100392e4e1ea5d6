import type { Answer, Call } from '../../http.ts'
import { appSecretOf, type Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import { readForm, wholeNumber } from '../form.ts'
import { numberOf, writeJson } from '../json.ts'
import { type Market, type MarketOrder, reasonOf, refundCentsOf } from '../market.ts'
import type { CallFate, Mischief } from '../mischief.ts'
import { beijing, msOfBeijing, yuan } from '../values.ts'
import { isSignedBy, type TopParams } from './request.ts'
import { COMPANIES, refundIdOf, tradeOf } from './trade.ts'

const NAME = 'taobao'
const CLOCK_WINDOW_MS = 10 * 60_000
const MAX_WINDOW_MS = 24 * 3_600_000
const MAX_PAGE_SIZE = 100
/** Of one app; the real figure stands in the app's console. */
const CALLS_PER_SECOND = 100

type Refusal = { code: number; msg: string; sub_code?: string; sub_msg?: string }
type Outcome = { response: Record<string, unknown> } | { refusal: Refusal }
/** A call whose signature, clock and session are right. */
type Admitted = { params: TopParams; shopId: string; fate: CallFate }

export type GatewayParts = {
  market: Market
  tokens: Tokenbook
  mischief: Mischief
  seed: string
  now: () => number
  /** The merchant lets an app hear the shop's messages. */
  permit: (appKey: string, userId: string) => void
}

const refuse = (code: number, msg: string, sub_code?: string, sub_msg?: string): Outcome => ({
  refusal: { code, msg, ...(sub_code ? { sub_code } : {}), ...(sub_msg ? { sub_msg } : {}) },
})
const invalidParameter = (name: string) =>
  refuse(41, 'Invalid arguments', 'isv.invalid-parameter', `${name} is not what it should be`)

/** `POST /taobao/router/rest`: TOP as shops see it. */
export class TopGateway {
  readonly #parts: GatewayParts
  readonly #callsOf = new Map<string, { second: number; calls: number }>()
  #requests = 0

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  answer(call: Call): Promise<Answer> {
    const { mischief } = this.#parts
    const fate = mischief.nextCall()
    return underFate(fate, mischief.rates, () => {
      const params = readForm(call.body)
      const outcome = params ? this.#outcome(params, fate) : refuse(40, 'Missing required arguments')
      return this.#written(params?.get('method') ?? '', outcome)
    })
  }

  #written(method: string, outcome: Outcome): Answer {
    this.#requests += 1
    const body =
      'refusal' in outcome
        ? { error_response: { ...outcome.refusal, request_id: `sim${this.#requests}` } }
        : { [`${method.replace(/^taobao\./, '').replaceAll('.', '_')}_response`]: outcome.response }
    return { status: 200, text: writeJson(body), contentType: 'text/javascript;charset=UTF-8' }
  }

  #outcome(params: TopParams, fate: CallFate): Outcome {
    const refused = this.#refusedAtTheDoor(params, fate)
    if (refused) return refused
    const { tokens } = this.#parts
    if (params.get('method') === 'taobao.top.auth.token.refresh') return this.#refresh(params)
    const session = params.get('session')
    if (!session) return refuse(26, 'Missing session', 'isv.missing-session')
    if (fate === 'tokenExpired') tokens.expire(session)
    const shopId = tokens.shopOf(session)
    if (shopId === null) return refuse(27, 'Invalid session', 'sessionkey-expired-or-invalid')
    const admitted = { params, shopId, fate }
    switch (params.get('method')) {
      case 'taobao.trade.fullinfo.get':
        return this.#fullInfo(admitted)
      case 'taobao.refund.get':
        return this.#refund(admitted)
      case 'taobao.trades.sold.increment.get':
        return this.#increment(admitted)
      case 'taobao.logistics.online.send':
        return this.#send(admitted)
      case 'taobao.skus.quantity.update':
        return this.#updateQuantity(admitted)
      case 'taobao.tmc.user.permit':
        if (!params.get('topics')) return invalidParameter('topics')
        this.#parts.permit(params.get('app_key') ?? '', shopId)
        return { response: { is_success: true } }
      default:
        return refuse(22, 'Invalid method', 'isv.invalid-method')
    }
  }

  #refusedAtTheDoor(params: TopParams, fate: CallFate): Outcome | null {
    const { seed, now } = this.#parts
    const appKey = params.get('app_key') ?? ''
    if (!appKey) return refuse(28, 'Missing app key')
    if (params.get('v') !== '2.0') return refuse(33, 'Invalid version')
    if (params.get('format') !== 'json') return refuse(23, 'Invalid format')
    if (!isSignedBy(params, appSecretOf(seed, NAME, appKey))) {
      return refuse(25, 'Invalid signature', 'isv.invalid-signature')
    }
    const skewMs = Math.abs(now() - msOfBeijing(params.get('timestamp') ?? ''))
    if (!(skewMs <= CLOCK_WINDOW_MS)) return refuse(31, 'Invalid timestamp', 'isv.invalid-timestamp')
    if (fate === 'rateLimited' || this.#isOverLimit(appKey)) {
      const ban = 'This ban will last for 1 more seconds'
      return refuse(7, 'App Call Limited', 'accesscontrol.limited-by-app-access-count', ban)
    }
    return null
  }

  #isOverLimit(appKey: string): boolean {
    const second = Math.floor(this.#parts.now() / 1_000)
    const last = this.#callsOf.get(appKey)
    const calls = last?.second === second ? last.calls + 1 : 1
    this.#callsOf.set(appKey, { second, calls })
    return calls > CALLS_PER_SECOND
  }

  #refresh(params: TopParams): Outcome {
    const tokens = this.#parts.tokens.refresh(params.get('refresh_token') ?? '')
    if (!tokens) return refuse(15, 'Remote service error', 'isv.invalid-refresh-token')
    const result = {
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      expires_in: 86_400,
    }
    return { response: { token_result: JSON.stringify(result) } }
  }

  #orderOf({ params, shopId }: Admitted): MarketOrder | undefined {
    const order = this.#parts.market.find(NAME, params.get('tid') ?? '')
    return order?.platformShopId === shopId ? order : undefined
  }

  #refund({ params, shopId }: Admitted): Outcome {
    if (!params.get('fields')) return invalidParameter('fields')
    const id = params.get('refund_id') ?? ''
    const line = this.#parts.market
      .all(NAME)
      .filter((order) => order.platformShopId === shopId)
      .flatMap(({ lines }) => lines)
      .find((each) => each.refund !== 'none' && refundIdOf(each) === id)
    if (!line) return refuse(15, 'Remote service error', 'isv.refund-not-exist', `no refund ${id}`)
    return {
      response: {
        refund: {
          refund_id: numberOf(id),
          oid: numberOf(line.lineId),
          reason: reasonOf(line),
          refund_fee: yuan(refundCentsOf(line)),
        },
      },
    }
  }

  #fullInfo(admitted: Admitted): Outcome {
    const { params, fate } = admitted
    const fields = params.get('fields')?.split(',') ?? []
    if (fields.length === 0) return refuse(40, 'Missing required arguments', 'isv.missing-parameter:fields')
    const order = this.#orderOf(admitted)
    if (!order) return refuse(15, 'Remote service error', 'isv.trade-not-exist')
    const before = fate === 'regressed' ? this.#parts.market.findPrevious(NAME, order.orderId) : undefined
    return {
      response: { trade: chosen(tradeOf(before ?? order), fields, params.get('include_oaid') === 'true') },
    }
  }

  #increment({ params, shopId }: Admitted): Outcome {
    const from = msOfBeijing(params.get('start_modified') ?? '')
    const to = msOfBeijing(params.get('end_modified') ?? '')
    if (!(from <= to) || to - from > MAX_WINDOW_MS) return invalidParameter('start_modified')
    const pageSize = wholeNumber(params.get('page_size') ?? '40')
    const pageNumber = wholeNumber(params.get('page_no') ?? '1')
    if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) return invalidParameter('page_size')
    if (pageNumber < 1) return invalidParameter('page_no')
    const fields = params.get('fields')?.split(',') ?? []
    if (fields.length === 0) return refuse(40, 'Missing required arguments', 'isv.missing-parameter:fields')
    // Its times have whole seconds, both ends included; the latest change comes first.
    const found = this.#parts.market.changedBetween(NAME, shopId, from, to + 1_000).reverse()
    const start = (pageNumber - 1) * pageSize
    const trade = found.slice(start, start + pageSize).map((order) => chosen(tradeOf(order), fields, false))
    return {
      response: {
        ...(params.get('use_has_next') === 'true'
          ? { has_next: start + pageSize < found.length }
          : { total_results: found.length }),
        ...(trade.length > 0 ? { trades: { trade } } : {}),
      },
    }
  }

  #send(admitted: Admitted): Outcome {
    const { params } = admitted
    const order = this.#orderOf(admitted)
    const company = COMPANIES[params.get('company_code') ?? '']
    const waybillNumber = params.get('out_sid') ?? ''
    const error = (code: string) =>
      refuse(15, 'Remote service error', `isv.logistics-online-service-error:${code}`)
    if (!order) return error('B01')
    if (!company) return error('B56')
    if (waybillNumber.length < 4 || waybillNumber.length > 64) return error('B60')
    const isSplit = params.get('is_split') === '1'
    const lineIds = isSplit ? (params.get('sub_tid') ?? '').split(',') : []
    if (!lineIds.every((lineId) => order.lines.some((line) => line.lineId === lineId))) return error('B01')
    const isSent = (lineId: string) =>
      order.shipments.some((sent) => sent.lineIds.length === 0 || sent.lineIds.includes(lineId))
    const isAnySent = isSplit ? lineIds.some(isSent) : order.shipments.length > 0
    if (isAnySent) return error('B27')
    const { market } = this.#parts
    const shipped = market.ship(NAME, order.orderId, {
      courier: company.courier,
      waybillNumber,
      lineIds,
      operationId: `${order.orderId}/${waybillNumber}`,
    })
    return shipped === 'shipped' ? { response: { shipping: { is_success: true } } } : error('B04')
  }

  #updateQuantity({ params, shopId }: Admitted): Outcome {
    const itemId = params.get('num_iid') ?? ''
    if (!/^\d+$/.test(itemId)) return invalidParameter('num_iid')
    if ((params.get('type') ?? '1') !== '1') return invalidParameter('type')
    const ofSkus = params.get('skuid_quantities')
    const pairs = ofSkus
      ? ofSkus.split(';').map((pair) => pair.split(':'))
      : [[itemId, params.get('quantity')]]
    const changes = pairs.map(([skuId = '', quantity]) => ({ skuId, quantity: wholeNumber(quantity ?? '') }))
    if (changes.length > 20 || changes.some(({ skuId, quantity }) => skuId === '' || quantity < 0)) {
      return invalidParameter('skuid_quantities')
    }
    for (const { skuId, quantity } of changes) this.#parts.market.publish(NAME, shopId, skuId, quantity)
    return { response: { item: { num_iid: numberOf(itemId), modified: beijing(this.#parts.now()) } } }
  }
}

/** The fields that were asked for; the ciphertext of the receiver only on demand. */
function chosen(
  trade: Record<string, unknown>,
  fields: string[],
  withOaid: boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(trade).filter(([name]) => fields.includes(name) && (name !== 'oaid' || withOaid)),
  )
}
