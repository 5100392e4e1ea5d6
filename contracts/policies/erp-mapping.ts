import { z } from 'zod'
import { code, LIMITS } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Deeper than any ERP's document, and short enough to be read. */
const MOST_STEPS = 8
const MOST_FIELDS = 60
const PATH_CHARACTERS = 300
/** Names that are no data in JavaScript. */
const NO_FIELDS: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

const isField = (step: string) => /^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u.test(step) && !NO_FIELDS.has(step)
const isIndex = (step: string) => /^(0|[1-9]\d{0,2})$/.test(step)

/** Where in a document something is written: `bill.amount`. */
const targetPath = z
  .string()
  .max(PATH_CHARACTERS)
  .refine(
    (path) => path.split('.').every(isField) && path.split('.').length <= MOST_STEPS,
    `must be at most ${MOST_STEPS} names joined by dots`,
  )
/** Where in an answer something is read; a number counts in a list: `Result.Entries.0.Number`. */
const answerPath = z
  .string()
  .max(PATH_CHARACTERS)
  .refine(
    (path) =>
      path.split('.').every((step) => isField(step) || isIndex(step)) && path.split('.').length <= MOST_STEPS,
    `must be at most ${MOST_STEPS} names or numbers joined by dots`,
  )

/**
 * A path below the ERP's own address, which is configuration. Plain segments only, so that it can lead nowhere else; in
 * place of `{key}` stands the change's key.
 */
