import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Answer, Call } from '../../http.ts'
import { appSecretOf } from '../accounts.ts'
import { underFate } from '../fate.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { beijing } from '../values.ts'
import { fateOf, SIGN_NAME, SmsBook, type TextMessage, UNWILLING_NUMBER } from './book.ts'
import { createReportDesk } from './reports.ts'

/** Its secret is `appSecretOf(seed, 'tencent-sms', TENCENT_SECRET_ID)`. */
export const TENCENT_SECRET_ID = 'SIMULATEDTENCENTID'
export const TENCENT_APP_ID = '1400006666'
export const TENCENT_TEMPLATE = '110015'
const TEMPLATE_PARAMETERS = 2
const WINDOW_SECONDS = 300

const sendSms = z.strictObject({
  PhoneNumberSet: z.array(z.string().startsWith('+86')).min(1).max(200),
  SmsSdkAppId: z.literal(TENCENT_APP_ID),
  SignName: z.string(),
  TemplateId: z.string(),
  TemplateParamSet: z.array(z.string()),
  SessionContext: z.string().max(512).optional(),
})
const pullStatus = z.strictObject({
  BeginTime: z.int(),
  EndTime: z.int(),
  Offset: z.literal(0),
  Limit: z.int().min(1).max(100),
  PhoneNumber: z.string().startsWith('+86'),
  SmsSdkAppId: z.literal(TENCENT_APP_ID),
})

/** Tencent Cloud's SMS service: `POST /tencent-sms/` with the action in a header. */
export function createTencentSmsPlatform(options: PlatformOptions): OutsidePlatform {
  const { seed, now } = options
  const mischief = options.mischiefOf('tencent-sms')
  const reports = createReportDesk(options, { mischief, provider: 'tencent', reportOf, yes: { result: 0 } })
  const secret = appSecretOf(seed, 'tencent-sms', TENCENT_SECRET_ID)
  const book = new SmsBook(now)

  const send = (body: unknown): Answer => {
    const wanted = sendSms.safeParse(body).data
    if (!wanted) return failed('InvalidParameter')
    if (wanted.SignName !== SIGN_NAME) return failed('FailedOperation.SignatureIncorrectOrUnapproved')
    if (wanted.TemplateId !== TENCENT_TEMPLATE) return failed('FailedOperation.TemplateIncorrectOrUnapproved')
    if (wanted.TemplateParamSet.length !== TEMPLATE_PARAMETERS) {
      return failed('FailedOperation.TemplateParamSetNotMatchApprovedTemplate')
    }
    const SendStatusSet = wanted.PhoneNumberSet.map((number) => {
      const plain = number.slice(3)
      const status = (Code: string, SerialNo = '') => ({ PhoneNumber: number, Code, SerialNo, Fee: 0 })
      if (plain === UNWILLING_NUMBER) return status('FailedOperation.PhoneNumberInBlacklist')
      if (book.isFull(plain)) return status('LimitExceeded.PhoneNumberOneHourLimit')
      const message = book.take({
        number: plain,
        templateId: wanted.TemplateId,
        parameters: JSON.stringify(wanted.TemplateParamSet),
        reference: wanted.SessionContext ?? '',
      })
      reports.report(message)
      return { ...status('Ok', message.serial), Fee: 1, SessionContext: wanted.SessionContext }
    })
    return answered({ SendStatusSet })
  }

  const pull = (body: unknown): Answer => {
    const wanted = pullStatus.safeParse(body).data
    if (!wanted) return failed('InvalidParameter')
    const PullSmsSendStatusSet = book
      .of(wanted.PhoneNumber.slice(3))
      .filter(({ atMs }) => atMs >= wanted.BeginTime * 1000 && atMs < (wanted.EndTime + 1) * 1000)
      .filter(({ number }) => fateOf(number) !== 'unreported')
      .slice(0, wanted.Limit)
      .map((message) => ({
        UserReceiveTime: beijing(message.atMs),
        CountryCode: '86',
        SubscriberNumber: message.number,
        PhoneNumber: `+86${message.number}`,
        SerialNo: message.serial,
        ReportStatus: statusOf(message),
        Description: wordOf(message),
        SessionContext: message.reference,
      }))
    return answered({ PullSmsSendStatusSet })
  }

  const answer = (call: Call): Answer => {
    const problem = problemOf(call, { secret, nowSeconds: now() / 1000 })
    if (problem) return failed(problem)
    if (call.header('x-tc-version') !== '2021-01-11') return failed('NoSuchVersion')
    if (!call.header('x-tc-region')) return failed('MissingParameter')
    const body = parse(call.body)
    switch (call.header('x-tc-action')) {
      case 'SendSms':
        return send(body)
      case 'PullSmsSendStatusByPhoneNumber':
        return pull(body)
      default:
        return failed('InvalidAction')
    }
  }

  return {
    name: 'tencent-sms',
    answer: (call) => {
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () =>
        fate === 'rateLimited' ? failed('RequestLimitExceeded') : answer(call),
      )
    },
    messages: () => book.all(),
    pendingPushes: reports.pending,
    close: reports.close,
  }
}

const statusOf = ({ number }: TextMessage) => (fateOf(number) === 'delivered' ? 'SUCCESS' : 'FAIL')
const wordOf = ({ number }: TextMessage) => (fateOf(number) === 'delivered' ? 'DELIVRD' : 'MK:0001')

function reportOf(message: TextMessage): object {
  return {
    user_receive_time: beijing(message.atMs),
    nationcode: '86',
    mobile: message.number,
    report_status: statusOf(message),
    errmsg: wordOf(message),
    description: wordOf(message),
    sid: message.serial,
  }
}

const RequestId = '00000000-0000-0000-0000-000000000000'
const answered = (body: object): Answer => ({ status: 200, body: { Response: { ...body, RequestId } } })
const failed = (Code: string): Answer => answered({ Error: { Code, Message: Code } })

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined // which no schema accepts
  }
}

/** Null where the signature, made anew from what came in, is the one that came with it. */
function problemOf(
  call: Call,
  { secret, nowSeconds }: { secret: string; nowSeconds: number },
): string | null {
  const timestamp = call.header('x-tc-timestamp') ?? ''
  if (!(Math.abs(Number(timestamp) - nowSeconds) <= WINDOW_SECONDS)) return 'AuthFailure.SignatureExpire'
  const parts =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/sms\/tc3_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      call.header('authorization') ?? '',
    )
  if (!parts) return 'AuthFailure.InvalidAuthorization'
  const [, secretId, date = '', signedHeaders = '', signature] = parts
  if (secretId !== TENCENT_SECRET_ID) return 'AuthFailure.SecretIdNotFound'
  if (date !== new Date(Number(timestamp) * 1000).toISOString().slice(0, 10))
    return 'AuthFailure.SignatureFailure'
  const names = signedHeaders.split(';')
  if (!names.includes('content-type') || !names.includes('host')) return 'AuthFailure.InvalidAuthorization'
  const sha = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const lines = names.map((name) => `${name}:${(call.header(name) ?? '').trim().toLowerCase()}\n`).join('')
  const request = `${call.method}\n/\n\n${lines}\n${signedHeaders}\n${sha(call.body)}`
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${date}/sms/tc3_request\n${sha(request)}`
  const key = hmac(hmac(hmac(`TC3${secret}`, date), 'sms'), 'tc3_request')
  return hmac(key, text).toString('hex') === signature ? null : 'AuthFailure.SignatureFailure'
}
