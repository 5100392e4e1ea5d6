import type { CourierBills } from '../connectors/couriers/bills.ts'
import { parcelFreightCents } from '../domain/parcel-freight.ts'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import { HUB_WAYBILL_STATE } from '../domain/reconciliation-states.ts'
import { currentPolicy } from '../store/policy.ts'
import { stageLines } from '../store/reconciliation-lines.ts'
import { ordersOfWaybills, readParcels } from '../store/reconciliation-parcels.ts'
import { isWithin, placeOf, type ReadStep, readPages } from './reconciliation-reading.ts'

const PARCELS_A_STEP = 2_000

/** The hub's parcels, each with what it should cost by the freight table of the allocation policy. */
export const readHubParcels: ReadStep =
  async ({ run, around }, position) =>
  async (tx) => {
    const after = position === null ? null : placeOf(position)
    const parcels = await readParcels(tx, { period: run.period, around, after, limit: PARCELS_A_STEP })
    const { document } = await currentPolicy(tx, 'allocation')
    const lines = parcels.map((parcel): ReconciliationLine => {
      const { longitude, latitude, region, divisionCode, weightGrams } = parcel
      const key = waybillKey(parcel)
      return {
        ref: key,
        kind: 'waybill',
        key,
        group: key,
        value: parcelFreightCents(document.freight, {
          from: { longitude, latitude, region },
          divisionCode,
          weightGrams,
        }),
        status: HUB_WAYBILL_STATE[parcel.state],
        atMs: parcel.shippedAt.getTime(),
        inPeriod: isWithin(parcel.shippedAt.getTime(), run.period),
        orderId: parcel.orderId,
        storeId: parcel.storeId,
      }
    })
    const count = await stageLines(tx, run.id, 'hub', lines)
    const last = parcels.at(-1)
    return { count, next: last && parcels.length === PARCELS_A_STEP ? `${last.at}|${last.id}` : null }
  }

export type LogisticsDeps = { courierBills: CourierBills }

/** What couriers bill, by waybill. */
export function readBills({ courierBills }: LogisticsDeps): ReadStep {
  return readPages(courierBills, async (tx, bills, run) => {
    const orders = await ordersOfWaybills(tx, bills)
    return bills.map((bill): ReconciliationLine => {
      const key = waybillKey(bill)
      const order = orders.get(`${bill.courier}/${bill.waybillNumber}`)
      const atMs = Date.parse(bill.shippedAt)
      return {
        ref: bill.lineId,
        kind: 'waybill',
        key,
        group: key,
        value: bill.freightCents,
        status: bill.state,
        atMs,
        inPeriod: isWithin(atMs, run.period),
        orderId: order?.orderId ?? null,
        storeId: order?.storeId ?? null,
      }
    })
  })
}

function waybillKey({ courier, waybillNumber }: { courier: string; waybillNumber: string }): string {
  return `waybill/${courier}/${waybillNumber}`
}
