import { z } from 'zod'
import { objectOf } from '../channels/answer.ts'
import type { HttpAnswer } from '../http-call.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../outside-errors.ts'

/** Every answer has an `errcode`; numbers come as text. */
const head = z.looseObject({ errcode: z.string() })

const TOKEN_GONE: ReadonlySet<string> = new Set(['40014', '42001'])
/** Calls of an API in a period, calls at once, messages of a robot: how long each is left alone. */
const LIMITED: Readonly<Record<string, number>> = { 45009: 60_000, 45033: 1_000 }
/** The system is busy. */
const BUSY = '-1'

/** WeCom refused; `errcode` says why. Its text is left out: it may quote what was sent. */
export class WecomRefusal extends RefusedError {
  readonly errcode: string

  constructor(method: string, errcode: string) {
    super(Number(errcode), `wecom ${method}: ${errcode}`)
    this.errcode = errcode
  }
}

/**
 * The object that WeCom answered with. https://developer.work.weixin.qq.com/document/path/90313
 *
 * @throws UnreachableError, RateLimitedError, TokenExpiredError, WecomRefusal
 */
export function readWecomAnswer(method: string, http: HttpAnswer): Record<string, unknown> {
  const answer = objectOf(`wecom ${method}`, http)
  const errcode = head.safeParse(answer).data?.errcode
  if (errcode === undefined || errcode === BUSY)
    throw new UnreachableError(`wecom ${method}: ${errcode ?? 'no errcode'}`)
  if (errcode === '0') return answer
  const pauseMs = LIMITED[errcode]
  if (pauseMs !== undefined) throw new RateLimitedError(`wecom ${method}: ${errcode}`, pauseMs)
  if (TOKEN_GONE.has(errcode)) throw new TokenExpiredError(`wecom ${method}: ${errcode}`)
  throw new WecomRefusal(method, errcode)
}
