import { z } from 'zod'
import { definePolicy } from './definition.ts'

/** Two days without a scan are more than any courier takes between two stations. */
const PARCEL_SILENCE_SECONDS = 48 * 3_600

/** The deadlines of an order's life, in seconds; an order keeps those that it was placed with. */
const schema = z.strictObject({
  trackingIntervalSeconds: z.number().min(0.2).max(300),
  afterSalesWindowSeconds: z
    .number()
    .min(1)
    .max(90 * 86_400),
  latePaymentWindowSeconds: z
    .number()
    .min(1)
    .max(30 * 86_400),
  parcelSilenceSeconds: z
    .number()
    .min(0.2)
    .max(30 * 86_400)
    .default(PARCEL_SILENCE_SECONDS),
})

export const orderLife = definePolicy({
  title: { en: 'Deadlines of an order', zh: '订单时限' },
  schema,
  initial: {
    trackingIntervalSeconds: 5 * 60,
    afterSalesWindowSeconds: 7 * 86_400,
    latePaymentWindowSeconds: 2 * 3_600,
    parcelSilenceSeconds: PARCEL_SILENCE_SECONDS,
  },
})
