import type { Answer, Call } from '../../http.ts'
import { refusal } from '../../http.ts'
import { appSecretOf, Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { createMessageDesk, createTemplateDesk } from './messages.ts'
import { createShippingDesk } from './shipping.ts'

/** The merchant's official account (公众号); its secret is made like the mini-program's. */
export const OFFICIAL_APP_ID = 'wx0fa1c1a1acc0u17d'
/** The merchant's mini-program; its secret is `appSecretOf(seed, 'wechat', appId)`. */
export const WECHAT_APP_ID = 'wx5823bf96d3bd56c7'

const TOKEN_SECONDS = 7_200

/** What a call with a good token is answered: an object with `errcode`, 0 or absent for success. */
type Method = (body: unknown) => object

/** WeChat under `/wechat/cgi-bin/…` and `/wechat/wxa/…`: tokens, what it wants to hear of shipments, and messages. */
export function createWechat(options: PlatformOptions): OutsidePlatform {
  const { seed } = options
  const mischief = options.mischiefOf('wechat')
  const tokens = new Tokenbook(seed, 'wechat')
  const desk = createShippingDesk(options)
  const messages = createMessageDesk(options.market)
  const templates = createTemplateDesk(options.market, options.now)
  /** Each is one app's: the token of another is none here. */
  const methods: Readonly<Record<string, { appId: string; method: Method }>> = {
    'wxa/sec/order/upload_shipping_info': { appId: WECHAT_APP_ID, method: desk.upload },
    'wxa/sec/order/get_order': { appId: WECHAT_APP_ID, method: desk.show },
    'cgi-bin/message/subscribe/send': { appId: WECHAT_APP_ID, method: messages.send },
    'cgi-bin/message/template/send': { appId: OFFICIAL_APP_ID, method: templates.send },
  }

  const stableToken = (body: unknown): object => {
    const { grant_type: grant, appid, secret: given, force_refresh: isForced } = recordOf(body)
    if (grant !== 'client_credential' || (appid !== WECHAT_APP_ID && appid !== OFFICIAL_APP_ID))
      return failure(40013, 'invalid appid')
    if (given !== appSecretOf(seed, 'wechat', appid)) return failure(40125, 'invalid appsecret')
    const current = tokens.tokensOf(appid)
    const isGone = tokens.shopOf(current.accessToken) === null
    const next = isForced === true && isGone ? tokens.refresh(current.refreshToken) : current
    return { access_token: (next ?? current).accessToken, expires_in: TOKEN_SECONDS }
  }

  const answer = (call: Call): Answer => {
    if (call.method !== 'POST') return json(failure(43002, 'require POST method'))
    const path = call.segments.slice(1).join('/')
    const body = parseJson(call.body)
    if (body === undefined) return json(failure(47001, 'data format error'))
    if (path === 'cgi-bin/stable_token') return json(stableToken(body))
    const known = methods[path]
    if (!known) return refusal(404, 'there is no such thing here')
    const token = new URL(call.path, 'http://wechat').searchParams.get('access_token') ?? ''
    const owner = tokens.shopOf(token)
    if (owner === null) return json(failure(42001, 'access_token expired'))
    if (owner !== known.appId) return json(failure(48001, 'api unauthorized'))
    return json(known.method(body))
  }

  return {
    name: 'wechat',
    answer: (call) => {
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () => {
        if (fate === 'rateLimited') return json(failure(45011, 'api minute-quota reach limit'))
        if (fate === 'tokenExpired') {
          for (const appId of [WECHAT_APP_ID, OFFICIAL_APP_ID])
            tokens.expire(tokens.tokensOf(appId).accessToken)
        }
        return answer(call)
      })
    },
    messages: () => [...messages.taken(), ...templates.taken()],
    close: async () => undefined,
  }
}

function failure(errcode: number, errmsg: string): object {
  return { errcode, errmsg }
}

function json(body: object): Answer {
  return { status: 200, body }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
