import { z } from 'zod'
import { objectOf } from '../../channels/answer.ts'
import { httpCall } from '../../http-call.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../../outside-errors.ts'
import type { CourierSource, Scan, Waybill } from '../courier.ts'
import { companyOf, scansOf, trace } from './map.ts'
import { saltOf, signQuery } from './sign.ts'

export type Kuaidi100Account = {
  /** `https://poll.kuaidi100.com` */
  baseUrl: string
  customer: string
  key: string
  /** Where pushes go; null: parcels are only asked about. */
  callbackUrl: string | null
  /** Secrets that salts are made from, the newest first. */
  saltKeys: readonly string[]
  /** What the account may ask in a second. */
  queriesPerSecond: number
}

/** The finer states of each line. */
const RESULT_VERSION = '4'
/** A phone number proves to Kuaidi100 that the parcel is ours. */
const WITH_PHONE: ReadonlySet<string> = new Set(['sf'])

const verdict = z.looseObject({ returnCode: z.string().default(''), message: z.string().default('') })

/** What `returnCode` of a query means. Everything else is a final no: a wrong key, a wrong signature, no credit. */
const NO_NEWS = '500'
const AGAIN: ReadonlySet<string> = new Set(['501'])
const TOO_FAST: ReadonlySet<string> = new Set(['502'])
const PATIENCE_MS = 2_000

/** Parcels of every courier that Kuaidi100 knows: real-time queries, and subscriptions that push. */
export function createKuaidi100(account: Kuaidi100Account): CourierSource {
  const { callbackUrl } = account
  return {
    name: 'kuaidi100',
    limits: { waybillsPerCall: 1, callsPerSecond: account.queriesPerSecond, subscriptionsPerSecond: 20 },
    wantsPhone: (courier) => WITH_PHONE.has(courier),
    track: async (waybills) => {
      const found = new Map<string, Scan[]>()
      for (const waybill of waybills) found.set(waybill.waybillNumber, await query(account, waybill))
      return found
    },
    subscribe: callbackUrl === null ? null : (waybill) => subscribe(account, callbackUrl, waybill),
  }
}

async function query(account: Kuaidi100Account, waybill: Waybill): Promise<Scan[]> {
  const { customer, key } = account
  const param = JSON.stringify({
    com: companyFor(waybill),
    num: waybill.waybillNumber,
    phone: waybill.phoneTail ?? '',
    from: '',
    to: '',
    resultv2: RESULT_VERSION,
    show: '0',
    order: 'desc',
    lang: 'zh',
  })
  const reply = await call(account, '/poll/query.do', {
    customer,
    sign: signQuery(param, key, customer),
    param,
  })
  const { returnCode, message } = verdict.parse(reply)
  if (returnCode === '' || returnCode === '200') return readTrace(reply)
  if (returnCode === NO_NEWS) return []
  throw failure(returnCode, message)
}

function readTrace(reply: object): Scan[] {
  const found = trace.safeParse(reply)
  if (!found.success) throw new UnreachableError('kuaidi100’s answer cannot be understood')
  try {
    return scansOf(found.data)
  } catch (error) {
    if (error instanceof RangeError) throw new UnreachableError(`kuaidi100’s answer: ${error.message}`)
    throw error
  }
}

/** 200 and "already subscribed" are the same to us. A company that it cannot follow is a final no. */
async function subscribe(
  account: Kuaidi100Account,
  callbackurl: string,
  waybill: Waybill,
): Promise<'subscribed' | 'already_subscribed'> {
  const [saltKey = ''] = account.saltKeys
  const param = JSON.stringify({
    company: companyFor(waybill),
    number: waybill.waybillNumber,
    from: '',
    to: '',
    key: account.key,
    parameters: {
      callbackurl,
      // Without a salt pushes come unsigned.
      salt: saltOf(waybill.waybillNumber, saltKey),
      resultv2: RESULT_VERSION,
      autoCom: '0',
      interCom: '0',
      phone: waybill.phoneTail ?? '',
    },
  })
  const { returnCode, message } = verdict.parse(await call(account, '/poll', { schema: 'json', param }))
  if (returnCode === '200') return 'subscribed'
  if (returnCode === '501') return 'already_subscribed'
  if (returnCode === '500') throw new UnreachableError(`kuaidi100 failed: ${message}`)
  throw failure(returnCode, message)
}

function failure(returnCode: string, message: string): Error {
  const text = `kuaidi100 answered ${returnCode}: ${message.slice(0, 200)}`
  if (TOO_FAST.has(returnCode)) return new RateLimitedError(text, PATIENCE_MS)
  return AGAIN.has(returnCode) ? new UnreachableError(text) : new RefusedError(400, text)
}

async function call(account: Kuaidi100Account, path: string, form: Record<string, string>): Promise<object> {
  const answer = await httpCall(`${account.baseUrl.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(form).toString(),
  })
  return objectOf(`kuaidi100 ${path}`, answer)
}

function companyFor({ courier }: Waybill): string {
  const company = companyOf(courier)
  if (company === undefined) throw new RefusedError(400, `kuaidi100 is not asked about ${courier}`)
  return company
}
