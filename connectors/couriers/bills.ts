import { z } from 'zod'
import { externalId, instant } from '../../contracts/common.ts'
import { WAYBILL_STATES } from '../../domain/reconciliation-states.ts'
import { UnreachableError } from '../outside-errors.ts'
import type { OutsideHttp } from '../outside-http.ts'

const line = z.object({
  /** Unique for the couriers together. */
  lineId: externalId,
  courier: z.string().regex(/^[a-z0-9_-]{1,32}$/),
  waybillNumber: externalId,
  /** What the courier charges for the parcel. */
  freightCents: z.int().min(0).max(1_000_000_000),
  state: z.enum(WAYBILL_STATES),
  shippedAt: instant,
})
export type BillLine = z.output<typeof line>
const answer = z.object({
  lines: z.array(line).max(1_000),
  nextCursor: z.string().min(1).max(500).nullable(),
})

const TIMEOUT_MS = 15_000

export type CourierBills = (
  period: { from: Date; to: Date },
  cursor: string | null,
) => Promise<{ items: BillLine[]; nextCursor: string | null }>

/**
 * What couriers bill for the parcels that were sent in a period, at the merchant's courier gateway:
 * `GET /courier/bills?from=&to=&cursor=` → `{lines, nextCursor}`; docs/reconciliation.md.
 */
export function createCourierBills(http: OutsideHttp): CourierBills {
  return async ({ from, to }, cursor) => {
    const query = new URLSearchParams({
      from: from.toISOString(),
      to: to.toISOString(),
      ...(cursor === null ? {} : { cursor }),
    })
    const path = `/courier/bills?${query}`
    const parsed = answer.safeParse(await http.request({ method: 'GET', path, timeoutMs: TIMEOUT_MS }))
    if (!parsed.success) throw new UnreachableError('the bills of the courier gateway cannot be understood')
    return { items: parsed.data.lines, nextCursor: parsed.data.nextCursor }
  }
}
