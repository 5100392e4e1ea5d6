import { z } from 'zod'
import { PRESALE_STATES } from '../domain/presale.ts'
import { code, instant, page, pageQuery, text } from './common.ts'

/** Far above any presale, and every sum stays an exact integer of the database. */
const units = z.int().min(1).max(1_000_000)

export const createPresaleBody = z.strictObject({
  skuId: code,
  /** Where it is expected; an arrival may name another warehouse. */
  warehouseId: code,
  /** Units that may be promised in all. */
  quantity: units,
  expectedOn: z.iso.date(),
  /** Default: now. */
  opensAt: instant.optional(),
  closesAt: instant,
})
export type CreatePresaleBody = z.output<typeof createPresaleBody>

export const changePresaleBody = z
  .strictObject({
    quantity: units.optional(),
    expectedOn: z.iso.date().optional(),
    reason: text(200),
  })
  .refine((body) => body.quantity !== undefined || body.expectedOn !== undefined, 'changes nothing')
export type ChangePresaleBody = z.output<typeof changePresaleBody>

export const closePresaleBody = z.strictObject({
  reason: text(200),
  /** The goods will not come in: paid orders that wait get the money for them back. Also for one that is closed. */
  giveUpWaiting: z.boolean().default(false),
})
export type ClosePresaleBody = z.output<typeof closePresaleBody>

export const arrivalBody = z.strictObject({
  warehouseId: code,
  quantity: units,
  /** They have been booked as ordinary stock already: nothing is received again, and only what is still free serves. */
  inStock: z.boolean().default(false),
  /** E.g. the number of the delivery note. */
  reason: text(200),
})
export type ArrivalBody = z.output<typeof arrivalBody>

export const arrivalAnswer = z.object({
  presaleId: z.uuid(),
  quantity: z.int(),
  /** Held for orders that waited. */
  servedUnits: z.int(),
  servedOrders: z.int(),
  /** Free stock, or swallowed by a shortfall of the warehouse. */
  freeUnits: z.int(),
})
export type ArrivalAnswer = z.output<typeof arrivalAnswer>

export const presaleView = z.object({
  presaleId: z.uuid(),
  skuId: z.string(),
  warehouseId: z.string(),
  state: z.enum(PRESALE_STATES),
  promised: z.int(),
  /** Promised to orders: live holds, and units that were served. */
  sold: z.int(),
  served: z.int(),
  /** Sold and not yet there. */
  waiting: z.int(),
  /** Came in without anybody waiting for them: free stock. */
  freed: z.int(),
  /** May still be sold: promised − sold − freed. */
  left: z.int(),
  expectedOn: z.iso.date(),
  opensAt: instant,
  closesAt: instant,
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
})
export type PresaleView = z.output<typeof presaleView>

export const listPresalesQuery = pageQuery.extend({
  state: z.enum(PRESALE_STATES).optional(),
  skuId: code.optional(),
  /** `expected`: the soonest first; the others: the most first. */
  sort: z.enum(['newest', 'expected', 'promised', 'sold', 'waiting']).default('newest'),
})
export type ListPresalesQuery = z.output<typeof listPresalesQuery>
export const presalePage = page(presaleView)
