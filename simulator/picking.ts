import { createHash } from 'node:crypto'
import { z } from 'zod'
import { prngFor } from './chance.ts'
import { pick } from './people.ts'

/** What the hub tells the PDAs of a warehouse. */
export const pdaMessage = z.strictObject({
  kind: z.enum(['pick_task_created', 'pick_task_withdrawn', 'pick_task_combined', 'pick_task_separated']),
  orderId: z.string().min(1),
  pickTaskId: z.string().min(1),
  warehouseId: z.string().min(1),
  lines: z.array(
    z.strictObject({ lineNumber: z.int().min(1), skuId: z.string().min(1), quantity: z.int().min(1) }),
  ),
  /** With the other tasks of the parcel that it goes into. */
  combinedId: z.string().min(1).optional(),
  combinedWith: z.array(z.string().min(1)).optional(),
})
export type PdaMessage = z.output<typeof pdaMessage>

/** What the warehouse tells the hub about a task; the body is fixed from the start, so that repeating it repeats it. */
export const pickReport = z.strictObject({
  atMs: z.number(),
  body: z.looseObject({
    type: z.string(),
    eventId: z.string(),
    waybillNumber: z.string().optional(),
    courier: z.string().optional(),
  }),
})
export type PickReport = z.output<typeof pickReport>

export const WISHES = ['full', 'short', 'staggered'] as const
/**
 * How the tasks of an order are to be worked: without a gap, the first one short of a unit, or the first one soon
 * and the others late.
 */
export type PickWish = (typeof WISHES)[number]
/** How much longer a late task takes. */
const LATE_FACTOR = 4

export type PickingOptions = {
  seed: string
  receivedAtMs: number
  /** From the task's arrival to the packed parcel, on average. */
  pickingSeconds: number
  /** Share of tasks that come up short. */
  shortPick: number
  /** Who takes the parcels; one of them each, drawn by the task. */
  couriers: readonly string[]
  /** Decides in place of the share. */
  wish?: PickWish | undefined
  /** What replaces a short pick must not come up short by the same wish. */
  isFirstOfOrder: boolean
}

/** The courier that the gateway `/courier` stands for. */
export const COURIER = 'sim'
/** How their waybill numbers begin. */
const PREFIXES: Readonly<Record<string, string>> = {
  sf: 'SF',
  yto: 'YT',
  zto: '7',
  sto: '77',
  yunda: '46',
  jd: 'JD',
  ems: '12',
  deppon: 'DPK',
}

/** How a task is worked: started, perhaps short of one unit, picked, packed. A pure function of its arguments. */
export function planPicking(
  { pickTaskId, lines }: PdaMessage,
  { seed, receivedAtMs, pickingSeconds, shortPick, couriers, wish, isFirstOfOrder }: PickingOptions,
): PickReport[] {
  const prng = prngFor(seed, 'task', pickTaskId)
  const pace = (0.5 + prng()) * (wish === 'staggered' && !isFirstOfOrder ? LATE_FACTOR : 1)
  const isShort = wish === undefined ? prng() < shortPick : wish === 'short' && isFirstOfOrder
  const reports: PickReport[] = []
  const report = (share: number, type: string, more: object = {}) => {
    const atMs = Math.round(receivedAtMs + pickingSeconds * 1_000 * pace * share)
    const eventId = `${pickTaskId}/${type}`
    reports.push({ atMs, body: { type, eventId, occurredAt: new Date(atMs).toISOString(), ...more } })
  }
  report(0.25, 'started')
  if (isShort) {
    const { lineNumber } = pick(prng, lines)
    report(0.5, 'short', { lines: [{ lineNumber, quantityMissing: 1 }] })
  }
  const units = lines.reduce((sum, line) => sum + line.quantity, 0)
  // The only unit was not there: the hub has closed the task, and there is nothing to pack.
  if (isShort && units === 1) return reports
  report(0.7, 'picked')
  report(1, 'packed', labelOf(seed, pickTaskId, couriers))
  return reports
}

/** Courier and number of a parcel; the same task, or the same tasks together, always get the same label. */
export function labelOf(
  seed: string,
  parcelOf: string,
  couriers: readonly string[],
): { waybillNumber: string; courier: string } {
  const courier = pick(prngFor(seed, 'courier', parcelOf), couriers)
  return { waybillNumber: waybillOf(seed, parcelOf, courier), courier }
}

/** Thirteen digits, as couriers print them. */
function waybillOf(seed: string, parcelOf: string, courier: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, 'waybill', parcelOf]))
    .digest()
  const prefix = PREFIXES[courier] ?? courier.toUpperCase()
  return `${prefix}${String(hash.readBigUInt64BE(0) % 10n ** 13n).padStart(13, '0')}`
}
