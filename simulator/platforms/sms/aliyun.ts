import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Answer, Call } from '../../http.ts'
import { appSecretOf } from '../accounts.ts'
import { underFate } from '../fate.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { beijing } from '../values.ts'
import { fateOf, SIGN_NAME, SMS_TEMPLATE, SmsBook, type TextMessage, UNWILLING_NUMBER } from './book.ts'
import { createReportDesk } from './reports.ts'

/** Its secret is `appSecretOf(seed, 'aliyun-sms', ALIYUN_KEY_ID)`. */
export const ALIYUN_KEY_ID = 'SIMULATEDALIYUNKEY'
const VERSION = '2017-05-25'
const WINDOW_MS = 15 * 60_000

const sendSms = z.strictObject({
  PhoneNumbers: z.string(),
  SignName: z.string(),
  TemplateCode: z.string(),
  TemplateParam: z.string().optional(),
  OutId: z.string().max(256).optional(),
})
const sendDetails = z.strictObject({
  PhoneNumber: z.string(),
  SendDate: z.string().regex(/^\d{8}$/),
  PageSize: z.string().regex(/^([1-9]|[1-4]\d|50)$/),
  CurrentPage: z.string().regex(/^[1-9]\d*$/),
  BizId: z.string().optional(),
})

/** Aliyun's SMS service: `POST /aliyun-sms/` with the action in a header. */
export function createAliyunSmsPlatform(options: PlatformOptions): OutsidePlatform {
  const { seed, now } = options
  const mischief = options.mischiefOf('aliyun-sms')
  const reports = createReportDesk(options, { mischief, provider: 'aliyun', reportOf, yes: { code: 0 } })
  const secret = appSecretOf(seed, 'aliyun-sms', ALIYUN_KEY_ID)
  const book = new SmsBook(now)
  const nonces = new Set<string>()

  const send = (query: Record<string, string>): Answer => {
    const wanted = sendSms.safeParse(query).data
    if (!wanted) return said('MissingParameter', 400)
    if (!/^1[3-9]\d{9}$/.test(wanted.PhoneNumbers)) return said('isv.MOBILE_NUMBER_ILLEGAL')
    if (wanted.SignName !== SIGN_NAME) return said('isv.SMS_SIGNATURE_ILLEGAL')
    if (wanted.TemplateCode !== SMS_TEMPLATE) return said('isv.SMS_TEMPLATE_ILLEGAL')
    if (!areParameters(wanted.TemplateParam)) return said('isv.TEMPLATE_PARAMS_ILLEGAL')
    if (wanted.PhoneNumbers === UNWILLING_NUMBER) return said('isv.MOBILE_IN_BLACK')
    if (book.isFull(wanted.PhoneNumbers)) return said('isv.BUSINESS_LIMIT_CONTROL')
    const message = book.take({
      number: wanted.PhoneNumbers,
      templateId: wanted.TemplateCode,
      parameters: wanted.TemplateParam ?? '{}',
      reference: wanted.OutId ?? '',
    })
    reports.report(message)
    const { serial } = message
    return { status: 200, body: { Code: 'OK', Message: 'OK', RequestId: serial, BizId: serial } }
  }

  const details = (query: Record<string, string>): Answer => {
    const wanted = sendDetails.safeParse(query).data
    if (!wanted) return said('MissingParameter', 400)
    const size = Number(wanted.PageSize)
    const from = (Number(wanted.CurrentPage) - 1) * size
    const found = book
      .of(wanted.PhoneNumber)
      .filter(({ atMs }) => beijing(atMs).slice(0, 10).replaceAll('-', '') === wanted.SendDate)
      .filter(({ serial }) => wanted.BizId === undefined || serial === wanted.BizId)
    const SmsSendDetailDTO = found.slice(from, from + size).map((message) => ({
      PhoneNum: message.number,
      SendDate: beijing(message.atMs),
      ReceiveDate: beijing(message.atMs),
      SendStatus: { unreported: 1, undelivered: 2, delivered: 3 }[fateOf(message.number)],
      ErrCode: codeOf(message),
      TemplateCode: message.templateId,
      Content: message.parameters,
      OutId: message.reference,
    }))
    const body = { Code: 'OK', Message: 'OK', RequestId: 'R', TotalCount: String(found.length) }
    return { status: 200, body: { ...body, SmsSendDetailDTOs: { SmsSendDetailDTO } } }
  }

  const answer = (call: Call): Answer => {
    const url = new URL(call.path, 'http://aliyun')
    const query = Object.fromEntries(url.searchParams)
    const problem = problemOf(call, url, { secret, now: now() })
    if (problem) return said(problem, 400)
    const nonce = call.header('x-acs-signature-nonce') ?? ''
    if (nonces.has(nonce)) return said('SignatureNonceUsed', 400)
    nonces.add(nonce)
    if (call.header('x-acs-version') !== VERSION) return said('InvalidVersion', 400)
    switch (call.header('x-acs-action')) {
      case 'SendSms':
        return send(query)
      case 'QuerySendDetails':
        return details(query)
      default:
        return said('InvalidAction.NotFound', 404)
    }
  }

  return {
    name: 'aliyun-sms',
    answer: (call) => {
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () =>
        fate === 'rateLimited' ? said('Throttling.User', 400) : answer(call),
      )
    },
    messages: () => book.all(),
    pendingPushes: reports.pending,
    close: reports.close,
  }
}

