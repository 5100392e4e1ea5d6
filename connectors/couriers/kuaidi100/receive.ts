import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseLossless, UnreadableJsonError } from '../../lossless-json.ts'
import type { Scan } from '../courier.ts'
import { courierOf, scansOf, trace } from './map.ts'
import { isPushSigned, saltOf } from './sign.ts'

/** The one answer that Kuaidi100 takes for a yes, byte for byte. */
export const KUAIDI100_ACCEPTED = '{"result":true,"returnCode":"200","message":"成功"}'

/** Any other answer makes it push again. */
export function kuaidi100Refusal(message: string): string {
  return JSON.stringify({ result: false, returnCode: '500', message })
}

export type ReceivedPush =
  | {
      outcome: 'accepted'
      /** The message's own name: pushes carry neither an id nor a time, so it is what they say. */
      messageId: string
      waybillNumber: string
      param: string
    }
  | { outcome: 'refused'; reason: 'malformed' | 'bad-signature' }

/** Only as much as is needed to know whose salt to check; the rest is read after the signature has been. */
const addressed = z.looseObject({ lastResult: z.looseObject({ nu: z.string().min(1).max(128) }) })

/**
 * Checks a push: form `param` and `sign` = UPPER MD5(param + salt), the salt being that of the parcel it names.
 * Every salt key is tried, so that keys can be changed while subscriptions run.
 */
export function receiveKuaidi100(body: Buffer, saltKeys: readonly string[]): ReceivedPush {
  const form = readForm(body)
  const param = only(form, 'param')
  const sign = only(form, 'sign')
  if (param === null || sign === null) return { outcome: 'refused', reason: 'malformed' }
  const waybillNumber = addressee(param)
  if (waybillNumber === null) return { outcome: 'refused', reason: 'malformed' }
  const isSigned = saltKeys.map((saltKey) => isPushSigned(param, sign, saltOf(waybillNumber, saltKey)))
  if (!isSigned.includes(true)) return { outcome: 'refused', reason: 'bad-signature' }
  const messageId = createHash('sha256').update(param).digest('hex')
  return { outcome: 'accepted', messageId, waybillNumber, param }
}

function readForm(body: Buffer): URLSearchParams | null {
  try {
    return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return null // not UTF-8: nobody sends that
  }
}

/** A field that is there exactly once: of two, one would be signed and the other be read. NUL stands in no text. */
function only(form: URLSearchParams | null, name: string): string | null {
  const values = form?.getAll(name) ?? []
  const [value = ''] = values
  return values.length === 1 && !value.includes('\0') ? value : null
}

function addressee(param: string): string | null {
  try {
    return addressed.safeParse(parseLossless(param)).data?.lastResult.nu ?? null
  } catch (error) {
    if (error instanceof UnreadableJsonError) return null
    throw error
  }
}

const push = z.looseObject({
  status: z.string().max(64),
  message: z.string().max(4_000).default(''),
  autoCheck: z.string().max(8).default(''),
  comOld: z.string().max(64).default(''),
  comNew: z.string().max(64).default(''),
  lastResult: trace,
})

/** What a push says of its parcel. */
export type CourierPush = {
  waybillNumber: string
  /** The courier by the hub's code; null: one that the hub does not ship with. */
  courier: string | null
  /** The courier that the hub had named, where Kuaidi100 found that it is another. */
  correctedFrom: string | null
  scans: Scan[]
  /** Why no more pushes come: the parcel has arrived, or nothing was heard of it. Null: the subscription goes on. */
  ended: { reason: 'shutdown' | 'abort'; message: string } | null
}

/**
 * Reads a push that has been verified.
 *
 * @throws ZodError, RangeError or UnreadableJsonError for one that is not as the documents have it
 */
export function readKuaidi100Push(param: string): CourierPush {
  const { status, message, autoCheck, comOld, comNew, lastResult } = push.parse(parseLossless(param))
  const isCorrected = autoCheck === '1' && comNew !== '' && comNew !== comOld
  return {
    waybillNumber: lastResult.nu,
    courier: courierOf(isCorrected ? comNew : lastResult.com),
    correctedFrom: isCorrected ? comOld : null,
    scans: scansOf(lastResult),
    ended: status === 'shutdown' || status === 'abort' ? { reason: status, message } : null,
  }
}
