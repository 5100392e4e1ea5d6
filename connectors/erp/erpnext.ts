import { z } from 'zod'
import type { ErpnextMapping } from '../../contracts/policies/erp-mapping.ts'
import { amountDifferenceCents, bookingDate, type ErpChange } from '../../domain/erp-change.ts'
import type { ErpPurchase } from '../../domain/erp-purchase.ts'
import { httpCall } from '../http-call.ts'
import { UnreachableError } from '../outside-errors.ts'
import { type ErpWords, readErpAnswer } from './answer.ts'
import { type Erp, type ErpAnswer, type ErpCall, refusal } from './erp.ts'
import { type ListErpnext, readOrderAmounts } from './erpnext-amounts.ts'

const TIMEOUT_MS = 15_000
const JOURNAL = 'Journal Entry'
const PURCHASE = 'Purchase Order'
const NOT_MAPPED = refusal('not-mapped', 'publish the policy erp-mapping with its part erpnext')
const DRAFT = 0
const SUBMITTED = 1
const CANCELLED = 2

/** Numbers arrive as the text that they were written with. */
const status = z.enum(['0', '1', '2']).transform(Number)
const entry = z.looseObject({ name: z.string().min(1), docstatus: status })
const one = z.object({ data: entry })
const some = z.object({ data: z.array(entry) })
const failure = z.object({
  exc_type: z.string().optional(),
  exception: z.string().optional(),
  _server_messages: z.string().optional(),
})

/** Two people, or two calls, at one document: the same call goes through a moment later. */
const PASSING: ReadonlySet<string> = new Set([
  'TimestampMismatchError',
  'DocumentLockedError',
  'QueryDeadlockError',
  'QueryTimeoutError',
])

/**
 * ERPNext over its REST API: each change is a Journal Entry of the difference. ERPNext knows no idempotency keys; a field
 * of Journal Entry that is unique takes their place, so that whatever is sent twice or arrives late is booked once.
 *
 * @param options.mapping null: nobody has said yet where differences are booked
 */
