import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Answer, Call } from '../http.ts'
import { beijing } from '../platforms/values.ts'
import type { ErpEntry, ErpLedger } from './ledger.ts'
import type { PurchaseBook, PurchaseOrder } from './purchases.ts'

/** What stands in this ERPNext's books. */
export const ERPNEXT_BOOKS = {
  company: '云栈商城',
  customer: '网店买家',
  receivableAccount: '1122 - 应收账款 - YZ',
  adjustmentAccount: '6001 - 订单调整 - YZ',
  keyField: 'custom_order_hub_key',
} as const
const JOURNAL = 'Journal Entry'
const PURCHASE = 'Purchase Order'
const LEDGER = 'GL Entry'
const DOCTYPES = [JOURNAL, PURCHASE, LEDGER, 'Sales Order']
const OPERATORS = ['=', '>=', '<', 'in', 'is'] as const
const CANCELLED = 2
const KEYLESS = 'keyless/'

const row = z.looseObject({
  account: z.string(),
  party_type: z.string().optional(),
  party: z.string().optional(),
  debit_in_account_currency: z.number().min(0),
  credit_in_account_currency: z.number().min(0),
})
const journalEntry = z.looseObject({
  voucher_type: z.literal('Journal Entry'),
  company: z.string(),
  posting_date: z.iso.date(),
  cheque_no: z.string(),
  cheque_date: z.iso.date(),
  user_remark: z.string(),
  [ERPNEXT_BOOKS.keyField]: z.string().min(1).max(140).optional(),
  accounts: z.array(row).min(2),
  docstatus: z.union([z.literal(0), z.literal(1)]).default(0),
})

const purchaseOrder = z.looseObject({
  supplier: z.string().min(1),
  company: z.string(),
  transaction_date: z.iso.date(),
  schedule_date: z.iso.date(),
  set_warehouse: z.string().min(1),
  [ERPNEXT_BOOKS.keyField]: z.string().min(1).max(140).optional(),
  items: z
    .array(
      z.looseObject({
        item_code: z.string(),
        qty: z.number().positive(),
        rate: z.number().min(0),
        schedule_date: z.iso.date(),
      }),
    )
    .min(1),
  docstatus: z.literal(1),
})

/** As Frappe writes what it refuses: the type of the exception, and messages as JSON within JSON. */
function refused(status: number, type: string, message: string): Answer {
  return {
    status,
    body: {
      exc_type: type,
      exception: `frappe.exceptions.${type}: ${message}`,
      _server_messages: JSON.stringify([JSON.stringify({ message, indicator: 'red' })]),
    },
  }
}

const docstatusOf = ({ state }: ErpEntry): number => ({ barred: 0, booked: 1, reversed: CANCELLED })[state]
const shown = (entry: ErpEntry) => ({
  name: entry.number,
  docstatus: docstatusOf(entry),
  [ERPNEXT_BOOKS.keyField]: entry.key.startsWith(KEYLESS) ? null : entry.key,
})
const shownOrder = ({ number: name, key }: PurchaseOrder) => ({
  ...{ name, docstatus: 1 },
  [ERPNEXT_BOOKS.keyField]: key.startsWith(KEYLESS) ? null : key,
})
const answered = (entry: ErpEntry): Answer => ({ status: 200, body: { data: shown(entry) } })

