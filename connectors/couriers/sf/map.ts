import { z } from 'zod'
import type { ParcelState } from '../../../domain/order-state.ts'
import { instantOfChina } from '../../channels/values.ts'
import type { Scan } from '../courier.ts'
import { plain, saysLost, saysRefused, scanId } from '../words.ts'

/** SF has hundreds of codes for scans on the way; these are the ones that decide something. */
const OP_CODES: Readonly<Record<string, ParcelState>> = {
  '43': 'shipped',
  '50': 'shipped',
  '51': 'shipped',
  '54': 'shipped',
  '80': 'delivered',
  '8000': 'delivered',
  '648': 'returned',
}
/** Delivery that did not happen: its text says why. */
const TROUBLE: ReadonlySet<string> = new Set(['33', '34', '70'])

const word = z.string().max(4_000)
export const routes = z.looseObject({
  routeResps: z
    .array(
      z.looseObject({
        mailNo: z.string().min(1).max(128),
        routes: z
          .array(
            z.looseObject({
              acceptTime: word,
              acceptAddress: word.nullish(),
              remark: word.nullish(),
              opCode: word.default(''),
            }),
          )
          .max(1_000)
          .nullish(),
      }),
    )
    .nullish(),
})
export type Routes = z.output<typeof routes>

/** Each parcel's scans. @throws RangeError for one without a time that can be read */
export function scansByWaybill({ routeResps }: Routes): Map<string, Scan[]> {
  return new Map(
    (routeResps ?? []).map((parcel) => [
      parcel.mailNo,
      (parcel.routes ?? []).map(({ acceptTime, acceptAddress, remark, opCode }) => {
        const occurredAt = instantOfChina(acceptTime)
        if (occurredAt === null) throw new RangeError('a scan without a time')
        const description = [acceptAddress, remark].filter(Boolean).join(' ')
        return {
          eventId: scanId(acceptTime, description),
          state: stateOf(opCode, description),
          rawState: opCode,
          description: plain(description),
          occurredAt,
        }
      }),
    ]),
  )
}

function stateOf(opCode: string, text: string): ParcelState {
  const known = OP_CODES[opCode]
  if (known) return known
  if (TROUBLE.has(opCode) && saysLost(text)) return 'lost'
  if (TROUBLE.has(opCode) && saysRefused(text)) return 'refused'
  return 'in_transit'
}
