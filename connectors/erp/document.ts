import type { ErpHttpMapping } from '../../contracts/policies/erp-mapping.ts'
import {
  amountDifferenceCents,
  bookingDate,
  type ErpChange,
  type ErpChangeLine,
} from '../../domain/erp-change.ts'
import type { ErpPurchase } from '../../domain/erp-purchase.ts'
import { yuanOfCents } from '../channels/values.ts'

type DocumentMapping = ErpHttpMapping['apply']
type PurchaseMapping = ErpHttpMapping['purchase']['place']
type Field = DocumentMapping['fields'][number]
type LineField = NonNullable<DocumentMapping['lines']>['fields'][number]
type PurchaseField = PurchaseMapping['fields'][number]
type PurchaseLineField = NonNullable<PurchaseMapping['lines']>['fields'][number]
type AmountFormat = Extract<Field, { from: string }>['as']
type Value = string | number | boolean

/** The body of a call as the mapping wants it. Its objects have no prototype: a field may be called what it likes. */
export function writeDocument(
  mapping: DocumentMapping,
  change: ErpChange,
  idempotencyKey: string,
): Record<string, unknown> {
  return written(mapping, change.lines, {
    valueOf: (field) => fieldValue(field, change, idempotencyKey),
    lineValueOf: lineFieldValue,
  })
}

/** The same for a purchase. */
export function writePurchase(
  mapping: PurchaseMapping,
  purchase: ErpPurchase,
  idempotencyKey: string,
): Record<string, unknown> {
  return written(mapping, purchase.lines, {
    valueOf: (field) => purchaseValue(field, purchase, idempotencyKey),
    lineValueOf: purchaseLineValue,
  })
}

function written<OneField extends { to: string }, OneLineField extends { to: string }, Line>(
  mapping: { fields: readonly OneField[]; lines: { to: string; fields: readonly OneLineField[] } | null },
  lines: readonly Line[],
  values: { valueOf: (field: OneField) => Value; lineValueOf: (field: OneLineField, line: Line) => Value },
): Record<string, unknown> {
  const document = emptyObject()
  for (const field of mapping.fields) put(document, field.to, values.valueOf(field))
  if (mapping.lines) {
    const { to, fields } = mapping.lines
    const list = lines.map((line) => {
      const one = emptyObject()
      for (const field of fields) put(one, field.to, values.lineValueOf(field, line))
      return one
    })
    put(document, to, list)
  }
  return document
}

/** The value at a path of an answer as text; null where there is none. */
export function readPath(answer: unknown, path: string): string | null {
  let value = answer
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null
    value = Object.entries(value).find(([name]) => name === step)?.[1]
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null
}

function emptyObject(): Record<string, unknown> {
  return Object.create(null)
}

function put(document: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop() ?? path
  let target = document
  for (const step of steps) {
    const inner = target[step]
    const next = isObject(inner) ? inner : emptyObject()
    target[step] = next
    target = next
  }
  target[last] = value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldValue(field: Field, change: ErpChange, idempotencyKey: string): Value {
  if ('value' in field) return field.value
  switch (field.from) {
    case 'key':
      return idempotencyKey
    case 'bookingDate':
      return bookingDate(change)
    case 'previousAmount':
      return amount(change.previousAmountCents, field.as)
    case 'targetAmount':
      return amount(change.targetAmountCents, field.as)
    case 'difference':
      return amount(amountDifferenceCents(change), field.as)
    default:
      return change[field.from]
  }
}

function lineFieldValue(field: LineField, line: ErpChangeLine): Value {
  if ('value' in field) return field.value
  switch (field.from) {
    case 'previousUnitPrice':
      return amount(line.previousUnitPriceCents, field.as)
    case 'unitPrice':
      return amount(line.unitPriceCents, field.as)
    default:
      return line[field.from]
  }
}

function purchaseValue(field: PurchaseField, purchase: ErpPurchase, idempotencyKey: string): Value {
  if ('value' in field) return field.value
  switch (field.from) {
    case 'key':
      return idempotencyKey
    case 'amount':
      return amount(purchase.amountCents, field.as)
    default:
      return purchase[field.from]
  }
}

function purchaseLineValue(field: PurchaseLineField, line: ErpPurchase['lines'][number]): Value {
  if ('value' in field) return field.value
  return field.from === 'unitCost' ? amount(line.unitCostCents, field.as) : line[field.from]
}

function amount(cents: number, format: AmountFormat): Value {
  if (format === 'cents') return cents
  const text = `${cents < 0 ? '-' : ''}${yuanOfCents(Math.abs(cents))}`
  return format === 'yuan' ? Number(text) : text
}
