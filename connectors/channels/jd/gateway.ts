import { z } from 'zod'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../../outside-errors.ts'
import { objectOf, optionalText, understood } from '../answer.ts'
import { chinaTimestamp } from '../values.ts'
import type { JdAccount } from './account.ts'
import { SIGNERS } from './sign.ts'

export const GATEWAY_URL = 'https://api.jd.com/routerjson'
const TOKEN_URL = 'https://open-oauth.jd.com/oauth2/refresh_token'

const TOKEN_EXPIRED = '19'
/** Too many calls, of the app and of the API. */
const LIMITED = new Set(['2', '10100014'])
/** The platform's own trouble. */
const PLATFORM_FAULTS = new Set(['1', '43', '65', '66', '67'])
const PATIENCE_MS = 1_000

/** What the platform refused, with its own code for the reason. Its words are kept for looking at, not for logs. */
export class JosRefusedError extends RefusedError {
  readonly code: string
  readonly #words: string

  constructor(method: string, code: string, words: string) {
    super(200, `${method}: ${code}`.trimEnd())
    this.code = code
    this.#words = words
  }

  mentions(pattern: RegExp): boolean {
    return pattern.test(this.#words)
  }
}

/** `params` is the content of `360buy_param_json`; the platform wants every value as a text. */
export type JosCall = (method: string, params: Readonly<Record<string, string>>) => Promise<JosAnswer>
/** What is inside `{"…_responce": …}`, and the whole answer as it came. */
export type JosAnswer = { body: unknown; raw: string }

/**
 * Calls JOS for one shop: `POST` of a form, signed over exactly what is sent. `format` and `sign_method` are not sent:
 * they would have to be signed, too, and the platform computes without them.
 *
 * @throws RateLimitedError, TokenExpiredError, UnreachableError, JosRefusedError
 */
export function createJosCall(account: JdAccount, now: () => Date = () => new Date()): JosCall {
  return async (method, content) => {
    const { params, headers } = SIGNERS[account.signer](
      {
        '360buy_param_json': JSON.stringify(content),
        access_token: account.accessToken,
        app_key: account.appKey,
        method,
        timestamp: josTimestamp(now()),
        v: '2.0',
      },
      account.appSecret,
    )
    const answer = await httpCall(account.gatewayUrl, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: new URLSearchParams(params).toString(),
    })
    return read(method, answer)
  }
}

/** `2021-05-07 09:20:39.683+0800`, as the platform's guide has it. */
function josTimestamp(moment: Date): string {
  return `${chinaTimestamp(moment)}.${String(moment.getMilliseconds()).padStart(3, '0')}+0800`
}

const tokens = z.looseObject({ access_token: z.string().min(1), refresh_token: z.string().min(1) })
const tokenRefusal = z.looseObject({ code: z.string().refine((code) => code !== '0') })

/** New tokens for the refresh token, over OAuth. A gateway of one's own has the token's address beside its own. */
export async function refreshTokens(
  account: JdAccount,
): Promise<{ accessToken: string; refreshToken: string }> {
  const method = 'oauth2/refresh_token'
  const isOwn = account.gatewayUrl !== GATEWAY_URL
  const url = isOwn ? new URL(method, account.gatewayUrl) : new URL(TOKEN_URL)
  url.search = new URLSearchParams({
    app_key: account.appKey,
    app_secret: account.appSecret,
    grant_type: 'refresh_token',
    refresh_token: account.refreshToken,
  }).toString()
  const answer = objectOf(method, await httpCall(url, { method: 'GET' }))
  const refused = tokenRefusal.safeParse(answer)
  if (refused.success) throw new JosRefusedError(method, refused.data.code, '')
  const granted = understood(method, tokens, answer)
  return { accessToken: granted.access_token, refreshToken: granted.refresh_token }
}

const errorResponse = z.looseObject({ code: z.string(), zh_desc: optionalText })
const failure = z.looseObject({ code: z.string().refine((code) => code !== '0'), zh_desc: optionalText })

function read(method: string, answer: HttpAnswer): JosAnswer {
  const object = objectOf(method, answer)
  if (object.error_response !== undefined) {
    const error = errorResponse.safeParse(object.error_response)
    if (!error.success) throw new UnreachableError(`${method}: an error without a code`)
    throw refusal(method, error.data.code, error.data.zh_desc)
  }
  const name = method.replaceAll('.', '_')
  // Their spelling; should they ever correct it, that would not be an outage.
  const body = object[`${name}_responce`] ?? object[`${name}_response`]
  if (body === undefined) throw new UnreachableError(`${method}: the answer is to another question`)
  const failed = failure.safeParse(body)
  if (failed.success) throw refusal(method, failed.data.code, failed.data.zh_desc)
  return { body, raw: answer.text }
}

/** The platform's error classes in ours. Its texts are left out of messages: they may quote what was sent. */
function refusal(method: string, code: string, zhDesc: string): Error {
  if (LIMITED.has(code)) return new RateLimitedError(`${method}: ${code}`, PATIENCE_MS)
  if (code === TOKEN_EXPIRED) return new TokenExpiredError(`${method}: ${code}`)
  return PLATFORM_FAULTS.has(code)
    ? new UnreachableError(`${method}: ${code}`)
    : new JosRefusedError(method, code, zhDesc)
}
