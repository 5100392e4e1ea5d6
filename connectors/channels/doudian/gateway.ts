import { z } from 'zod'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../../outside-errors.ts'
import { objectOf } from '../answer.ts'
import type { ShopAccount } from '../channel.ts'
import { type Param, paramJson, type SignMethod, signRequest } from './sign.ts'

/** Every answer; numbers come as text. `err_no` is what `code` was called once. */
const envelope = z.looseObject({
  code: z.string().optional().catch(undefined),
  err_no: z.string().catch(''),
  sub_code: z.string().catch(''),
  data: z.unknown(),
})

const OK: ReadonlySet<string> = new Set(['10000', '0'])
const TOKEN_GONE: ReadonlySet<string> = new Set([
  'isv.access-token-expired',
  'isv.access-token-no-existed',
  'isv.access-token-invalid',
  'isv.access-token-missing',
])
/** The platform's own trouble, and the flow limit with its codes. */
const TROUBLE: ReadonlySet<string> = new Set(['20000', '20001', '90000'])
/** "Try again later", said with the code of a refusal: work on the order is under way. */
const TRY_LATER: ReadonlySet<string> = new Set(['isv.business-failed:8888', 'isv.business-failed:70011'])
const FLOW_LIMIT = '60000'
const LIMIT_PAUSE_MS = 1_000

/** A refusal in the platform's words, without anything that it may quote of an order. */
export class DoudianRefusal extends RefusedError {
  readonly subCode: string

  constructor(method: string, code: string, subCode: string) {
    super(Number(code) || 400, `${method}: ${code} ${subCode}`)
    this.subCode = subCode
  }
}

export type GatewayCall = {
  /** With dots: `order.orderDetail`. */
  method: string
  params: { [name: string]: Param }
  /** Token calls carry none. */
  hasToken?: false
}

/**
 * One call of the open platform: `POST {gateway}/order/orderDetail?…&sign=…` with `param_json` itself as its body.
 *
 * @throws UnreachableError, RateLimitedError, TokenExpiredError, DoudianRefusal
 */
export async function callGateway(
  shop: ShopAccount,
  { method, params, hasToken }: GatewayCall,
): Promise<{ data: unknown; text: string }> {
  const { appSecret = '', accessToken = '', signMethod } = shop.credentials
  const body = paramJson(params)
  const algorithm: SignMethod = signMethod === 'md5' ? 'md5' : 'hmac-sha256'
  const signed = {
    app_key: shop.appKey,
    method,
    timestamp: String(Math.floor(Date.now() / 1000)),
    v: '2',
  }
  const url = new URL(`${shop.gatewayUrl.replace(/\/$/, '')}/${method.replaceAll('.', '/')}`)
  url.search = new URLSearchParams({
    ...signed,
    ...(hasToken === false ? {} : { access_token: accessToken }),
    sign_method: algorithm,
    sign: signRequest({ ...signed, param_json: body }, appSecret, algorithm),
  }).toString()
  const answer = await httpCall(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
  })
  return { data: readAnswer(method, answer), text: answer.text }
}

function readAnswer(method: string, http: HttpAnswer): unknown {
  const answer = envelope.parse(objectOf(method, http))
  const { code = answer.err_no, sub_code: subCode, data } = answer
  if (OK.has(code)) return data
  if (TOKEN_GONE.has(subCode)) throw new TokenExpiredError(`${method}: ${subCode}`)
  if (code === FLOW_LIMIT) throw new RateLimitedError(`${method}: ${code}`, LIMIT_PAUSE_MS)
  if (code === '' || TROUBLE.has(code) || TRY_LATER.has(subCode) || subCode.startsWith('isp.')) {
    throw new UnreachableError(`${method}: ${code} ${subCode}`)
  }
  throw new DoudianRefusal(method, code, subCode)
}
