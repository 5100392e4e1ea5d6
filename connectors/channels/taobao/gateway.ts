import { z } from 'zod'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../../outside-errors.ts'
import { objectOf, patienceOf } from '../answer.ts'
import { chinaTimestamp } from '../values.ts'
import type { TaobaoAccount } from './account.ts'
import { signTop } from './sign.ts'

/** User, session, partner and app call limits, and calls that follow each other too closely. */
const LIMITED = new Set(['4', '5', '6', '7', '8'])
const SESSION_INVALID = '27'
/** Service currently unavailable, remote service error: the platform's own trouble, unless the sub code says `isv.`. */
const PLATFORM_FAULTS = new Set(['10', '15', '50'])

/** What the platform refused, with its own word for the reason. */
export class TopRefusedError extends RefusedError {
  readonly subCode: string

  constructor(method: string, code: string, subCode: string) {
    super(200, `${method}: ${code} ${subCode}`.trimEnd())
    this.subCode = subCode
  }
}

/** The parameters of one call, without those that every call has. */
export type TopParams = Readonly<Record<string, string>>
export type TopCall = (
  method: string,
  params: TopParams,
  options?: { withSession: boolean },
) => Promise<TopAnswer>
/** What is inside `{"…_response": …}`, and the whole answer as it came. */
export type TopAnswer = { body: unknown; raw: string }

/**
 * Calls TOP for one shop: `POST` of a form, signed over exactly what is sent.
 *
 * @throws RateLimitedError, TokenExpiredError, UnreachableError, TopRefusedError
 */
export function createTopCall(account: TaobaoAccount, now: () => Date = () => new Date()): TopCall {
  return async (method, params, { withSession } = { withSession: true }) => {
    const unsigned = {
      ...params,
      method,
      app_key: account.appKey,
      ...(withSession ? { session: account.accessToken } : {}),
      timestamp: chinaTimestamp(now()),
      format: 'json',
      v: '2.0',
      sign_method: account.signMethod,
    }
    const sign = signTop(unsigned, account.appSecret, account.signMethod)
    const answer = await httpCall(account.gatewayUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: new URLSearchParams({ ...unsigned, sign }).toString(),
    })
    return read(method, answer)
  }
}

const errorResponse = z.looseObject({
  code: z.string(),
  sub_code: z.string().default(''),
  sub_msg: z.string().default(''),
})

function read(method: string, answer: HttpAnswer): TopAnswer {
  const object = objectOf(method, answer)
  if (object.error_response !== undefined) throw refusal(method, object.error_response)
  const body = object[`${method.replace(/^taobao\./, '').replaceAll('.', '_')}_response`]
  if (body === undefined) throw new UnreachableError(`${method}: the answer is to another question`)
  return { body, raw: answer.text }
}

/** The platform's error classes in ours. Its texts are left out of messages: they may quote what was sent. */
function refusal(method: string, error: unknown): Error {
  const parsed = errorResponse.safeParse(error)
  if (!parsed.success) return new UnreachableError(`${method}: an error without a code`)
  const { code, sub_code: subCode, sub_msg: subMessage } = parsed.data
  if (LIMITED.has(code)) return new RateLimitedError(`${method}: ${code} ${subCode}`, patienceOf(subMessage))
  if (code === SESSION_INVALID) return new TokenExpiredError(`${method}: ${code} ${subCode}`)
  const isPlatformFault =
    subCode.startsWith('isp.') || (PLATFORM_FAULTS.has(code) && !subCode.startsWith('isv.'))
  return isPlatformFault
    ? new UnreachableError(`${method}: ${code} ${subCode}`)
    : new TopRefusedError(method, code, subCode)
}
