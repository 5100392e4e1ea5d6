import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { chinaDay, type Finding } from '../../domain/notification.ts'
import { objectOf } from '../channels/answer.ts'
import { httpCall } from '../http-call.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../outside-errors.ts'
import { percentEncode, signAliyunAcs3 } from './aliyun-sign.ts'
import type { Notifier, OutgoingMessage, SendOutcome } from './notifier.ts'

export type AliyunSmsAccount = {
  /** `https://dysmsapi.aliyuncs.com` */
  url: string
  accessKeyId: string
  accessKeySecret: string
  /** The approved signature (签名) in front of each text. */
  signName: string
}

const VERSION = '2017-05-25'
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Far more than its clock and ours, and a call under way, are ever apart. */
const CLOCKS_APART_MS = HOUR_MS
const PAGE_SIZE = 50
/** One number gets fewer in a day than these pages hold. */
const MAX_PAGES = 4
/** 1: the operator has not said yet. */
const NOT_DELIVERED = '2'
const DELIVERED = '3'

/** The number is at fault, or its owner wants nothing. */
const OF_THE_NUMBER: ReadonlySet<string> = new Set([
  'isv.MOBILE_NUMBER_ILLEGAL',
  'isv.MOBILE_IN_BLACK',
  'MOBILE_IN_BLACK',
  'isv.BLACK_LIST',
])
/** So many to one number in an hour or a day. */
const NUMBER_LIMITED: ReadonlySet<string> = new Set(['isv.BUSINESS_LIMIT_CONTROL', 'isv.DAY_LIMIT_CONTROL'])
/** Trouble inside: what it did before nobody says. */
const TROUBLE: ReadonlySet<string> = new Set([
  'isp.SYSTEM_ERROR',
  'isp.RAM_PERMISSION_DENY_TIMEOUT',
  'InternalError',
  'ServiceUnavailable',
])

const answered = z.looseObject({ Code: z.string(), BizId: z.string().optional() })
const details = z.looseObject({
  TotalCount: z.string().regex(/^\d+$/),
  SmsSendDetailDTOs: z.looseObject({
    SmsSendDetailDTO: z.array(
      z.looseObject({
        OutId: z.string().optional(),
        SendStatus: z.string(),
        ErrCode: z.string().optional(),
      }),
    ),
  }),
})

/**
 * Aliyun's SMS service, its calls signed with ACS3-HMAC-SHA256. `OutId` is no idempotency key: it only lets a message be found
 * among the records of its number and day, which near midnight is the day before or after as well: its clock need not be
 * ours. https://help.aliyun.com/document_detail/419273.html
 */
export function createAliyunSms(account: AliyunSmsAccount, now: () => Date = () => new Date()): Notifier {
  const call = (action: string, query: Record<string, string>) => callAliyun(account, action, query, now())
  return {
    name: 'aliyun',
    way: 'sms',
    hasReports: true,
    send: async (message) => {
      const { Code: code, BizId: bizId } = read(
        'SendSms',
        answered,
        await call('SendSms', bodyOf(account, message)),
      )
      return outcomeOf(code, bizId ?? null)
    },
    find: async ({ id, recipient }, sendingAt) => {
      for (const day of daysAround(sendingAt, now())) {
        const found = await findOn(call, { id, recipient, day })
        if (found.kind !== 'absent') return found
      }
      return { kind: 'absent' }
    },
  }
}

/** The days in which a message may stand that was sent at a time: a day that has not begun holds none. */
function daysAround(sendingAt: Date, now: Date): string[] {
  const atMs = sendingAt.getTime()
  const days = [atMs, atMs - CLOCKS_APART_MS, atMs + CLOCKS_APART_MS].map((ms) => chinaDay(new Date(ms)))
  return [...new Set(days)].filter((day) => day <= chinaDay(now))
}

function bodyOf({ signName }: AliyunSmsAccount, message: OutgoingMessage): Record<string, string> {
  return {
    PhoneNumbers: message.recipient,
    SignName: signName,
    TemplateCode: message.templateId,
    TemplateParam: JSON.stringify(
      Object.fromEntries(message.parameters.map(({ name, value }) => [name, value])),
    ),
    OutId: message.id,
  }
}

function outcomeOf(code: string, providerId: string | null): SendOutcome {
  if (code === 'OK') return { kind: 'sent', providerId }
  if (OF_THE_NUMBER.has(code)) return { kind: 'unreachable', reason: code }
  if (NUMBER_LIMITED.has(code)) return { kind: 'later', reason: code, retryInMs: HOUR_MS }
  if (code.startsWith('Throttling')) return { kind: 'later', reason: code, retryInMs: MINUTE_MS }
  if (TROUBLE.has(code)) throw new UnreachableError(`aliyun SendSms: ${code}`)
  // Its message is left out: it may quote what was sent.
  throw new RefusedError(200, `aliyun SendSms: ${code}`)
}

type Call = (action: string, query: Record<string, string>) => Promise<Record<string, unknown>>

async function findOn(
  call: Call,
  { id, recipient, day }: { id: string; recipient: string; day: string },
): Promise<Finding> {
  const action = 'QuerySendDetails'
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await call(action, {
      PhoneNumber: recipient,
      SendDate: day.replaceAll('-', ''),
      PageSize: String(PAGE_SIZE),
      CurrentPage: String(page),
    })
    const { Code: code } = read(action, answered, answer)
    if (code.startsWith('Throttling')) throw new RateLimitedError(`aliyun ${action}: ${code}`, MINUTE_MS)
    if (code !== 'OK') throw new RefusedError(200, `aliyun ${action}: ${code}`)
    const { TotalCount: total, SmsSendDetailDTOs: list } = read(action, details, answer)
    const found = list.SmsSendDetailDTO.find((detail) => detail.OutId === id)
    if (found?.SendStatus === NOT_DELIVERED)
      return { kind: 'undelivered', reason: found.ErrCode ?? 'not delivered' }
    if (found) return { kind: found.SendStatus === DELIVERED ? 'delivered' : 'sent', providerId: null }
    if (Number(total) <= page * PAGE_SIZE) return { kind: 'absent' }
  }
  return { kind: 'silent', reason: 'too many messages to one number in a day' }
}

async function callAliyun(
  account: AliyunSmsAccount,
  action: string,
  query: Record<string, string>,
  at: Date,
): Promise<Record<string, unknown>> {
  const url = new URL(account.url)
  const headers = {
    host: url.host,
    'x-acs-action': action,
    'x-acs-version': VERSION,
    'x-acs-date': `${at.toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
  }
  const signed = signAliyunAcs3({ method: 'POST', path: url.pathname, query, headers, body: '' }, account)
  url.search = Object.entries(query)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
  const { host: _host, ...sent } = headers
  const answer = await httpCall(url, {
    method: 'POST',
    headers: {
      ...sent,
      accept: 'application/json',
      'x-acs-content-sha256': signed.contentSha256,
      Authorization: signed.authorization,
    },
  })
  const method = `aliyun ${action}`
  // Refusals come with a status of 4xx and, like everything else, a `Code`.
  if (answer.status >= 400 && answer.status < 500) return objectOf(method, { ...answer, status: 200 })
  return objectOf(method, answer)
}

/** An answer that is no answer leaves open what happened. */
function read<Value>(action: string, schema: z.ZodType<Value>, answer: unknown): Value {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new UnreachableError(`aliyun ${action}: the answer is not understood`)
}
