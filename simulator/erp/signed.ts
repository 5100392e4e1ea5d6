import { z } from 'zod'
import { type Answer, type Call, withBody } from '../http.ts'
import { isSigned } from '../signature.ts'
import type { ErpEntry, ErpLedger } from './ledger.ts'
import type { PurchaseBook } from './purchases.ts'

const line = z.strictObject({
  lineNumber: z.int(),
  skuId: z.string(),
  previousQuantity: z.int().min(0),
  quantity: z.int().min(0),
  previousUnitPrice: z.int().min(0),
  unitPrice: z.int().min(0),
})
const changeBody = z.strictObject({
  key: z.string().min(1),
  changeId: z.string(),
  changeNumber: z.string(),
  orderId: z.string().min(1),
  storeId: z.string(),
  channel: z.string(),
  type: z.string(),
  reasonCode: z.string(),
  approvedAt: z.iso.datetime({ offset: true }),
  bookingDate: z.iso.date(),
  previousAmount: z.int().min(0),
  targetAmount: z.int().min(0),
  difference: z.int(),
  lines: z.array(line).max(500),
})
const reversalBody = z.strictObject({ key: z.string().min(1), orderId: z.string().min(1) })

const purchaseBody = z.strictObject({
  key: z.string().min(1),
  purchaseId: z.string(),
  number: z.string().min(1),
  warehouseId: z.string().min(1),
  supplierId: z.string().min(1),
  orderedOn: z.iso.date(),
  expectedOn: z.iso.date(),
  amount: z.int().min(0),
  lines: z
    .array(
      z.strictObject({
        lineNumber: z.int(),
        skuId: z.string(),
        quantity: z.int().min(1),
        unitCost: z.int().min(0),
      }),
    )
    .min(1)
    .max(1_000),
})

const said = (status: number, code: string, message: string): Answer => ({ status, body: { code, message } })
const shown = ({ number, state }: ErpEntry): Answer => ({
  status: 200,
  body: { reference: number, state: state === 'booked' ? 'applied' : 'reversed' },
})

/**
 * The ERP that speaks the hub's own words: signed JSON with idempotency keys, amounts in cents. It knows what each order
 * is worth and refuses a change that starts from another amount.
 */
export function createSignedErp(options: {
  ledger: ErpLedger
  purchases: PurchaseBook
  secret: string
  now: () => number
}) {
  const { ledger, purchases, secret, now } = options

  const place = (body: z.output<typeof purchaseBody>, text: string): Answer => {
    const known = purchases.find(body.key)
    if (known && known.body !== text)
      return said(409, 'idempotency-conflict', 'the key was used for another purchase')
    const amountCents = body.lines.reduce((sum, each) => sum + each.quantity * each.unitCost, 0)
    if (amountCents !== body.amount) return said(422, 'amount-wrong', 'the amount is not that of the lines')
    if (body.expectedOn < body.orderedOn)
      return said(422, 'dates-wrong', 'it is expected before it was ordered')
    const { key, supplierId: supplier, warehouseId: warehouse } = body
    const units = body.lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const order = known ?? purchases.add({ key, supplier, warehouse, amountCents, units, body: text })
    return { status: 200, body: { reference: order.number } }
  }

  const purchase = (call: Call, key: string): Answer | Promise<Answer> => {
    if (call.method === 'GET') {
      const known = purchases.find(key)
      return known
        ? { status: 200, body: { reference: known.number } }
        : said(404, 'unknown-purchase', 'no purchase has this key')
    }
    if (call.method !== 'POST' || key !== '') return said(405, 'method-wrong', 'only GET and POST')
    return withBody(call, purchaseBody, (body) =>
      call.header('idempotency-key') === body.key
        ? place(body, call.body.toString('utf8'))
        : said(400, 'key-missing', 'Idempotency-Key must be the key of the purchase'),
    )
  }

  const apply = (body: z.output<typeof changeBody>, text: string): Answer => {
    const known = ledger.find(body.key)
    if (known) {
      if (known.state !== 'booked') return said(409, 'reversed', `${known.number} was taken back`)
      if (known.body === text) return shown(known)
      return said(409, 'idempotency-conflict', 'the key was used for another change')
    }
    if (body.targetAmount - body.previousAmount !== body.difference) {
      return said(422, 'difference-wrong', 'the difference is not that of the amounts')
    }
    const worth = ledger.amountCents(body.orderId) ?? body.previousAmount
    if (worth !== body.previousAmount) {
      return said(409, 'amount-mismatch', `the order is worth ${worth} here, not ${body.previousAmount}`)
    }
    const { key, orderId, difference } = body
    const entry = {
      key,
      orderId,
      differenceCents: difference,
      state: 'booked' as const,
      body: text,
      openingCents: worth,
      at: new Date(now()).toISOString(),
    }
    return shown(ledger.add(entry, numberOf))
  }

  const reverse = (key: string, orderId: string): Answer => {
    const known = ledger.find(key)
    if (known)
      return shown(known.state === 'booked' ? ledger.reverse(known, new Date(now()).toISOString()) : known)
    const barred = {
      key,
      orderId,
      differenceCents: 0,
      state: 'barred' as const,
      body: '',
      openingCents: null,
    }
    return shown(ledger.add(barred, numberOf))
  }

  return (call: Call): Answer | Promise<Answer> => {
    const { method, path, body, segments } = call
    const timestamp = call.header('x-hub-timestamp')
    const signature = call.header('x-hub-signature')
    if (!isSigned({ method, path, body, timestamp, signature }, secret, now())) {
      return said(401, 'signature-wrong', 'the signature is missing, wrong or too old')
    }
    const [, area, key = '', action] = segments
    if (area === 'purchase-orders' && segments.length <= 3) return purchase(call, key)
    if (area !== 'order-changes') return said(404, 'unknown', 'there is no such thing here')
    if (method === 'GET' && segments.length === 3) {
      const known = ledger.find(key)
      return known ? shown(known) : said(404, 'unknown-change', 'no change has this key')
    }
    if (method !== 'POST') return said(405, 'method-wrong', 'only GET and POST')
    const idempotencyKey = call.header('idempotency-key')
    if (segments.length === 2) {
      return withBody(call, changeBody, (change) =>
        idempotencyKey === change.key
          ? apply(change, body.toString('utf8'))
          : said(400, 'key-missing', 'Idempotency-Key must be the key of the change'),
      )
    }
    if (segments.length !== 4 || action !== 'reversal')
      return said(404, 'unknown', 'there is no such thing here')
    return withBody(call, reversalBody, (reversal) =>
      reversal.key === key && idempotencyKey
        ? reverse(key, reversal.orderId)
        : said(400, 'key-missing', 'path, body and Idempotency-Key must name the change'),
    )
  }
}

function numberOf(serial: number): string {
  return `ERP-${String(serial).padStart(6, '0')}`
}