const httpPath = z
  .string()
  .max(PATH_CHARACTERS)
  .regex(/^(\/([A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{key\}))+$/, 'must be a path such as /order-changes/{key}')

/** What of a change an ERP can be told. */
export const ERP_FIELDS = [
  'key',
  'changeId',
  'changeNumber',
  'orderId',
  'storeId',
  'channel',
  'type',
  'reasonCode',
  'approvedAt',
  'bookingDate',
  'previousAmount',
  'targetAmount',
  'difference',
] as const
export const ERP_LINE_FIELDS = [
  'lineNumber',
  'skuId',
  'previousQuantity',
  'quantity',
  'previousUnitPrice',
  'unitPrice',
] as const

/** What of a purchase an ERP can be told. */
export const ERP_PURCHASE_FIELDS = [
  'key',
  'purchaseId',
  'number',
  'warehouseId',
  'supplierId',
  'orderedOn',
  'expectedOn',
  'amount',
] as const
export const ERP_PURCHASE_LINE_FIELDS = ['lineNumber', 'skuId', 'quantity', 'unitCost'] as const

/** Amounts only: 1290, 12.9 or "12.90". */
const amountFormat = z.enum(['cents', 'yuan', 'yuan-text']).default('cents')
const constant = z.strictObject({
  to: targetPath,
  value: z.union([z.string().max(LIMITS.remarkCharacters), z.number(), z.boolean()]),
})
const field = <Names extends readonly [string, ...string[]]>(names: Names) =>
  z.union([z.strictObject({ to: targetPath, from: z.enum(names), as: amountFormat }), constant])

/** Neither twice to one place, nor into something that is a value itself. */
function collision(paths: string[]): string | null {
  const seen = [...paths].sort()
  for (const [index, path] of seen.entries()) {
    const next = seen.slice(index + 1).find((other) => other === path || other.startsWith(`${path}.`))
    if (next !== undefined) return next
  }
  return null
}

const fields = <Names extends readonly [string, ...string[]]>(names: Names) =>
  z
    .array(field(names))
    .max(MOST_FIELDS)
    .superRefine((list, context) => {
      const twice = collision(list.map(({ to }) => to))
      if (twice !== null) context.addIssue({ code: 'custom', message: `${twice} is written twice` })
    })

const documentOf = <
  Names extends readonly [string, ...string[]],
  LineNames extends readonly [string, ...string[]],
>(
  names: Names,
  lineNames: LineNames,
) =>
  z
    .strictObject({
      path: httpPath,
      fields: fields(names),
      /** One object a line, in the list at `to`; null: the ERP is not told of lines. */
      lines: z
        .strictObject({ to: targetPath, fields: fields(lineNames) })
        .nullable()
        .default(null),
    })
    .refine(
      ({ lines, fields: list }) =>
        lines === null || collision([lines.to, ...list.map(({ to }) => to)]) === null,
      { path: ['lines', 'to'], message: 'is written twice' },
    )
const document = documentOf(ERP_FIELDS, ERP_LINE_FIELDS)
const purchaseDocument = documentOf(ERP_PURCHASE_FIELDS, ERP_PURCHASE_LINE_FIELDS)

/** The hub's own words for a purchase. */
const OWN_PURCHASE = {
  place: {
    path: '/purchase-orders',
    fields: ERP_PURCHASE_FIELDS.map((from) => ({ to: from, from, as: 'cents' as const })),
    lines: {
      to: 'lines',
      fields: ERP_PURCHASE_LINE_FIELDS.map((from) => ({ to: from, from, as: 'cents' as const })),
    },
  },
  find: '/purchase-orders/{key}',
}

const words = z.array(z.string().min(1).max(64)).max(20)

const http = z.strictObject({
  apply: document,
  reverse: document,
  /** How a change is looked up; null: the ERP cannot be asked, and only its own idempotency guards it. */
  find: z
    .strictObject({
      path: httpPath.refine((path) => path.includes('{key}'), 'must have {key} in it'),
      state: answerPath,
      applied: words.min(1),
      reversed: words.min(1),
    })
    .nullable(),
  /** Where it says what orders are worth after their changes, in its own words of docs/erp.md; null: it cannot be asked. */
  amounts: z.strictObject({ path: httpPath }).nullable().default(null),
  /** How goods are ordered. `find`: where a purchase is looked up; null: only the ERP's own idempotency guards it. */
  purchase: z
    .strictObject({
      place: purchaseDocument,
      find: httpPath.refine((path) => path.includes('{key}'), 'must have {key} in it').nullable(),
    })
    .default(OWN_PURCHASE),
  answer: z.strictObject({
    /** What the ERP calls its document. */
    reference: answerPath,
    /** Of an ERP that says no with a 2xx: what must stand where for a yes. */
    success: z
      .strictObject({ path: answerPath, values: words.min(1) })
      .nullable()
      .default(null),
    refusalCode: answerPath,
    refusalText: answerPath,
    /** Refusals that are none: the period is being closed, a bill is locked. The call is made again later. */
    retryCodes: words.default([]),
  }),
  timeoutSeconds: z.int().min(1).max(60).default(10),
})

const name = z.string().trim().min(1).max(140)
const names = z
  .record(code, name)
  .refine((entries) => Object.keys(entries).length <= 2_000, 'has more than 2,000 entries')
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, 'must be the name of a field')
/** ERPNext: where differences are booked. Names as they stand there. */
const erpnext = z.strictObject({
  company: name,
  /** Who owes: one customer stands for all buyers of a store. */
  customer: name,
  customerByStore: z
    .record(code, name)
    .refine((stores) => Object.keys(stores).length <= 1_000, 'has more than 1,000 stores')
    .default({}),
  receivableAccount: name,
  /** What reductions are a cost of, and additions an income. */
  adjustmentAccount: name,
  /** The field of Journal Entry that was added for the hub's key, marked as unique. */
  keyField: fieldName.default('custom_order_hub_key'),
  /** Which documents there are the orders, and by which field; null: what orders are worth cannot be asked. */
  orders: z
    .strictObject({
      doctype: z.enum(['Sales Order', 'Sales Invoice']),
      /** What holds the hub's id of the order. */
      orderField: fieldName,
      /** What the order was worth before the hub's changes, in yuan. */
      amountField: fieldName.default('grand_total'),
    })
    .nullable()
    .default(null),
  /** Where suppliers and warehouses are called otherwise there. */
  supplierNames: names.default({}),
  warehouseNames: names.default({}),
})

const schema = z.strictObject({ http, erpnext: erpnext.nullable().default(null) })

export type ErpHttpMapping = z.output<typeof http>
export type ErpnextMapping = z.output<typeof erpnext>

/** The hub's own words: an ERP, or what stands before it, that speaks them needs no mapping. */
const initial = schema.parse({
  http: {
    apply: {
      path: '/order-changes',
      fields: ERP_FIELDS.map((from) => ({ to: from, from })),
      lines: { to: 'lines', fields: ERP_LINE_FIELDS.map((from) => ({ to: from, from })) },
    },
    reverse: {
      path: '/order-changes/{key}/reversal',
      fields: [
        { to: 'key', from: 'key' },
        { to: 'orderId', from: 'orderId' },
      ],
    },
    find: { path: '/order-changes/{key}', state: 'state', applied: ['applied'], reversed: ['reversed'] },
    amounts: { path: '/order-amounts' },
    answer: { reference: 'reference', refusalCode: 'code', refusalText: 'message' },
  },
})

export const erpMapping = definePolicy({
  title: { en: 'Mapping of the ERP', zh: 'ERP 字段映射' },
  schema,
  initial,
})
