import { z } from 'zod'
import { ALLOCATION_OBJECTIVES } from '../domain/allocation-problem.ts'
import { ORDER_STATUSES, PARCEL_STATES, PICK_TASK_STATES, RETURN_STATES } from '../domain/order-state.ts'
import { PLACE_PROBLEMS } from '../domain/place.ts'
import { orderCheckView } from './abnormal-orders.ts'
import {
  cents,
  channel,
  code,
  divisionCode,
  externalId,
  instant,
  LIMITS,
  orderId,
  page,
  pageQuery,
  quantity,
  text,
} from './common.ts'

/** Whom an order goes to. */
export const contactBody = z.strictObject({
  name: text(50),
  phone: z.string().regex(/^[+0-9][0-9 -]{4,24}$/, 'must be a phone number'),
  divisionCode,
  address: text(200),
  remark: text(LIMITS.remarkCharacters, 0).optional(),
})

export const placeOrderBody = z
  .strictObject({
    storeId: code,
    channel,
    externalOrderId: externalId.optional(),
    contact: contactBody,
    lines: z
      .array(
        z.strictObject({
          skuId: code,
          quantity,
          unitPriceCents: z.int().min(0).max(LIMITS.unitPriceCents),
        }),
      )
      .min(1)
      .max(LIMITS.orderLines)
      .refine(
        (lines) => new Set(lines.map((line) => line.skuId)).size === lines.length,
        'each SKU may appear in one line only',
      ),
    freightCents: cents.default(0),
  })
  .meta({
    examples: [
      {
        storeId: 'ST-MALL-EAST',
        channel: 'mall',
        contact: { name: '王小明', phone: '13800138000', divisionCode: '310115', address: '世纪大道100号' },
        lines: [{ skuId: 'SKU-0001', quantity: 1, unitPriceCents: 3990 }],
      },
    ],
  })
export type PlaceOrderBody = z.output<typeof placeOrderBody>

export const reservationView = z.object({
  lineNumber: z.int(),
  skuId: z.string(),
  warehouseId: z.string(),
  quantity: z.int(),
  state: z.enum(['held', 'confirmed', 'consumed', 'expired', 'released']),
  expiresAt: instant,
})

export const placedOrder = z.object({
  orderId,
  status: z.enum(ORDER_STATUSES),
  amountCents: cents,
  reservationExpiresAt: instant,
  reservations: z.array(reservationView),
  /** Lines that a presale promises; absent where everything comes from stock. */
  presale: z
    .array(
      z.object({
        lineNumber: z.int(),
        skuId: z.string(),
        quantity: z.int(),
        expectedOn: z.iso.date(),
      }),
    )
    .optional(),
  workflowId: z.string(),
})
export type PlacedOrder = z.output<typeof placedOrder>

export const orderSummary = z.object({
  orderId,
  channel: z.string(),
  storeId: z.string(),
  externalOrderId: z.string().nullable(),
  status: z.enum(ORDER_STATUSES),
  version: z.int(),
  needsAttention: z.boolean(),
  divisionCode: z.string(),
  amountCents: cents,
  freightCents: cents,
  paidCents: cents,
  refundedCents: cents,
  supplementCents: cents.describe('what a paid order costs on top since a change made it dearer'),
  reservationExpiresAt: instant,
  createdAt: instant,
  updatedAt: instant,
  closedAt: instant.nullable(),
})
export type OrderSummary = z.output<typeof orderSummary>

