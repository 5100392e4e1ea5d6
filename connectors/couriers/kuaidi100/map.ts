import { z } from 'zod'
import type { ParcelState } from '../../../domain/order-state.ts'
import { instantOfChina } from '../../channels/values.ts'
import type { Scan } from '../courier.ts'
import { plain, saysLost, saysRefused, scanId } from '../words.ts'

/** Kuaidi100's names of couriers, by the hub's codes. */
const COMPANIES: Readonly<Record<string, string>> = {
  sf: 'shunfeng',
  yto: 'yuantong',
  zto: 'zhongtong',
  sto: 'shentong',
  yunda: 'yunda',
  jd: 'jd',
  ems: 'ems',
  deppon: 'debangkuaidi',
}

export const KUAIDI100_COURIERS: readonly string[] = Object.keys(COMPANIES)

/** Kuaidi100's name of a courier; undefined for one that it is not asked about. */
export function companyOf(courier: string): string | undefined {
  return COMPANIES[courier]
}

/** The hub's code of a courier by Kuaidi100's name; null for one that the hub does not ship with. */
export function courierOf(company: string): string | null {
  return KUAIDI100_COURIERS.find((courier) => COMPANIES[courier] === company.toLowerCase()) ?? null
}

/**
 * What each state means to an order. Of the finer codes only those are listed that mean something else than their
 * family; `2` (疑难, trouble) is decided by its text.
 */
const STATES: Readonly<Record<string, ParcelState>> = {
  '0': 'in_transit',
  '1': 'shipped',
  '3': 'delivered',
  '4': 'returned',
  '5': 'in_transit',
  '6': 'returned',
  '7': 'in_transit',
  '8': 'in_transit',
  '10': 'in_transit',
  '11': 'in_transit',
  '12': 'in_transit',
  '13': 'in_transit',
  '14': 'refused',
  '203': 'refused',
  '1001': 'in_transit',
  '1002': 'in_transit',
  '1003': 'in_transit',
}

/** What a state means; null for one that nobody knows. Three digits and more belong to the family of the first. */
export function stateOf(code: string, text: string): ParcelState | null {
  const known = STATES[code]
  if (known) return known
  if (!/^\d{1,4}$/.test(code)) return null
  const family = code.length >= 3 ? code.slice(0, 1) : code
  if (family !== '2') return STATES[family] ?? null
  if (saysLost(text)) return 'lost'
  return saysRefused(text) ? 'refused' : 'in_transit'
}

const word = z.string().max(4_000)
const row = z.looseObject({
  time: word.optional(),
  ftime: word.optional(),
  context: word.default(''),
  statusCode: word.nullish(),
})
/** A parcel's whole way, newest line first: the answer of a query, and `lastResult` of a push. */
export const trace = z.looseObject({
  nu: z.string().min(1).max(128),
  com: z.string().max(64).default(''),
  state: word.default(''),
  data: z.array(row).max(1_000).default([]),
})
export type Trace = z.output<typeof trace>

/** What decides an order; the trace's own state says so before any of its lines does. */
const DECISIVE: ReadonlySet<ParcelState | null> = new Set(['delivered', 'refused', 'returned', 'lost'])

/**
 * The lines of a trace as scans.
 *
 * @throws RangeError for a line without a time that can be read
 */
export function scansOf({ state, data }: Trace): Scan[] {
  return data.map((line, index) => {
    const time = line.ftime || line.time || ''
    const occurredAt = instantOfChina(time)
    if (occurredAt === null) throw new RangeError('a scan without a time')
    const own = line.statusCode ?? ''
    const isNewest = index === 0
    // Without `resultv2` lines have no state of their own: the newest has the parcel's, the others are behind it.
    const rawState = own === '' ? (isNewest ? state : '0') : own
    const whole = isNewest && state !== '' ? stateOf(state, line.context) : null
    return {
      eventId: scanId(time, line.context),
      state: whole !== null && DECISIVE.has(whole) ? whole : stateOf(rawState, line.context),
      rawState,
      description: plain(line.context),
      occurredAt,
    }
  })
}
