import { z } from 'zod'
import { PARCEL_STATES } from '../../domain/order-state.ts'
import { UnreachableError } from '../outside-errors.ts'
import type { OutsideHttp } from '../outside-http.ts'

const scan = z.object({
  eventId: z.string().min(1).max(128),
  state: z.enum(PARCEL_STATES),
  description: z.string().max(500),
  occurredAt: z.iso.datetime({ offset: true }),
})
export type Scan = z.output<typeof scan>
const answer = z.object({ scans: z.array(scan).max(500) })

export type CourierGateway = {
  /** Every scan of a parcel so far, in any order. Throws UnreachableError, and RefusedError for an unknown waybill. */
  track: (parcel: { courier: string; waybillNumber: string }) => Promise<Scan[]>
}

/** `GET /courier/{courier}/waybills/{number}` → `{scans: [{eventId, state, description, occurredAt}]}`. */
export function createCourierGateway(http: OutsideHttp): CourierGateway {
  return {
    track: async ({ courier, waybillNumber }) => {
      const path = `/courier/${encodeURIComponent(courier)}/waybills/${encodeURIComponent(waybillNumber)}`
      const reply = answer.safeParse(await http.request({ method: 'GET', path }))
      if (!reply.success) throw new UnreachableError('the courier’s answer cannot be understood')
      return reply.data.scans
    },
  }
}