/** ERPNext's `/api/resource/Journal Entry` and `/Purchase Order`, for one user, with a field for the hub's key that is unique. */
export function createErpnext(options: {
  ledger: ErpLedger
  purchases: PurchaseBook
  /** What orders were worth when they were entered, in cents. */
  salesOrders: ReadonlyMap<string, number>
  now: () => number
  apiKey: string
  apiSecret: string
}) {
  const { ledger, purchases, now } = options
  const token = Buffer.from(`token ${options.apiKey}:${options.apiSecret}`)

  const create = (body: Buffer): Answer => {
    const parsed = journalEntry.safeParse(parseJson(body))
    if (!parsed.success) return refused(417, 'ValidationError', z.prettifyError(parsed.error))
    const entry = parsed.data
    if (entry.company !== ERPNEXT_BOOKS.company) return missing('Company', entry.company)
    const [strange] = entry.accounts.filter(
      ({ account }) =>
        account !== ERPNEXT_BOOKS.receivableAccount && account !== ERPNEXT_BOOKS.adjustmentAccount,
    )
    if (strange) return missing('Account', strange.account)
    // Fields that it does not have are ignored, as Frappe does; such an entry is unique to nothing.
    const key = String(entry[ERPNEXT_BOOKS.keyField] ?? `${KEYLESS}${ledger.entries().length}`)
    if (ledger.find(key)) return refused(417, 'UniqueValidationError', 'Order Hub Key must be unique')
    const sum = (side: 'debit_in_account_currency' | 'credit_in_account_currency') =>
      entry.accounts.reduce((total, each) => total + Math.round(each[side] * 100), 0)
    const isOdd = sum('debit_in_account_currency') !== sum('credit_in_account_currency')
    if (entry.docstatus === 1 && (isOdd || sum('debit_in_account_currency') === 0)) {
      return refused(417, 'ValidationError', 'Total Debit must be equal to Total Credit and not zero')
    }
    const receivable = entry.accounts.find(({ account }) => account === ERPNEXT_BOOKS.receivableAccount)
    if (receivable?.party_type !== 'Customer' || receivable.party !== ERPNEXT_BOOKS.customer) {
      return refused(417, 'ValidationError', '<b>Party</b> is required for the receivable account')
    }
    const { debit_in_account_currency: debit, credit_in_account_currency: credit } = receivable
    const added = {
      key,
      at: new Date(now()).toISOString(),
      orderId: entry.cheque_no,
      differenceCents: Math.round(debit * 100) - Math.round(credit * 100),
      state: entry.docstatus === 1 ? ('booked' as const) : ('barred' as const),
      body: body.toString('utf8'),
      openingCents: null,
    }
    return answered(ledger.add(added, (serial) => `ACC-JV-2026-${String(serial).padStart(5, '0')}`))
  }

  const order = (body: Buffer): Answer => {
    const parsed = purchaseOrder.safeParse(parseJson(body))
    if (!parsed.success) return refused(417, 'ValidationError', z.prettifyError(parsed.error))
    const wanted = parsed.data
    if (wanted.company !== ERPNEXT_BOOKS.company) return missing('Company', wanted.company)
    const key = String(wanted[ERPNEXT_BOOKS.keyField] ?? `${KEYLESS}${purchases.orders().length}`)
    if (purchases.find(key)) return refused(417, 'UniqueValidationError', 'Order Hub Key must be unique')
    const added = purchases.add({
      ...{ key, supplier: wanted.supplier, warehouse: wanted.set_warehouse, body: body.toString('utf8') },
      amountCents: wanted.items.reduce((sum, { qty, rate }) => sum + qty * Math.round(rate * 100), 0),
      units: wanted.items.reduce((sum, { qty }) => sum + qty, 0),
    })
    return { status: 200, body: { data: shownOrder(added) } }
  }

  const documents = (doctype: string): Record<string, unknown>[] => {
    switch (doctype) {
      case JOURNAL:
        return ledger.entries().map((entry) => ({
          ...shown(entry),
          cheque_no: entry.orderId,
          modified: entry.at === undefined ? '' : frappeTime(Date.parse(entry.at)),
        }))
      case LEDGER:
        return ledger.entries().flatMap((entry) =>
          entry.state === 'barred'
            ? []
            : [
                {
                  ...{
                    name: `GL-${entry.number}`,
                    voucher_type: JOURNAL,
                    voucher_no: entry.number,
                    modified: '',
                  },
                  account: ERPNEXT_BOOKS.receivableAccount,
                  debit: Math.max(0, entry.differenceCents) / 100,
                  credit: Math.max(0, -entry.differenceCents) / 100,
                  is_cancelled: entry.state === 'reversed' ? 1 : 0,
                },
              ],
        )
      case PURCHASE:
        return purchases.orders().map(shownOrder)
      default:
        return [...options.salesOrders].map(([orderId, cents]) => ({
          ...{
            name: `SAL-ORD-${orderId}`,
            docstatus: 1,
            po_no: orderId,
            grand_total: cents / 100,
            modified: '',
          },
        }))
    }
  }

  const list = (url: URL, doctype: string): Answer => {
    const read = (name: string, otherwise: string) =>
      parseJson(Buffer.from(url.searchParams.get(name) ?? otherwise))
    const filters = z
      .array(z.tuple([z.literal(doctype), z.string(), z.enum(OPERATORS), z.unknown()]))
      .min(1)
      .safeParse(read('filters', '')).data
    const fields = z.array(z.string()).safeParse(read('fields', '["name"]')).data
    if (!filters || !fields) return refused(417, 'ValidationError', 'filters or fields are no JSON')
    const known = documents(doctype)
    const strange = filters.find(([, field]) => known.length > 0 && !known.some((each) => field in each))
    if (strange) return refused(417, 'DataError', `Field not permitted: ${strange[1]}`)
    if (filters.some(([, field]) => field.startsWith('custom_') && field !== ERPNEXT_BOOKS.keyField)) {
      return refused(417, 'DataError', 'Field not permitted')
    }
    const asked = known
      .filter((each) => filters.every(([, field, operator, value]) => holds(each[field], operator, value)))
      .sort((one, other) => orderOf(one).localeCompare(orderOf(other), 'en'))
      .slice(0, Number(url.searchParams.get('limit_page_length') ?? '20'))
    return {
      status: 200,
      body: {
        data: asked.map((each) =>
          Object.fromEntries(Object.entries(each).filter(([name]) => fields.includes(name))),
        ),
      },
    }
  }

  const update = (name: string, body: Buffer): Answer => {
    const known = ledger.findByNumber(name)
    if (!known) return refused(404, 'DoesNotExistError', `Journal Entry ${name} not found`)
    const wanted = z.strictObject({ docstatus: z.literal(CANCELLED) }).safeParse(parseJson(body))
    if (!wanted.success || known.state !== 'booked') {
      return refused(417, 'DocstatusTransitionError', `Cannot change docstatus of ${name}`)
    }
    return answered(ledger.reverse(known, new Date(now()).toISOString()))
  }

  return (call: Call): Answer => {
    const sent = Buffer.from(call.header('authorization') ?? '')
    if (sent.length !== token.length || !timingSafeEqual(sent, token)) {
      return refused(401, 'AuthenticationError', 'Invalid API key or secret')
    }
    const [, api, resource, doctype, name] = call.segments
    if (api !== 'api' || resource !== 'resource') return refused(404, 'DoesNotExistError', 'Not found')
    if (!DOCTYPES.some((each) => each === doctype) || doctype === undefined)
      return refused(404, 'DoesNotExistError', `DocType ${doctype} not found`)
    if (call.method === 'POST' && name === undefined && doctype === JOURNAL) return create(call.body)
    if (call.method === 'POST' && name === undefined && doctype === PURCHASE) return order(call.body)
    if (call.method === 'GET' && name === undefined)
      return list(new URL(call.path, 'http://erpnext'), doctype)
    if (call.method === 'PUT' && name !== undefined && doctype === JOURNAL) return update(name, call.body)
    return refused(405, 'ValidationError', 'Method Not Allowed')
  }
}

/** To the microsecond, as Frappe writes it. */
const frappeTime = (ms: number) => `${beijing(ms)}.${String(ms % 1_000).padStart(3, '0')}000`

function holds(is: unknown, operator: (typeof OPERATORS)[number], value: unknown): boolean {
  const own = String(is ?? '')
  switch (operator) {
    case '=':
      return own === String(value)
    case '>=':
      return own >= String(value)
    case '<':
      return own < String(value)
    case 'in':
      return Array.isArray(value) && value.map(String).includes(own)
    case 'is':
      return (own !== '') === (value === 'set')
  }
}

const orderOf = ({ modified, name }: Record<string, unknown>) => `${modified ?? ''} ${name}`

function missing(what: string, name: string): Answer {
  return refused(417, 'LinkValidationError', `Could not find ${what}: ${name}`)
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined // which no schema accepts
  }
}
