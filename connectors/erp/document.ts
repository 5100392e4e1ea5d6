import type { ErpHttpMapping } from '../../contracts/policies/erp-mapping.ts'
import {
  amountDifferenceCents,
  bookingDate,
  type ErpChange,
  type ErpChangeLine,
} from '../../domain/erp-change.ts'
import { yuanOfCents } from '../channels/values.ts'

type DocumentMapping = ErpHttpMapping['apply']
type Field = DocumentMapping['fields'][number]
type LineField = NonNullable<DocumentMapping['lines']>['fields'][number]
type AmountFormat = Extract<Field, { from: string }>['as']
type Value = string | number | boolean

/** The body of a call as the mapping wants it. Its objects have no prototype: a field may be called what it likes. */
export function writeDocument(
  mapping: DocumentMapping,
  change: ErpChange,
  idempotencyKey: string,
): Record<string, unknown> {
  const document = emptyObject()
  for (const field of mapping.fields) put(document, field.to, fieldValue(field, change, idempotencyKey))
  if (mapping.lines) {
    const { to, fields } = mapping.lines
    put(
      document,
      to,
      change.lines.map((line) => {
        const written = emptyObject()
        for (const field of fields) put(written, field.to, lineFieldValue(field, line))
        return written
      }),
    )
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

function amount(cents: number, format: AmountFormat): Value {
  if (format === 'cents') return cents
  const text = `${cents < 0 ? '-' : ''}${yuanOfCents(Math.abs(cents))}`
  return format === 'yuan' ? Number(text) : text
}
