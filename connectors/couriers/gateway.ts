import { z } from 'zod'
import { PARCEL_STATES } from '../../domain/order-state.ts'
import { UnreachableError } from '../outside-errors.ts'
import type { OutsideHttp } from '../outside-http.ts'
import type { CourierSource, Scan, Waybill } from './courier.ts'

const scan = z.object({
  eventId: z.string().min(1).max(128),
  state: z.enum(PARCEL_STATES),
  description: z.string().max(500),
  occurredAt: z.iso.datetime({ offset: true }),
})
const answer = z.object({ scans: z.array(scan).max(500) })

/**
 * The merchant's own courier gateway, for every courier that nothing else follows:
 * `GET /courier/{courier}/waybills/{number}` → `{scans: [{eventId, state, description, occurredAt}]}`.
 */
export function createCourierGateway(http: OutsideHttp): CourierSource {
  const ask = async ({ courier, waybillNumber }: Waybill): Promise<Scan[]> => {
    const path = `/courier/${encodeURIComponent(courier)}/waybills/${encodeURIComponent(waybillNumber)}`
    const reply = answer.safeParse(await http.request({ method: 'GET', path }))
    if (!reply.success) throw new UnreachableError('the courier’s answer cannot be understood')
    return reply.data.scans.map((entry) => ({ ...entry, rawState: entry.state }))
  }
  return {
    name: 'gateway',
    limits: { waybillsPerCall: 1, callsPerSecond: 500, subscriptionsPerSecond: 1 },
    wantsPhone: () => false,
    track: async (waybills) => {
      const scans = await Promise.all(waybills.map(ask))
      return new Map(waybills.map((waybill, index) => [waybill.waybillNumber, scans[index] ?? []]))
    },
    subscribe: null,
  }
}
