import { z } from 'zod'
import { PICK_TASK_STATES } from '../domain/order-state.ts'
import { code, externalId, instant, orderId, page, pageQuery, quantity, text } from './common.ts'
import { parcelView, pickTaskView } from './orders.ts'

export const listPickTasksQuery = pageQuery.extend({
  state: z.enum([...PICK_TASK_STATES, 'open']).default('open'),
  warehouseId: code.optional(),
  orderId: orderId.optional(),
  combinedId: z.uuid().optional(),
  sort: z.enum(['newest', 'oldest']).default('oldest'),
})
export type ListPickTasksQuery = z.output<typeof listPickTasksQuery>
export const pickTaskPage = page(pickTaskView)

const eventBase = { eventId: externalId, occurredAt: instant.optional() }
/** What a PDA reports. The event id is the device's own, so that a repeated report counts once. */
export const pickTaskEventBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('started'), ...eventBase }),
  z.strictObject({ type: z.literal('picked'), ...eventBase }),
  z.strictObject({
    type: z.literal('short'),
    ...eventBase,
    lines: z
      .array(z.strictObject({ lineNumber: z.int().min(1), quantityMissing: quantity }))
      .min(1)
      .max(200),
  }),
  z.strictObject({
    type: z.literal('packed'),
    ...eventBase,
    waybillNumber: externalId,
    courier: code,
    packedWith: z
      .array(code)
      .max(20)
      .optional()
      .describe('tasks that went into the same parcel; left out: those that the PDAs were told of'),
  }),
])
export type PickTaskEventBody = z.output<typeof pickTaskEventBody>

export const pickTaskEventAnswer = z.object({
  pickTaskId: z.string(),
  state: z.enum(PICK_TASK_STATES),
  packedWith: z.array(z.string()).optional().describe('the tasks that went into the same parcel'),
})
export type PickTaskEventAnswer = z.output<typeof pickTaskEventAnswer>

export const separateBody = z.strictObject({ reason: text(200) })
export const separateAnswer = pickTaskEventAnswer.pick({ pickTaskId: true, state: true })

export const listShipmentsQuery = pageQuery.extend({
  orderId: orderId.optional(),
  waybillNumber: externalId.optional(),
  state: z.enum(['shipped', 'in_transit', 'delivered', 'returned', 'lost']).optional(),
})
export type ListShipmentsQuery = z.output<typeof listShipmentsQuery>
export const shipmentPage = page(parcelView)
