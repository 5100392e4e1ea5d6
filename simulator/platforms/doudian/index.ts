import { timingSafeEqual } from 'node:crypto'
import type { Answer, Call } from '../../http.ts'
import { appSecretOf, Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import { createHttpPusher } from '../http-push.ts'
import type { PlatformOptions } from '../index.ts'
import { writeJson } from '../json.ts'
import type { OutsidePlatform } from '../platform.ts'
import { METHODS, type Outcome } from './calls.ts'
import { messageOf } from './orders.ts'
import { eventSign, expectedSign } from './signature.ts'

/** The merchant's app at the platform; its secret is `appSecretOf(seed, 'doudian', appKey)`. */
export const DOUDIAN_APP_KEY = '7103112233445566778'

const TIMESTAMP_TOLERANCE_S = 600
/** Of one shop; more than the hub allows itself. */
const CALLS_PER_SECOND = 100
const ACKNOWLEDGEMENT = '{"code":0,"msg":"success"}'

type Refusal = { code: number; subCode: string; subMsg: string }

/** 抖店: gateway under `/doudian/{method with slashes}`, pushes to `{hubApi}/v1/webhooks/doudian`. */
export function createDoudian(options: PlatformOptions): OutsidePlatform {
  const { market, seed, now, log, hubApi } = options
  const mischief = options.mischiefOf('doudian')
  const secret = appSecretOf(seed, 'doudian', DOUDIAN_APP_KEY)
  const tokens = new Tokenbook(seed, 'doudian')
  const done = new Map<string, Outcome>()
  const limit = createLimit(CALLS_PER_SECOND, now)
  const pusher = hubApi
    ? createHttpPusher({
        url: new URL('/v1/webhooks/doudian', hubApi).href,
        mischief,
        isAcknowledged: (status, text) => status === 200 && text === ACKNOWLEDGEMENT,
        log,
      })
    : null

  let pushes = 0
  market.onChange((change) => {
    if (change.order.platform !== 'doudian' || !pusher) return
    pushes += 1
    const body = JSON.stringify([messageOf(change, pushes)])
    const headers = {
      'content-type': 'application/json',
      'app-id': DOUDIAN_APP_KEY,
      'event-sign': eventSign(DOUDIAN_APP_KEY, body, secret),
    }
    pusher.push(() => ({ headers, body }))
  })

  const perform = (call: Call, query: URLSearchParams, isRegressed: boolean): Answer => {
    const method = query.get('method') ?? ''
    const params = readParams(call.body)
    if (method === 'token.refresh' || method === 'token.create') return answerToken(tokens, method, params)
    const shop = tokens.shopOf(query.get('access_token') ?? '')
    if (shop === null) return refuse(tokenRefusal(query))
    if (!limit(shop)) return refuse(FLOW_LIMIT)
    const run = METHODS[method]
    if (!run) return refuse({ code: 70000, subCode: 'isp.api-service-off', subMsg: 'API不存在或API已下线' })
    const outcome = run({ market, platformShopId: shop, isRegressed, params, done })
    return 'code' in outcome ? refuse(outcome) : granted(outcome.data)
  }

  return {
    name: 'doudian',
    answer: (call) => {
      const query = new URL(call.path, 'http://platform').searchParams
      const problem = problemOf(call, query, secret, now())
      if (problem) return refuse(problem)
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () => {
        if (fate === 'rateLimited') return refuse(FLOW_LIMIT)
        if (fate === 'tokenExpired') tokens.expire(query.get('access_token') ?? '')
        return perform(call, query, fate === 'regressed')
      })
    },
    ...(pusher ? { pendingPushes: pusher.pending } : {}),
    close: async () => pusher?.close(),
  }
}

const FLOW_LIMIT: Refusal = { code: 60000, subCode: '', subMsg: '触发限流，请稍后重试' }

function tokenRefusal(query: URLSearchParams): Refusal {
  return query.get('access_token')
    ? { code: 40003, subCode: 'isv.access-token-expired', subMsg: 'access_token已过期' }
    : { code: 40001, subCode: 'isv.access-token-missing', subMsg: '认证失败，access_token不能为空' }
}

/** What is wrong with a call before anybody looks at what it asks for. */
function problemOf(call: Call, query: URLSearchParams, secret: string, nowMs: number): Refusal | null {
  const invalid = (subCode: string, subMsg: string) => ({ code: 40003, subCode, subMsg })
  if (call.method !== 'POST') return invalid('isv.parameter-format-invalid', 'POST')
  if (query.get('app_key') !== DOUDIAN_APP_KEY) return invalid('isv.app-id-invalid', 'app_key')
  const method = query.get('method') ?? ''
  const isPath = call.segments.slice(1).join('.') === method
  if (!isPath || query.get('v') !== '2') return invalid('isv.parameter-format-invalid', 'method')
  const timestamp = query.get('timestamp') ?? ''
  const isOfNow = Math.abs(Number(timestamp) - nowMs / 1000) <= TIMESTAMP_TOLERANCE_S
  if (!/^\d{10}$/.test(timestamp) || !isOfNow) return invalid('isv.timestamp-invalid', '时间戳不合法')
  const given = Buffer.from(query.get('sign') ?? '')
  const expected = Buffer.from(expectedSign(query, call.body, secret))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return invalid('isv.signature-invalid', '签名校验失败')
  }
  return null
}

function answerToken(tokens: Tokenbook, method: string, params: unknown): Answer {
  const { refresh_token: refreshToken, grant_type: grant, shop_id: shopId } = isRecord(params) ? params : {}
  if (method === 'token.create' && grant === 'authorization_self' && typeof shopId === 'string') {
    // A token that it has given up is replaced, as the platform does.
    const renewed = tokens.refresh(tokens.tokensOf(shopId).refreshToken)
    if (renewed) return granted(tokenData(renewed))
  }
  const renewed = typeof refreshToken === 'string' ? tokens.refresh(refreshToken) : null
  if (method === 'token.refresh' && grant === 'refresh_token' && renewed) {
    return granted(tokenData(renewed))
  }
  return refuse({ code: 50001, subCode: 'dop.token-generate-failed:token-invalid', subMsg: 'token不存在' })
}

function tokenData({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }) {
  return { access_token: accessToken, refresh_token: refreshToken, expires_in: 604_800 }
}

function granted(data: object): Answer {
  const text = writeJson({ code: 10000, msg: 'success', sub_code: '', sub_msg: '', log_id: '1', data })
  return { status: 200, text, contentType: 'application/json; charset=utf-8' }
}

function refuse({ code, subCode, subMsg }: Refusal): Answer {
  return {
    status: 200,
    body: { code, msg: '失败', sub_code: subCode, sub_msg: subMsg, log_id: '1', data: null },
  }
}

/** Numbers of more digits than a double holds become text before they are read. */
function readParams(body: Buffer): unknown {
  const text = body.toString('utf8').replace(/("(?:[^"\\]|\\.)*")|\b\d{16,}\b/g, (match, quoted) => {
    return quoted === undefined ? `"${match}"` : match
  })
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no method accepts
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Whether one more call of a shop is let through in this second. */
function createLimit(perSecond: number, now: () => number): (shop: string) => boolean {
  const calls = new Map<string, { second: number; count: number }>()
  return (shop) => {
    const second = Math.floor(now() / 1000)
    const last = calls.get(shop)
    const count = last?.second === second ? last.count + 1 : 1
    calls.set(shop, { second, count })
    return count <= perSecond
  }
}
