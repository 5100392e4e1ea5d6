import { z } from 'zod'
import { PROMOTION_STATES } from '../domain/promotion.ts'
import { channel, code, instant, page, pageQuery, text } from './common.ts'

/** A promotion's start locks the stock of all its SKUs at once; this bounds for how long. */
const MAX_QUOTAS = 500
/** Far above any promotion, and the sum over all quotas stays an exact integer of the database. */
const units = z.int().min(1).max(1_000_000)

const quotaKey = (quota: { skuId: string; channel: string }) => `${quota.skuId} ${quota.channel}`

export const createPromotionBody = z
  .strictObject({
    name: text(200),
    startsAt: instant,
    endsAt: instant,
    /** Units to hold per SKU and channel, from the start to the end. */
    quotas: z
      .array(z.strictObject({ skuId: code, channel, quantity: units }))
      .min(1)
      .max(MAX_QUOTAS)
      .refine(
        (quotas) => new Set(quotas.map(quotaKey)).size === quotas.length,
        'names a SKU and channel twice',
      ),
    /** The units are still on their way: accept more than there is now. The start is tried until they are there. */
    stockExpected: z.boolean().default(false),
  })
  .refine((body) => Date.parse(body.endsAt) > Date.parse(body.startsAt), {
    path: ['endsAt'],
    message: 'must be after startsAt',
  })
export type CreatePromotionBody = z.output<typeof createPromotionBody>

export const movePromotionBody = z
  .strictObject({
    skuId: code,
    fromChannel: channel,
    toChannel: channel,
    quantity: units,
    reason: text(200),
  })
  .refine((body) => body.fromChannel !== body.toChannel, {
    path: ['toChannel'],
    message: 'must be another channel than fromChannel',
  })
export type MovePromotionBody = z.output<typeof movePromotionBody>

export const closePromotionBody = z.strictObject({ reason: text(200) })

const count = {
  promised: z.int(),
  /** Taken by orders; an order that expires or is cancelled gives its units back to the quota. */
  drawn: z.int(),
  /** Free stock again. */
  returned: z.int(),
  /** Still to be drawn: promised − drawn − returned. */
  remaining: z.int(),
}
const promotionFields = {
  promotionId: z.uuid(),
  name: z.string(),
  state: z.enum(PROMOTION_STATES),
  startsAt: instant,
  endsAt: instant,
  /** Of the policy `promotion` that it was accepted under; 0 is the built-in one. */
  policyVersion: z.int(),
  /** What was missing when its start was last tried. */
  shortages: z.array(z.object({ skuId: z.string(), requested: z.int(), available: z.int() })),
  createdBy: z.string(),
  createdAt: instant,
  startedAt: instant.nullable(),
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
  closeReason: z.string().nullable(),
  total: z.object(count),
}
export const promotionSummary = z.object(promotionFields)
export const promotionView = z.object({
  ...promotionFields,
  quotas: z.array(
    z.object({
      skuId: z.string(),
      channel,
      ...count,
      /** Where the remaining units are held. */
      warehouses: z.array(z.object({ warehouseId: z.string(), remaining: z.int() })),
    }),
  ),
})
export type PromotionView = z.output<typeof promotionView>

export const listPromotionsQuery = pageQuery.extend({
  state: z.enum([...PROMOTION_STATES, 'open']).optional(),
  skuId: code.optional(),
  channel: channel.optional(),
  /** By creation, or by the moment of the start. */
  sort: z.enum(['newest', 'start']).default('newest'),
})
export type ListPromotionsQuery = z.output<typeof listPromotionsQuery>
export const promotionPage = page(promotionSummary)