function codeOf({ number }: TextMessage): string {
  return { unreported: '', undelivered: 'MOBILE_NOT_ON_SERVICE', delivered: 'DELIVERED' }[fateOf(number)]
}

function reportOf(message: TextMessage): object {
  return {
    phone_number: message.number,
    send_time: beijing(message.atMs),
    report_time: beijing(message.atMs),
    success: fateOf(message.number) === 'delivered',
    err_code: codeOf(message),
    err_msg: codeOf(message),
    sms_size: '1',
    biz_id: message.serial,
    out_id: message.reference,
  }
}

function said(code: string, status = 200): Answer {
  return { status, body: { Code: code, Message: code, RequestId: 'R' } }
}

function areParameters(text = '{}'): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((each) => typeof each === 'string')
    )
  } catch {
    return false
  }
}

/** Null where the signature, made anew from what came in, is the one that came with it. */
function problemOf(call: Call, url: URL, { secret, now }: { secret: string; now: number }): string | null {
  const sentAt = Date.parse(call.header('x-acs-date') ?? '')
  if (!(Math.abs(sentAt - now) <= WINDOW_MS)) return 'InvalidTimeStamp.Expired'
  const parts = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    call.header('authorization') ?? '',
  )
  if (!parts) return 'IncompleteSignature'
  const [, keyId, signedHeaders = '', signature] = parts
  if (keyId !== ALIYUN_KEY_ID) return 'InvalidAccessKeyId.NotFound'
  const names = signedHeaders.split(';')
  const must = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-content-sha256']
  if (must.some((name) => !names.includes(name))) return 'IncompleteSignature'
  const hash = createHash('sha256').update(call.body).digest('hex')
  if (call.header('x-acs-content-sha256') !== hash) return 'SignatureDoesNotMatch'
  const escaped = (text: string) =>
    [...Buffer.from(text, 'utf8')]
      .map((byte) => {
        const character = String.fromCharCode(byte)
        const isPlain = byte < 0x80 && /[A-Za-z0-9\-_.~]/.test(character)
        return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      })
      .join('')
  const pairs = [...url.searchParams].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort()
  const lines = names.map((name) => `${name}:${(call.header(name) ?? '').trim()}\n`).join('')
  const request = `${call.method}\n${url.pathname}\n${pairs.join('&')}\n${lines}\n${signedHeaders}\n${hash}`
  const digest = createHash('sha256').update(request).digest('hex')
  const expected = createHmac('sha256', secret).update(`ACS3-HMAC-SHA256\n${digest}`).digest('hex')
  return expected === signature ? null : 'SignatureDoesNotMatch'
}
