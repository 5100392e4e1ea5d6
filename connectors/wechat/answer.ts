import { z } from 'zod'
import { objectOf } from '../channels/answer.ts'
import type { HttpAnswer } from '../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../outside-errors.ts'

/** An error is an answer like any other, with `errcode`; numbers come as text. */
const failure = z.looseObject({ errcode: z.string().catch('0') })

const TOKEN_GONE: ReadonlySet<string> = new Set(['40001', '40014', '42001'])
/** Of a minute, and of a day. */
const LIMITED: Readonly<Record<string, number>> = { 45011: 60_000, 45009: 3_600_000 }
/** The system is busy; and the same in the words of the shipping service. */
const TROUBLE: ReadonlySet<string> = new Set(['-1', '10060012', '268546000'])

/** WeChat refused; `errcode` says why. Its text is left out: it may quote what was sent. */
export class WechatRefusal extends RefusedError {
  readonly errcode: string

  constructor(method: string, errcode: string) {
    super(Number(errcode), `wechat ${method}: ${errcode}`)
    this.errcode = errcode
  }
}

/**
 * The object that WeChat answered with.
 *
 * @throws UnreachableError, RateLimitedError, TokenExpiredError, WechatRefusal
 */
export function readWechatAnswer(method: string, http: HttpAnswer): Record<string, unknown> {
  const answer = objectOf(`wechat ${method}`, http)
  const { errcode } = failure.parse(answer)
  if (errcode === '0') return answer
  const pauseMs = LIMITED[errcode]
  if (pauseMs !== undefined) throw new RateLimitedError(`wechat ${method}: ${errcode}`, pauseMs)
  if (TOKEN_GONE.has(errcode)) throw new TokenExpiredError(`wechat ${method}: ${errcode}`)
  if (TROUBLE.has(errcode)) throw new UnreachableError(`wechat ${method}: ${errcode}`)
  throw new WechatRefusal(method, errcode)
}
