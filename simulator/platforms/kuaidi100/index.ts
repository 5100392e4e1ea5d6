import { z } from 'zod'
import { type Answer, type Call, refusal } from '../../http.ts'
import { underFate } from '../fate.ts'
import { type FormParams, readForm } from '../form.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { Pushes } from './pushes.ts'
import { md5Of, resultOf } from './words.ts'

/** The real one looks every few hours, and comes again after half an hour. */
const PUSHES = { lookEveryMs: 200, retryAfterMs: 2_000, abortAfterMs: 3 * 86_400_000 }
const QUERIES_PER_SECOND = 1
const COMPANIES: ReadonlySet<string> = new Set(
  'shunfeng yuantong zhongtong shentong yunda jd ems debangkuaidi'.split(' '),
)
const LONGEST_NUMBER = 32

const queryParam = z.looseObject({
  com: z.string(),
  num: z.string(),
  phone: z.string().default(''),
  resultv2: z.string().default(''),
})
const pollParam = z.looseObject({
  company: z.string(),
  number: z.string(),
  key: z.string(),
  parameters: z.looseObject({
    callbackurl: z.url(),
    salt: z.string().optional(),
    resultv2: z.string().default(''),
    phone: z.string().default(''),
  }),
})

/** Kuaidi100 (快递100): `POST /kuaidi100/poll` subscribes, `POST /kuaidi100/poll/query.do` asks. */
export function createKuaidi100Platform(options: PlatformOptions): OutsidePlatform {
  const { parcel: look, now, log } = options
  const account = options.courierAccounts.kuaidi100
  const mischief = options.mischiefOf('kuaidi100')
  const pushes = new Pushes({ look, mischief, now, log, ...PUSHES, ...options.courierPushes })
  let second = { startMs: 0, calls: 0 }
  const isTooFast = () => {
    const startMs = Math.floor(now() / 1_000) * 1_000
    second = second.startMs === startMs ? { startMs, calls: second.calls + 1 } : { startMs, calls: 1 }
    return second.calls > QUERIES_PER_SECOND
  }

  function query(form: FormParams): Answer {
    const text = form.get('param') ?? ''
    const param = queryParam.safeParse(parse(text)).data
    if (form.get('customer') !== account.customer || !param)
      return no('400', '提交的数据不完整，或者贵公司没授权')
    if (form.get('sign') !== md5Of(text, account.key, account.customer)) return no('503', '验证签名失败')
    if (isTooFast()) return no('502', '服务器繁忙，请稍后再试')
    if (!COMPANIES.has(param.com) || param.num.length > LONGEST_NUMBER) return no('400', '快递公司参数异常')
    if (param.com === 'shunfeng' && !/^\d{4}$|^\d{11}$/.test(param.phone)) return no('408', '验证码错误')
    const scans = look(param.num)
    if (scans === 'unreachable') return no('501', '服务器错误')
    if (!scans || scans.length === 0) return no('500', '查询无结果，请隔段时间再查')
    return { status: 200, body: resultOf(param.com, param.num, scans, param.resultv2 !== '') }
  }

  function subscribe(form: FormParams): Answer {
    const param = pollParam.safeParse(parse(form.get('param') ?? '')).data
    if (form.get('schema') !== 'json' || !param) return no('700', '提交的数据不完整')
    if (param.key !== account.key) return no('600', '您不是合法的订阅者（即授权Key出错）')
    if (!COMPANIES.has(param.company)) return no('702', '识别不到该单号对应的快递公司')
    if (param.company === 'shunfeng' && param.parameters.phone === '') return no('700', '缺少手机号')
    const { callbackurl, salt, resultv2 } = param.parameters
    const outcome = pushes.subscribe({
      company: param.company,
      waybillNumber: param.number,
      callbackUrl: callbackurl,
      salt: salt ?? null,
      withCodes: resultv2 !== '',
    })
    if (outcome === 'subscribed')
      return { status: 200, body: { result: true, returnCode: '200', message: '提交成功' } }
    return outcome === 'repeated' ? no('501', 'POLL:重复订阅') : no('700', 'POLL:订阅次数超限')
  }

  function answer(call: Call): Answer | Promise<Answer> {
    const path = call.segments.slice(1).join('/')
    if (call.method !== 'POST' || (path !== 'poll' && path !== 'poll/query.do')) {
      return refusal(404, 'there is no such thing here')
    }
    const fate = mischief.nextCall()
    return underFate(fate, mischief.rates, () => {
      if (fate === 'rateLimited') return no('502', '服务器繁忙，请稍后再试')
      const form = readForm(call.body) ?? new Map()
      return path === 'poll' ? subscribe(form) : query(form)
    })
  }

  return { name: 'kuaidi100', answer, close: () => pushes.close() }
}

function no(returnCode: string, message: string): Answer {
  return { status: 200, body: { result: false, returnCode, message } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no schema accepts
  }
}
