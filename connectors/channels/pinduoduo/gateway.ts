import { z } from 'zod'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../../outside-errors.ts'
import { objectOf, optionalText, understood } from '../answer.ts'
import type { PinduoduoAccount } from './account.ts'
import { type PopParams, signPop, textsOf } from './sign.ts'

export const GATEWAY_URL = 'https://gw-api.pinduoduo.com/api/router'
const TOKEN_URL = 'https://open-api.pinduoduo.com/oauth/token'

const TOKEN_EXPIRED = '10019'
const LIMITED = new Set(['70031', '70032'])
/** The gateway's own trouble, and calls that it has taken down for maintenance. */
const PLATFORM_FAULTS = new Set(['50000', '52001', '52002', '70033'])
const PATIENCE_MS = 1_000

/** What the platform refused, with its own codes for the reason. Its words are kept for looking at, not for logs. */
export class PopRefusedError extends RefusedError {
  readonly code: string
  readonly subCode: string
  readonly #words: string

  constructor(type: string, { error_code: code, sub_code: subCode, error_msg, sub_msg }: ErrorResponse) {
    super(200, `${type}: ${code} ${subCode}`.trimEnd())
    this.code = code
    this.subCode = subCode
    this.#words = `${error_msg} ${sub_msg}`
  }

  mentions(pattern: RegExp): boolean {
    return pattern.test(this.#words)
  }
}

export type PopCall = (type: string, answerKey: string, params: PopParams) => Promise<PopAnswer>
/** What is inside `{"…_response": …}`, and the whole answer as it came. */
export type PopAnswer = { body: unknown; raw: string }

/**
 * Calls POP for one shop: `POST` of a form, signed over exactly what is sent. The answer's key differs from the call's
 * name, so callers say it.
 *
 * @throws RateLimitedError, TokenExpiredError, UnreachableError, PopRefusedError
 */
export function createPopCall(account: PinduoduoAccount, now: () => Date = () => new Date()): PopCall {
  return async (type, answerKey, params) => {
    const unsigned = textsOf({
      ...params,
      type,
      client_id: account.appKey,
      access_token: account.accessToken,
      timestamp: String(Math.floor(now().getTime() / 1_000)),
      data_type: 'JSON',
      version: 'V1',
    })
    const answer = await httpCall(account.gatewayUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: new URLSearchParams({ ...unsigned, sign: signPop(unsigned, account.appSecret) }).toString(),
    })
    const body = read(type, answer)[answerKey]
    if (body === undefined) throw new UnreachableError(`${type}: the answer is to another question`)
    return { body, raw: answer.text }
  }
}

const tokens = z.looseObject({ access_token: z.string().min(1), refresh_token: z.string().min(1) })

/** New tokens for the refresh token, over OAuth. A gateway of one's own has the token's address beside its own. */
export async function refreshTokens(
  account: PinduoduoAccount,
): Promise<{ accessToken: string; refreshToken: string }> {
  const isOwn = account.gatewayUrl !== GATEWAY_URL
  const answer = await httpCall(isOwn ? new URL('../oauth/token', account.gatewayUrl) : TOKEN_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: account.appKey,
      client_secret: account.appSecret,
      grant_type: 'refresh_token',
      refresh_token: account.refreshToken,
    }),
  })
  const granted = understood('oauth/token', tokens, read('oauth/token', answer))
  return { accessToken: granted.access_token, refreshToken: granted.refresh_token }
}

const errorResponse = z.looseObject({
  error_code: z.string(),
  error_msg: optionalText,
  sub_code: optionalText,
  sub_msg: optionalText,
})
type ErrorResponse = z.output<typeof errorResponse>

function read(type: string, answer: HttpAnswer): Record<string, unknown> {
  const object = objectOf(type, answer)
  if (object.error_response !== undefined) throw refusal(type, object.error_response)
  return object
}

/** The platform's error classes in ours. Its texts are left out of messages: they may quote what was sent. */
function refusal(type: string, error: unknown): Error {
  const parsed = errorResponse.safeParse(error)
  if (!parsed.success) return new UnreachableError(`${type}: an error without a code`)
  const { error_code: code, sub_code: subCode } = parsed.data
  const named = `${type}: ${code} ${subCode}`.trimEnd()
  if (LIMITED.has(code)) return new RateLimitedError(named, PATIENCE_MS)
  if (code === TOKEN_EXPIRED) return new TokenExpiredError(named)
  return PLATFORM_FAULTS.has(code) ? new UnreachableError(named) : new PopRefusedError(type, parsed.data)
}
