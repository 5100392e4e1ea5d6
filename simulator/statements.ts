import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { daysEarlier, Statement, WRONG_CENTS } from './statement.ts'

const id = z.string().min(1).max(128)
const instant = z.iso.datetime({ offset: true })
type Options = { secret: string; now: () => number }

const settled = z.strictObject({
  account: z.string().min(1).max(64),
  lineId: id,
  type: z.enum(['payment', 'refund']),
  serial: id.nullable(),
  orderRef: id.nullable(),
  amountCents: z.int().min(1),
  settledAt: instant,
})
export type SettledLine = z.output<typeof settled>

/** The merchant's finance system: what providers have settled. `GET /finance/settlement-lines` */
export function createFinanceStatement(options: Options): Statement<SettledLine> {
  return new Statement({
    ...options,
    schema: settled,
    at: ({ settledAt }) => settledAt,
    wrongs: {
      missing_here: (line) => ({ ...line, serial: `UNKNOWN-${line.lineId}`, orderRef: null }),
      amount: (line) => ({ ...line, amountCents: line.amountCents + WRONG_CENTS }),
      timing: (line) => ({ ...line, settledAt: daysEarlier(line.settledAt) }),
    },
  })
}

const billed = z.strictObject({
  lineId: id,
  courier: z.string().regex(/^[a-z0-9_-]{1,32}$/),
  waybillNumber: id,
  freightCents: z.int().min(0),
  state: z.enum(['under_way', 'delivered', 'returned', 'lost']),
  shippedAt: instant,
})
export type BilledParcel = z.output<typeof billed>

/** What the couriers bill, at the merchant's courier gateway. `GET /courier/bills` */
export function createBillStatement(options: Options): Statement<BilledParcel> {
  return new Statement({
    ...options,
    schema: billed,
    at: ({ shippedAt }) => shippedAt,
    wrongs: {
      missing_here: (line) => ({ ...line, waybillNumber: `UNKNOWN-${line.waybillNumber}` }),
      amount: (line) => ({ ...line, freightCents: line.freightCents + WRONG_CENTS }),
      status: (line) => ({ ...line, state: line.state === 'lost' ? 'delivered' : 'lost' }),
      timing: (line) => ({ ...line, shippedAt: daysEarlier(line.shippedAt) }),
    },
  })
}

const worth = z.strictObject({
  /** What the ERP calls its document. */
  lineId: id,
  orderId: id,
  amount: z.int().min(0),
  changedAt: instant,
})
export type WorthLine = z.output<typeof worth>

/** What orders are worth in the ERP after their changes. `GET /erp/order-amounts` */
export function createWorthStatement(options: Options): Statement<WorthLine> {
  return new Statement({
    ...options,
    schema: worth,
    name: 'orders',
    at: ({ changedAt }) => changedAt,
    wrongs: {
      missing_here: (line) => ({ ...line, orderId: `UNKNOWN-${line.orderId}` }),
      amount: (line) => ({ ...line, amount: line.amount + WRONG_CENTS }),
      timing: (line) => ({ ...line, changedAt: daysEarlier(line.changedAt) }),
    },
  })
}

const OTHER_CUSTOMER = '0'.repeat(64)
const customer = z.strictObject({
  lineId: id,
  orderId: id,
  /** HMAC-SHA256 of `customer/` and the phone's digits, under the secret that calls are signed with, in hex. */
  customer: z.string().nullable(),
  orderedAt: instant,
})
export type CustomerLine = z.output<typeof customer>

/** Whose orders are whose in the CRM. `GET /crm/orders` */
export function createCustomerStatement(options: Options): Statement<CustomerLine> {
  return new Statement({
    ...options,
    schema: customer,
    at: ({ orderedAt }) => orderedAt,
    wrongs: {
      missing_here: (line) => ({ ...line, orderId: `UNKNOWN-${line.orderId}` }),
      status: (line) => ({ ...line, customer: OTHER_CUSTOMER }),
      timing: (line) => ({ ...line, orderedAt: daysEarlier(line.orderedAt) }),
    },
  })
}

const afterSale = z.strictObject({
  lineId: id,
  caseId: id,
  orderId: id,
  state: z.enum(['open', 'done', 'rejected']),
  refundCents: z.int().min(0).nullable(),
  openedAt: instant,
})
export type AfterSaleLine = z.output<typeof afterSale>

/** After-sales cases in the CRM. `GET /crm/after-sales` */
export function createAfterSaleStatement(options: Options): Statement<AfterSaleLine> {
  return new Statement({
    ...options,
    schema: afterSale,
    at: ({ openedAt }) => openedAt,
    wrongs: {
      missing_here: (line) => ({ ...line, caseId: `UNKNOWN-${line.caseId}` }),
      amount: (line) => ({ ...line, refundCents: (line.refundCents ?? 0) + WRONG_CENTS }),
      status: (line) => ({ ...line, state: line.state === 'open' ? 'rejected' : 'open' }),
      timing: (line) => ({ ...line, openedAt: daysEarlier(line.openedAt) }),
    },
  })
}

/** The name that a CRM has for the customer of a phone number: made with code of its own. */
export function customerName(secret: string, phone: string): string {
  return createHmac('sha256', secret).update('customer/').update(phone).digest('hex')
}
