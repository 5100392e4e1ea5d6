import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { objectOf } from '../../channels/answer.ts'
import { httpCall } from '../../http-call.ts'
import { parseLossless, UnreadableJsonError } from '../../lossless-json.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../../outside-errors.ts'
import type { CourierSource, Scan, Waybill } from '../courier.ts'
import { routes, scansByWaybill } from './map.ts'
import { signSf } from './sign.ts'

export type SfAccount = {
  /** `https://bspgw.sf-express.com/std/service` */
  url: string
  partnerId: string
  checkWord: string
}

/** Waybills in one question. */
const WAYBILLS_PER_CALL = 10
const PATIENCE_MS = 2_000

const envelope = z.looseObject({
  apiResultCode: z.string(),
  apiErrorMsg: z.string().nullish(),
  /** JSON as text. */
  apiResultData: z.string().nullish(),
})
const result = z.looseObject({
  success: z.boolean(),
  errorCode: z.string().nullish(),
  errorMsg: z.string().nullish(),
  msgData: z.unknown().optional(),
})

/** The platform's words for "not now"; every other code that is not A1000 is a final no. */
const TOO_FAST: ReadonlySet<string> = new Set(['A1005'])
const AGAIN: ReadonlySet<string> = new Set(['A1009', 'A1099'])

/** SF's own interface (丰桥): routes of several parcels in one call. It pushes nothing to us. */
export function createSf(account: SfAccount): CourierSource {
  return {
    name: 'sf',
    limits: { waybillsPerCall: WAYBILLS_PER_CALL, callsPerSecond: 10, subscriptionsPerSecond: 1 },
    wantsPhone: () => true,
    track: async (waybills) => {
      // Phones are matched to numbers by position, so a call has one for each of its numbers, or none at all.
      const groups = [waybills.filter(hasPhone), waybills.filter((waybill) => !hasPhone(waybill))]
      const found = await Promise.all(
        groups.filter((group) => group.length > 0).map((group) => searchRoutes(account, group)),
      )
      return new Map(found.flatMap((scans) => [...scans]))
    },
    subscribe: null,
  }
}

function hasPhone({ phoneTail }: Waybill): boolean {
  return phoneTail !== null
}

/** `EXP_RECE_SEARCH_ROUTES` */
async function searchRoutes(account: SfAccount, waybills: Waybill[]): Promise<Map<string, Scan[]>> {
  const phones = waybills.map(({ phoneTail }) => phoneTail).filter((tail) => tail !== null)
  const msgData = JSON.stringify({
    language: '0',
    trackingType: '1',
    trackingNumber: waybills.map(({ waybillNumber }) => waybillNumber),
    methodType: '1',
    ...(phones.length > 0 ? { checkPhoneNo: phones.join(',') } : {}),
  })
  const answer = routes.safeParse(await callSf(account, 'EXP_RECE_SEARCH_ROUTES', msgData))
  if (!answer.success) throw new UnreachableError('sf’s routes cannot be understood')
  try {
    return scansByWaybill(answer.data)
  } catch (error) {
    if (error instanceof RangeError) throw new UnreachableError(`sf’s routes: ${error.message}`)
    throw error
  }
}

async function callSf(account: SfAccount, serviceCode: string, msgData: string): Promise<unknown> {
  const timestamp = String(Date.now())
  const reply = await httpCall(account.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({
      partnerID: account.partnerId,
      requestID: randomUUID(),
      serviceCode,
      timestamp,
      msgDigest: signSf(msgData, timestamp, account.checkWord),
      msgData,
    }).toString(),
  })
  const outer = envelope.safeParse(objectOf(`sf ${serviceCode}`, reply))
  if (!outer.success) throw new UnreachableError('sf’s answer cannot be understood')
  const { apiResultCode, apiErrorMsg, apiResultData } = outer.data
  if (apiResultCode !== 'A1000') throw failure(apiResultCode, apiErrorMsg ?? '')
  const inner = result.safeParse(read(apiResultData ?? ''))
  if (!inner.success) throw new UnreachableError('sf’s result cannot be understood')
  if (!inner.data.success) {
    throw new RefusedError(400, `sf refused: ${inner.data.errorCode ?? ''} ${inner.data.errorMsg ?? ''}`)
  }
  return inner.data.msgData
}

function failure(code: string, message: string): Error {
  const text = `sf answered ${code}: ${message.slice(0, 200)}`
  if (TOO_FAST.has(code)) return new RateLimitedError(text, PATIENCE_MS)
  return AGAIN.has(code) ? new UnreachableError(text) : new RefusedError(400, text)
}

function read(text: string): unknown {
  try {
    return parseLossless(text)
  } catch (error) {
    if (error instanceof UnreadableJsonError) return undefined // which no schema accepts
    throw error
  }
}