export const orderSort = z.enum(['newest', 'oldest'])
/** @param flag how a flag is written: as a word in a query, as itself in a body */
const orderFilters = <Flag extends z.ZodType<boolean>>(flag: Flag) => ({
  status: z.enum(ORDER_STATUSES).optional(),
  storeId: code.optional(),
  channel: channel.optional(),
  needsAttention: flag.optional(),
  externalOrderId: externalId.optional(),
  createdFrom: instant.optional(),
  createdTo: instant.optional(),
})
export const exportedOrderFilters = z.strictObject({
  ...orderFilters(z.boolean()),
  /** These, as far as they are in scope and fit the other filters. */
  orderIds: z.array(orderId).min(1).max(LIMITS.pageSize).optional(),
})
export type OrderFilters = z.output<typeof exportedOrderFilters>
export const listOrdersQuery = pageQuery.extend({
  ...orderFilters(z.stringbool()),
  sort: orderSort.default('newest'),
})
export type ListOrdersQuery = z.output<typeof listOrdersQuery>
export const orderPage = page(orderSummary)

/** Nobody acts differently on more than these; counting on would read the whole table. */
export const MOST_COUNTED_ORDERS = 10_000
/** How many orders are under way. A count of `most` means that many or more. */
export const orderCounts = z.object({
  most: z.int(),
  statuses: z.array(z.object({ status: z.enum(ORDER_STATUSES), count: z.int() })),
  needsAttention: z.int(),
})
export type OrderCounts = z.output<typeof orderCounts>

/** So many hours at most are counted by the minute. */
const MOST_RATE_HOURS = 2
export const orderRateQuery = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from',
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MOST_RATE_HOURS * 3_600_000, {
    path: ['to'],
    message: `must be within ${MOST_RATE_HOURS} hours after from`,
  })
export type OrderRateQuery = z.output<typeof orderRateQuery>
/** How many orders were placed in each minute, the oldest first; minutes without any are left out. */
export const orderRate = z.object({ minutes: z.array(z.object({ startsAt: instant, count: z.int() })) })
export type OrderRate = z.output<typeof orderRate>

export const paymentView = z.object({
  paymentId: z.string(),
  amountCents: cents,
  method: z.string(),
  paidAt: instant,
  receivedAt: instant,
})
export const refundView = z.object({
  refundId: z.string(),
  paymentId: z.string(),
  amountCents: cents,
  reason: z.string(),
  state: z.enum(['due', 'done', 'failed']),
  settledAt: instant.nullable(),
})
const taskLine = z.object({ lineNumber: z.int(), skuId: z.string(), quantity: z.int() })
export const trackingView = z.object({ state: z.string(), description: z.string(), occurredAt: instant })
export const parcelView = z.object({
  parcelId: z.string(),
  orderId,
  courier: z.string(),
  waybillNumber: z.string(),
  state: z.enum(PARCEL_STATES),
  combinedWith: z.array(orderId).describe('other orders whose goods are in the same parcel'),
  nextPollAt: instant.nullable(),
  createdAt: instant,
  tracking: z.array(trackingView),
})
export const pickTaskView = z.object({
  pickTaskId: z.string(),
  orderId,
  warehouseId: z.string(),
  state: z.enum(PICK_TASK_STATES),
  lines: z.array(taskLine),
  operator: z.string().nullable(),
  combinedId: z
    .uuid()
    .nullable()
    .describe('open tasks with the same one go into one parcel, and are packed with one report'),
  onHoldFor: z.string().nullable().describe('the change of its order that an open task waits for'),
  createdAt: instant,
  updatedAt: instant,
})
export type PickTaskView = z.output<typeof pickTaskView>
export const returnView = z.object({
  returnId: z.string(),
  state: z.enum(RETURN_STATES),
  reason: z.string(),
  lines: z.array(z.object({ lineNumber: z.int(), quantity: z.int() })),
  inspected: z.array(z.object({ lineNumber: z.int(), restocked: z.int(), writtenOff: z.int() })),
  createdAt: instant,
  updatedAt: instant,
})