export function createErpnextErp(options: {
  baseUrl: string
  apiKey: string
  apiSecret: string
  mapping: () => Promise<ErpnextMapping | null>
}): Erp {
  const resources = `${options.baseUrl.replace(/\/$/, '')}/api/resource`

  async function call(
    method: 'GET' | 'POST' | 'PUT',
    doctype: string,
    path: string,
    body?: object,
  ): Promise<ErpWords> {
    const answer = await httpCall(`${resources}/${encodeURIComponent(doctype)}${path}`, {
      method,
      headers: {
        authorization: `token ${options.apiKey}:${options.apiSecret}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
    })
    return readErpAnswer(`${method} at ERPNext`, answer)
  }

  async function find(
    { keyField }: ErpnextMapping,
    key: string,
    doctype: string = JOURNAL,
  ): Promise<z.output<typeof entry> | null> {
    const query = new URLSearchParams({
      filters: JSON.stringify([[doctype, keyField, '=', key]]),
      fields: JSON.stringify(['name', 'docstatus']),
      limit_page_length: '2',
    })
    const words = await call('GET', doctype, `?${query}`)
    const { data } = understood(some, words)
    return data[0] ?? null
  }

  const list: ListErpnext = async (doctype, { row, filters, fields, limit }) => {
    const query = new URLSearchParams({
      filters: JSON.stringify(filters.map((filter) => [doctype, ...filter])),
      fields: JSON.stringify(fields),
      order_by: 'modified asc, name asc',
      limit_page_length: String(limit),
    })
    return understood(z.object({ data: z.array(row) }), await call('GET', doctype, `?${query}`)).data
  }

  /** Submits a document that has the key in its field for it: whatever is sent twice or arrives late is there once. */
  async function submit(
    mapping: ErpnextMapping,
    doctype: string,
    document: object,
    key: string,
  ): Promise<ErpAnswer> {
    const words = await call('POST', doctype, '', document)
    if (words.isOk) {
      const { data } = understood(one, words)
      if (data[mapping.keyField] === key) return { ok: true, reference: data.name }
      // Frappe ignores fields that it does not have: without the key nothing would keep this from being booked twice.
      await cancel(data.name, doctype)
      return refusal('key-field-missing', `${doctype} has no field ${mapping.keyField}`)
    }
    const { type, text } = reasonOf(words)
    if (type !== 'UniqueValidationError') return refusal(type, text)
    const known = await find(mapping, key, doctype)
    // It was there a moment ago: the call that wrote it was rolled back.
    if (!known) throw new UnreachableError('ERPNext knows the key and has no entry of it')
    if (known.docstatus === SUBMITTED) return { ok: true, reference: known.name }
    return refusal('reversed', `${known.name} was taken back`)
  }

  const apply = (mapping: ErpnextMapping, change: ErpChange, key: string) =>
    submit(mapping, JOURNAL, journalEntry(mapping, change, key, SUBMITTED), key)

  async function cancel(name: string, doctype: string = JOURNAL): Promise<ErpAnswer> {
    const words = await call('PUT', doctype, `/${encodeURIComponent(name)}`, { docstatus: CANCELLED })
    if (words.isOk) return { ok: true, reference: understood(one, words).data.name }
    const { type, text } = reasonOf(words)
    return refusal(type, text)
  }

  /** Bars a key whose call may still be on its way, with a draft: drafts take the key and are in no ledger. */
  async function bar(mapping: ErpnextMapping, change: ErpChange, key: string): Promise<ErpAnswer | 'taken'> {
    const words = await call('POST', JOURNAL, '', journalEntry(mapping, change, key, DRAFT))
    if (words.isOk) return { ok: true, reference: understood(one, words).data.name }
    // What is no good as a draft could not be submitted either: there is nothing to bar.
    return reasonOf(words).type === 'UniqueValidationError' ? 'taken' : { ok: true, reference: null }
  }

  async function reverse(mapping: ErpnextMapping, change: ErpChange, key: string): Promise<ErpAnswer> {
    const known = await find(mapping, key)
    if (known) {
      return known.docstatus === SUBMITTED ? cancel(known.name) : { ok: true, reference: known.name }
    }
    const barred = await bar(mapping, change, key)
    if (barred !== 'taken') return barred
    throw new UnreachableError('the change was booked at this very moment')
  }

  const withMapping =
    (act: (mapping: ErpnextMapping, change: ErpChange, key: string) => Promise<ErpAnswer>) =>
    async (change: ErpChange, { idempotencyKey }: ErpCall): Promise<ErpAnswer> => {
      // ERPNext takes no entry of nothing.
      if (amountDifferenceCents(change) === 0) return { ok: true, reference: null }
      const mapping = await options.mapping()
      return mapping ? act(mapping, change, idempotencyKey) : NOT_MAPPED
    }

  return {
    orderAmounts: async (period, cursor) => {
      const mapping = await options.mapping()
      return mapping && readOrderAmounts(list, mapping, period, cursor)
    },
    applyChange: withMapping(apply),
    reverseChange: withMapping(reverse),
    findChange: async ({ idempotencyKey }) => {
      const mapping = await options.mapping()
      const known = mapping && (await find(mapping, idempotencyKey))
      return known && { state: known.docstatus === SUBMITTED ? 'applied' : 'reversed', reference: known.name }
    },
    placePurchase: async (purchase, { idempotencyKey: key }) => {
      const mapping = await options.mapping()
      if (!mapping) return NOT_MAPPED
      return submit(mapping, PURCHASE, purchaseOrder(mapping, purchase, key), key)
    },
    findPurchase: async ({ idempotencyKey }) => {
      const mapping = await options.mapping()
      const known = mapping && (await find(mapping, idempotencyKey, PURCHASE))
      return known?.docstatus === SUBMITTED ? { reference: known.name } : null
    },
  }
}

function journalEntry(mapping: ErpnextMapping, change: ErpChange, key: string, docstatus: number): object {
  const difference = amountDifferenceCents(change)
  const day = bookingDate(change)
  const yuan = Math.abs(difference) / 100
  const debit = { debit_in_account_currency: yuan, credit_in_account_currency: 0 }
  const credit = { debit_in_account_currency: 0, credit_in_account_currency: yuan }
  const remark = `${change.changeNumber} (${change.type}), order ${change.orderId}`
  return {
    voucher_type: 'Journal Entry',
    company: mapping.company,
    posting_date: day,
    cheque_no: change.orderId,
    cheque_date: day,
    user_remark: docstatus === DRAFT ? `${remark}: taken back before it was booked, do not submit` : remark,
    [mapping.keyField]: key,
    accounts: [
      {
        account: mapping.receivableAccount,
        party_type: 'Customer',
        party: mapping.customerByStore[change.storeId] ?? mapping.customer,
        ...(difference > 0 ? debit : credit),
      },
      { account: mapping.adjustmentAccount, ...(difference > 0 ? credit : debit) },
    ],
    docstatus,
  }
}

function purchaseOrder(mapping: ErpnextMapping, purchase: ErpPurchase, key: string): object {
  const { supplierId, warehouseId, orderedOn, expectedOn, lines } = purchase
  return {
    supplier: mapping.supplierNames[supplierId] ?? supplierId,
    company: mapping.company,
    transaction_date: orderedOn,
    schedule_date: expectedOn,
    set_warehouse: mapping.warehouseNames[warehouseId] ?? warehouseId,
    [mapping.keyField]: key,
    items: lines.map(({ skuId, quantity, unitCostCents }) => ({
      ...{ item_code: skuId, qty: quantity, rate: unitCostCents / 100, schedule_date: expectedOn },
    })),
    docstatus: SUBMITTED,
  }
}

function understood<Value>(schema: z.ZodType<Value>, { isOk, status: code, body }: ErpWords): Value {
  const parsed = schema.safeParse(body)
  if (isOk && parsed.success) return parsed.data
  throw new UnreachableError(`ERPNext: ${code}, and the answer is not understood`)
}

/** Why ERPNext refuses. @throws UnreachableError where the same call will do in a moment */
function reasonOf({ status: code, body }: ErpWords): { type: string; text: string } {
  const said = failure.safeParse(body).data
  const type = said?.exc_type ?? `http-${code}`
  if (PASSING.has(type)) throw new UnreachableError(`ERPNext: ${type}`)
  return { type, text: messageOf(said?._server_messages) ?? said?.exception ?? '' }
}

/** `_server_messages` is JSON of a list whose entries are JSON again; what it says is for people, with some HTML in it. */
function messageOf(messages: string | undefined): string | null {
  if (messages === undefined) return null
  try {
    const [first] = z.array(z.string()).parse(JSON.parse(messages))
    const { message } = z.object({ message: z.string() }).parse(JSON.parse(first ?? ''))
    return message.replace(/<[^>]*>/g, '')
  } catch {
    return messages // of a version that writes it another way: better than nothing
  }
}
