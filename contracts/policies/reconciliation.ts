import { z } from 'zod'
import { definePolicy } from './definition.ts'

const days = (most: number) => z.int().min(0).max(most)
const thresholdCents = z.int().min(1).max(1_000_000_000_000).nullable()

/** How the hub is compared with one other system. */
const rules = z.strictObject({
  /** Compared every night; on demand always. */
  daily: z.boolean(),
  /** So many days back, and further where differences are still open. */
  days: z.int().min(1).max(92),
  /** Cents, of stock units: what differs by no more is the same. */
  tolerance: z.int().min(0).max(100_000_000),
  toleranceDays: days(31),
  /** So long a line may be the only one: the other side hears of it later. */
  graceDays: z.strictObject({ here: days(92), there: days(92) }),
  /** A difference that a later run no longer finds is closed by it. */
  autoClose: z.boolean(),
  /** What of it is told, to people as a work item and to WeCom: so many open differences, so much money, so much of a single one. */
  alert: z.strictObject({
    differences: z.int().min(1).max(1_000_000).nullable(),
    amountCents: thresholdCents,
    singleCents: thresholdCents,
  }),
})

/** The policy `reconciliation`; docs/reconciliation.md. */
const schema = z.strictObject({
  channel: rules,
  finance: rules,
  logistics: rules,
  crm: rules,
  erp: rules,
  wms: rules,
})
export type ReconciliationRules = z.output<typeof rules>

const alert = { differences: 20, amountCents: 500_000, singleCents: 100_000 }
const usual: ReconciliationRules = {
  daily: true,
  days: 7,
  tolerance: 0,
  toleranceDays: 1,
  graceDays: { here: 1, there: 1 },
  autoClose: true,
  alert,
}

export const reconciliation = definePolicy({
  title: { en: 'Reconciliation', zh: '对账' },
  schema,
  initial: {
    // Each order is a call of its platform: what changed yesterday, and what is open still.
    channel: { ...usual, days: 2 },
    // Providers settle on the next working day, around holidays later.
    finance: { ...usual, days: 14, toleranceDays: 5, graceDays: { here: 1, there: 5 } },
    // Prices of couriers are rounded; what they bill and report comes days after the parcel.
    // Not by itself: the courier gateway may have no bills.
    logistics: {
      ...usual,
      daily: false,
      days: 14,
      tolerance: 100,
      toleranceDays: 7,
      graceDays: { here: 1, there: 3 },
    },
    crm: usual,
    erp: usual,
    // Readings are compared as they stand: nothing is early or late.
    wms: { ...usual, days: 1, toleranceDays: 0, graceDays: { here: 0, there: 0 } },
  },
})