const kilometres = z.int().nullable().describe('null: the place of the customer is not known')
const objective = z.enum(ALLOCATION_OBJECTIVES)
const rejectionReason = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lacks'),
    skuIds: z.array(z.string()).describe('the first of them'),
    count: z.int(),
  }),
  z.object({
    kind: z.literal('costs-more'),
    objective,
    by: z.number().describe('parcels, kilometres, cents, or units out of safety stock'),
  }),
  z.object({ kind: z.literal('equal') }),
  z.object({ kind: z.literal('too-far'), limitKilometres: z.number() }),
  z.object({ kind: z.literal('reported-short') }),
  z.object({ kind: z.literal('not-compared') }),
])
/** Why goods come from where they come from. */
export const allocationDecision = z.object({
  operationId: z.string().describe('what was done: the checkout, reserving again, a replacement'),
  decidedAt: instant,
  policyVersion: z.int().describe('version of the policy of kind allocation; 0 is the built-in one'),
  text: z.object({ zh: z.string(), en: z.string() }),
  explanation: z.object({
    place: z.object({ divisionCode: z.string(), problem: z.enum(PLACE_PROBLEMS).nullable() }),
    objectives: z
      .array(z.object({ objective, value: z.number().nullable() }))
      .describe('in policy order, with what the plan costs; null: could not be judged'),
    skus: z.int(),
    chosen: z.array(z.object({ warehouseId: z.string(), kilometres, skus: z.int(), units: z.int() })),
    complete: z.int().describe('warehouses that could have sent everything'),
    rejected: z
      .array(z.object({ warehouseId: z.string(), kilometres, reason: rejectionReason }))
      .describe('the nearest of the others'),
    candidates: z.int().describe('warehouses with something to give'),
    compared: z.int(),
  }),
})

export const orderDetail = orderSummary.extend({
  workflowId: z.string(),
  /** By kind of policy: the version that checkout decided with. */
  policyVersions: z.record(z.string(), z.int()),
  contact: z
    .object({
      contactId: z.uuid(),
      name: z.string(),
      phone: z.string(),
      address: z.string(),
      remark: z.string(),
    })
    .nullable(),
  lines: z.array(
    z.object({
      lineNumber: z.int(),
      skuId: z.string(),
      skuName: z.string().describe('what the article is called now'),
      quantity: z.int(),
      unitPriceCents: cents,
      presale: z
        .object({
          presaleId: z.uuid(),
          expectedOn: z.iso.date(),
          waiting: z.int().describe('units that have not come in yet'),
        })
        .nullable()
        .describe('the presale that promises this line; null: from stock'),
    }),
  ),
  reservations: z.array(
    reservationView.extend({
      promotion: z
        .object({ promotionId: z.uuid(), name: z.string(), channel: z.string() })
        .nullable()
        .describe(
          'the promotion from whose quota for the channel these units were drawn; null: from free stock',
        ),
    }),
  ),
  allocationDecisions: z.array(allocationDecision),
  checks: z
    .array(orderCheckView)
    .describe('what the rules about abnormal orders said, the first check first'),
  payments: z.array(paymentView),
  refunds: z.array(refundView),
  fulfilments: z.array(pickTaskView),
  parcels: z.array(parcelView),
  returns: z.array(returnView),
})
export type OrderDetail = z.output<typeof orderDetail>

export const cancellationBody = z.strictObject({ reason: text(200) })
export const cancellationAnswer = z.object({ orderId, status: z.enum(ORDER_STATUSES) })

export const logQuery = pageQuery
export const logEntry = z.object({
  id: z.string(),
  at: instant,
  version: z.int(),
  field: z.string(),
  oldValue: z.string().nullable(),
  newValue: z.string().nullable(),
  operator: z.string(),
  source: z.string(),
  sourceTime: instant.nullable(),
  inboxId: z.string().nullable().describe('the message that caused it'),
  subjectId: z.string().nullable().describe('the payment, refund, parcel, return or pick task it is about'),
  amountCents: cents.nullable().describe('the money that it moves'),
  requestId: z.string().nullable().describe('the call that caused it'),
})
export const logPage = page(logEntry)
