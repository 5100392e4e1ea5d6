import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Answer, type Call, refusal } from '../../http.ts'
import type { Scan } from '../../story.ts'
import { underFate } from '../fate.ts'
import { type FormParams, readForm } from '../form.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { beijing } from '../values.ts'

const CALLS_PER_SECOND = 30
const NUMBERS_A_CALL = 10

const search = z.looseObject({
  language: z.string(),
  trackingType: z.literal('1'),
  trackingNumber: z.array(z.string()).min(1).max(NUMBERS_A_CALL),
  methodType: z.literal('1'),
  checkPhoneNo: z.string().optional(),
})

const OP_CODES: Record<Scan['state'], string> = {
  shipped: '50',
  in_transit: '31',
  refused: '70',
  delivered: '80',
  returned: '648',
  lost: '33',
}

/** SF's 丰桥: `POST /sf/std/service`, of whose services it has `EXP_RECE_SEARCH_ROUTES`. */
export function createSfPlatform(options: PlatformOptions): OutsidePlatform {
  const { parcel: look, now } = options
  const account = options.courierAccounts.sf
  const mischief = options.mischiefOf('sf')
  let second = { startMs: 0, calls: 0 }
  const isTooFast = () => {
    const startMs = Math.floor(now() / 1_000) * 1_000
    second = second.startMs === startMs ? { startMs, calls: second.calls + 1 } : { startMs, calls: 1 }
    return second.calls > CALLS_PER_SECOND
  }

  function serve(form: FormParams): Answer {
    const field = (name: string) => form.get(name) ?? ''
    const missing = ['partnerID', 'requestID', 'serviceCode', 'timestamp', 'msgDigest', 'msgData'].find(
      (name) => field(name) === '',
    )
    if (missing) return outer('A1001', `必传参数不可为空: ${missing}`)
    if (field('partnerID') !== account.partnerId) return outer('A1004', '无对应服务权限')
    if (field('msgDigest') !== digestOf(field('msgData') + field('timestamp') + account.checkWord)) {
      return outer('A1006', '数字签名无效')
    }
    if (isTooFast()) return outer('A1005', '流量受控')
    if (field('serviceCode') !== 'EXP_RECE_SEARCH_ROUTES') return outer('A1004', '无对应服务权限')
    const wanted = search.safeParse(parse(field('msgData'))).data
    if (!wanted) return inner({ success: false, errorCode: 'S0001', errorMsg: '传参异常' })
    const phones = wanted.checkPhoneNo?.split(',') ?? []
    if (phones.length > 0 && phones.length !== wanted.trackingNumber.length) {
      return inner({ success: false, errorCode: 'S0001', errorMsg: '电话号码与运单数不符' })
    }
    const seen = wanted.trackingNumber.map((number) => look(number))
    if (seen.every((scans) => scans === 'unreachable')) return outer('A1009', '目标服务异常或不可达')
    const routeResps = wanted.trackingNumber.map((mailNo, index) => {
      const scans = seen[index]
      return { mailNo, routes: Array.isArray(scans) ? scans.map(routeOf) : [] }
    })
    return inner({ success: true, errorCode: 'S0000', errorMsg: null, msgData: { routeResps } })
  }

  return {
    name: 'sf',
    answer: (call: Call) => {
      if (call.method !== 'POST' || call.segments.slice(1).join('/') !== 'std/service') {
        return refusal(404, 'there is no such thing here')
      }
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () =>
        fate === 'rateLimited' ? outer('A1005', '流量受控') : serve(readForm(call.body) ?? new Map()),
      )
    },
    close: async () => undefined,
  }
}

function routeOf(scan: Scan): object {
  return {
    acceptTime: beijing(Date.parse(scan.occurredAt)),
    acceptAddress: '',
    remark: scan.description,
    opCode: OP_CODES[scan.state],
  }
}

function outer(apiResultCode: string, apiErrorMsg: string, apiResultData = ''): Answer {
  return { status: 200, body: { apiResponseID: '0', apiResultCode, apiErrorMsg, apiResultData } }
}

/** The result travels as a text within the envelope. */
function inner(result: object): Answer {
  return outer('A1000', '', JSON.stringify(result))
}

const PLAIN = /[A-Za-z0-9.*_-]/

/** Byte by byte as Java does it, then MD5 and base64. */
function digestOf(text: string): string {
  const encoded = [...Buffer.from(text, 'utf8')].map((byte) => {
    const character = String.fromCharCode(byte)
    if (byte === 0x20) return '+'
    return byte < 0x80 && PLAIN.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return createHash('md5').update(encoded.join('')).digest('base64')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no schema accepts
  }
}
