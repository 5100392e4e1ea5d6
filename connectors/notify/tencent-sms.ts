import { z } from 'zod'
import type { Finding } from '../../domain/notification.ts'
import { objectOf } from '../channels/answer.ts'
import { httpCall } from '../http-call.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../outside-errors.ts'
import type { Notifier, OutgoingMessage, SendOutcome } from './notifier.ts'
import { signTencent } from './tencent-sign.ts'

export type TencentSmsAccount = {
  /** `https://sms.tencentcloudapi.com` */
  url: string
  secretId: string
  secretKey: string
  sdkAppId: string
  signName: string
  region: string
}

const VERSION = '2021-01-11'
const CONTENT_TYPE = 'application/json; charset=utf-8'
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** The most that one call lists. */
const PAGE_SIZE = 100

const OF_THE_NUMBER: ReadonlySet<string> = new Set([
  'FailedOperation.PhoneNumberInBlacklist',
  'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber',
  'InvalidParameterValue.IncorrectPhoneNumber',
])

const failure = z.looseObject({ Code: z.string() })
const envelope = z.looseObject({ Response: z.looseObject({ Error: failure.optional() }) })
const sent = z.looseObject({
  SendStatusSet: z.array(z.looseObject({ Code: z.string(), SerialNo: z.string().optional() })).length(1),
})
const reports = z.looseObject({
  PullSmsSendStatusSet: z.array(
    z.looseObject({
      SessionContext: z.string().nullish(),
      SerialNo: z.string().nullish(),
      ReportStatus: z.string(),
      Description: z.string().nullish(),
    }),
  ),
})

/**
 * Tencent Cloud's SMS service, its calls signed with TC3-HMAC-SHA256. What can be asked afterwards are the operators' reports: a
 * message that has none may yet have been sent. https://cloud.tencent.com/document/product/382/55981
 */
export function createTencentSms(account: TencentSmsAccount, now: () => Date = () => new Date()): Notifier {
  return {
    name: 'tencent',
    way: 'sms',
    hasReports: true,
    send: async (message) => {
      const answer = await callTencent(account, 'SendSms', bodyOf(account, message), now())
      if (answer.code !== null) return outcomeOf(answer.code, null)
      const [status] = read('SendSms', sent, answer.response).SendStatusSet
      return outcomeOf(status?.Code ?? '', status?.SerialNo ?? null)
    },
    find: async (message, sendingAt) => {
      const beginSeconds = Math.floor(sendingAt.getTime() / 1000) - 60
      const question = {
        BeginTime: beginSeconds,
        EndTime: Math.floor(now().getTime() / 1000),
        Offset: 0,
        Limit: PAGE_SIZE,
        PhoneNumber: `+86${message.recipient}`,
        SmsSdkAppId: account.sdkAppId,
      }
      const action = 'PullSmsSendStatusByPhoneNumber'
      const answer = await callTencent(account, action, question, now())
      if (answer.code !== null) throw new RefusedError(200, `tencent ${action}: ${answer.code}`)
      return findingOf(message.id, read(action, reports, answer.response))
    },
  }
}

function bodyOf(account: TencentSmsAccount, message: OutgoingMessage): object {
  return {
    PhoneNumberSet: [`+86${message.recipient}`],
    SmsSdkAppId: account.sdkAppId,
    SignName: account.signName,
    TemplateId: message.templateId,
    TemplateParamSet: message.parameters.map(({ value }) => value),
    SessionContext: message.id,
  }
}

function outcomeOf(code: string, providerId: string | null): SendOutcome {
  if (code === 'Ok') return { kind: 'sent', providerId }
  if (OF_THE_NUMBER.has(code)) return { kind: 'unreachable', reason: code }
  if (code.startsWith('LimitExceeded.PhoneNumber')) return { kind: 'later', reason: code, retryInMs: HOUR_MS }
  if (/^(RequestLimitExceeded|LimitExceeded)/.test(code))
    return { kind: 'later', reason: code, retryInMs: MINUTE_MS }
  if (code.startsWith('InternalError')) throw new UnreachableError(`tencent SendSms: ${code}`)
  throw new RefusedError(200, `tencent SendSms: ${code}`)
}

function findingOf(id: string, { PullSmsSendStatusSet: list }: z.output<typeof reports>): Finding {
  const found = list.find((report) => report.SessionContext === id)
  if (!found) return { kind: 'silent', reason: 'no report of the operator' }
  return found.ReportStatus === 'SUCCESS'
    ? { kind: 'delivered', providerId: found.SerialNo ?? null }
    : { kind: 'undelivered', reason: found.Description ?? found.ReportStatus }
}

/** The answer's inside, and the code of its error where it is one. */
async function callTencent(
  account: TencentSmsAccount,
  action: string,
  body: object,
  at: Date,
): Promise<{ code: string | null; response: Record<string, unknown> }> {
  const url = new URL(account.url)
  const timestampSeconds = Math.floor(at.getTime() / 1000)
  const text = JSON.stringify(body)
  const { authorization } = signTencent(
    {
      method: 'POST',
      service: 'sms',
      query: '',
      headers: { 'content-type': CONTENT_TYPE, host: url.host, 'x-tc-action': action },
      body: text,
      timestampSeconds,
    },
    account,
  )
  const http = await httpCall(url, {
    method: 'POST',
    headers: {
      'content-type': CONTENT_TYPE,
      'x-tc-action': action,
      'x-tc-version': VERSION,
      'x-tc-timestamp': String(timestampSeconds),
      'x-tc-region': account.region,
      authorization,
    },
    body: text,
  })
  const method = `tencent ${action}`
  const { Response: response } = read(action, envelope, objectOf(method, http))
  const code = response.Error?.Code ?? null
  if (code?.startsWith('RequestLimitExceeded')) throw new RateLimitedError(`${method}: ${code}`, MINUTE_MS)
  return { code, response }
}

/** An answer that is no answer leaves open what happened. */
function read<Value>(action: string, schema: z.ZodType<Value>, answer: unknown): Value {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new UnreachableError(`tencent ${action}: the answer is not understood`)
}
