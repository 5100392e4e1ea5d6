import { z } from 'zod'
import { cents, channel, code, externalId, instant, orderId, page, pageQuery, text } from './common.ts'

const customerId = z.uuid()
export const customerParams = z.strictObject({ customerId })
export const customerOrderParams = z.strictObject({ orderId })

/** Identities that are shown of one customer, and moved at once; nobody has as many by themselves. */
export const MOST_IDENTITIES = 200

const score = z.int().min(1).max(5)
const service = z.object({
  allocationPriority: z.int(),
  freeReships: z.int(),
  approvalLeniencyCents: z.int(),
})
const segmentName = z.object({ code: z.string(), title: z.string() })

const customerFigures = z.object({
  customerId,
  version: z.int(),
  /** Of the window; `lifetimeOrders` of all time. */
  orders: z.int(),
  amountCents: z.int(),
  netCents: z.int().describe('paid less what went back'),
  averageOrderCents: z.int().nullable(),
  returnedOrders: z.int(),
  returnRate: z.number().nullable(),
  changeRequests: z.int(),
  complaints: z.int(),
  firstOrderAt: instant.nullable(),
  lastOrderAt: instant.nullable(),
  recencyDays: z.int().nullable(),
  daysBetweenOrders: z.number().nullable(),
  lifetimeOrders: z.int(),
  preferredChannel: z.string().nullable(),
  preferredWarehouseId: z.string().nullable(),
  scores: z.object({ recency: score, frequency: score, monetary: score }).nullable(),
  segment: segmentName.nullable(),
  service,
  mergedInto: customerId.nullable(),
  erasedAt: instant.nullable(),
})
export type CustomerView = z.output<typeof customerFigures>
export const customerPage = page(customerFigures)

export const customerDetail = customerFigures.extend({
  windowFrom: instant.nullable().describe('orders from here on are counted; null before anything was'),
  refreshedAt: instant.nullable(),
  identities: z.array(
    z.object({
      identityId: z.uuid(),
      kind: z.enum(['phone', 'buyer']),
      channel: z.string().describe('where it was seen first'),
      seenAt: instant,
      erasedAt: instant.nullable(),
      orders: z.int(),
    }),
  ),
})
export type CustomerDetail = z.output<typeof customerDetail>

export const CUSTOMER_SORTS = ['valuable', 'frequent', 'recent', 'lapsed', 'complaining'] as const
export const listCustomersQuery = pageQuery.extend({
  /** A segment's code; `none` for customers who are in none. */
  segment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/)
    .optional(),
  preferredChannel: channel.optional(),
  preferredWarehouseId: code.optional(),
  minimumOrders: z.coerce.number().int().min(0).max(1_000_000).optional(),
  minimumNetCents: z.coerce.number().pipe(cents).optional(),
  /** Only those who have complained in the window, or only those who have not. */
  complained: z.stringbool().optional(),
  lastOrderFrom: instant.optional(),
  lastOrderTo: instant.optional(),
  sort: z.enum(CUSTOMER_SORTS).default('valuable'),
})
export type ListCustomersQuery = z.output<typeof listCustomersQuery>

export const customerOrdersQuery = pageQuery.extend({
  channel: channel.optional(),
  /** Only orders that count, or only those that do not. */
  counts: z.stringbool().optional(),
  returned: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type CustomerOrdersQuery = z.output<typeof customerOrdersQuery>

export const customerOrder = z.object({
  orderId,
  url: z.string(),
  identityId: z.uuid(),
  orderedAt: instant,
  channel: z.string(),
  storeId: z.string(),
  warehouseId: z.string().nullable(),
  counts: z.boolean().describe('paid, and neither cancelled nor expired'),
  inWindow: z.boolean(),
  amountCents: z.int(),
  netCents: z.int(),
  returned: z.boolean(),
  changeRequests: z.int(),
  complaints: z.int(),
})
export type CustomerOrder = z.output<typeof customerOrder>
export const customerOrderPage = page(customerOrder)

export const findCustomerBody = z.union([
  z.strictObject({ phone: z.string().min(1).max(32) }),
  z.strictObject({ platform: channel, buyerId: externalId }),
])
export type FindCustomerBody = z.output<typeof findCustomerBody>
export const foundCustomer = z.object({ customerId: customerId.nullable() })

const expected = {
  version: z.int().min(1).describe('as it was read: somebody else may have changed it since'),
}
export const mergeCustomersBody = z.strictObject({
  ...expected,
  /** Whose orders are this customer's from now on. */
  otherCustomerId: customerId,
  reason: text(500),
})
export const splitCustomerBody = z.strictObject({
  ...expected,
  /** What is somebody else's, with the orders that belong to it. */
  identityIds: z.array(z.uuid()).min(1).max(MOST_IDENTITIES),
  reason: text(500),
})
export const splitCustomer = z.object({ customer: customerDetail, splitOff: customerDetail })
export const eraseCustomerBody = z.strictObject({ ...expected, reason: text(200) })
export const erasedCustomer = z.object({
  customerId,
  /** How many contacts and files have lost what they said of the person. */
  contacts: z.int(),
  attachments: z.int(),
})

const cut = z.array(z.number())
export const segmentsView = z.object({
  segments: z.array(
    segmentName.extend({
      customers: z.int(),
      share: z.number().nullable().describe('of all customers with orders in the window'),
      orders: z.int(),
      netCents: z.int(),
      averageOrderCents: z.int().nullable(),
      service,
      url: z.string(),
    }),
  ),
  /** Customers with orders who are in a segment that the policy in force does not have; until they are graded anew. */
  otherCustomers: z.int(),
  cuts: z.object({
    recency: z.array(z.iso.date()).describe('days of the last order'),
    frequency: cut.describe('orders'),
    monetary: cut.describe('yuan'),
  }),
  gradedOn: z.iso.date().nullable(),
  windowFrom: instant.nullable(),
  refreshedAt: instant.nullable(),
  policyVersion: z.int(),
})
export type SegmentsView = z.output<typeof segmentsView>

/** What is known of an order's customer to whoever works on the order. */
export const orderCustomer = z.object({
  orderId,
  customerId: customerId.nullable(),
  segment: segmentName.nullable(),
  service,
  freeReshipsLeft: z.int(),
  recent: z.object({
    days: z.int(),
    otherOrders: z.int(),
    otherAmountCents: z.number(),
    changeRequests: z.int(),
    reships: z.int(),
    concessionCents: z.number(),
    refundedCents: z.number(),
  }),
})
export type OrderCustomer = z.output<typeof orderCustomer>
