import { z } from 'zod'
import type { ErpnextMapping } from '../../contracts/policies/erp-mapping.ts'
import { yuan } from '../channels/answer.ts'
import { chinaTimestamp } from '../channels/values.ts'
import { UnreachableError } from '../outside-errors.ts'
import type { Erp, ErpOrderAmount } from './erp.ts'

/** So many that their names fit the address of a call. */
const ENTRIES_A_PAGE = 50
/** Of one page's orders; each has a handful. */
const MOST_ENTRIES = 1_000
const JOURNAL = 'Journal Entry'
const LEDGER = 'GL Entry'

type Filter = readonly [field: string, operator: '=' | '>=' | '<' | 'in' | 'is', value: unknown]
type Question<Row> = {
  row: z.ZodType<Row>
  filters: readonly Filter[]
  fields: readonly string[]
  limit: number
}
/** Documents of a kind by their fields, oldest change first. */
export type ListErpnext = <Row>(doctype: string, question: Question<Row>) => Promise<Row[]>

const text = z.string().min(1)
const entry = z.object({ name: text, cheque_no: text, modified: text })
type Entry = z.output<typeof entry>
const booked = z.object({ voucher_no: text, debit: yuan, credit: yuan })
/** The moment and name of the last entry of a page. */
const position = z.tuple([text, text])

/**
 * What orders are worth in ERPNext that were changed in a period: the amount of each one's own document and all
 * differences of it that stand in the ledger. Each order is told once, with its last change.
 *
 * @returns null where the mapping does not say which documents are orders
 * @throws UnreachableError
 */
export async function readOrderAmounts(
  list: ListErpnext,
  mapping: ErpnextMapping,
  period: { from: Date; to: Date },
  cursor: string | null,
): ReturnType<Erp['orderAmounts']> {
  const { orders } = mapping
  if (!orders) return null
  const isOurs: readonly Filter[] = [
    [mapping.keyField, 'is', 'set'],
    // Taken back is a change of the order, too; a draft never was one.
    ['docstatus', 'in', ['1', '2']],
    ['modified', '<', chinaTimestamp(period.to)],
  ]
  const after = cursor === null ? null : position.parse(JSON.parse(cursor))
  const question = { row: entry, fields: ['name', 'cheque_no', 'modified'] }
  const found = await list(JOURNAL, {
    ...question,
    filters: [...isOurs, ['modified', '>=', after?.[0] ?? chinaTimestamp(period.from)]],
    limit: ENTRIES_A_PAGE,
  })
  const page = after
    ? found.filter((each) => compare(each, { modified: after[0], name: after[1] }) > 0)
    : found
  const last = page.at(-1)
  const nextCursor =
    last && found.length === ENTRIES_A_PAGE ? JSON.stringify([last.modified, last.name]) : null
  if (!last) {
    if (found.length < ENTRIES_A_PAGE) return { orders: [], nextCursor: null }
    throw new UnreachableError(`ERPNext has ${ENTRIES_A_PAGE} entries of one moment`)
  }
  const ids = [...new Set(page.map((each) => each.cheque_no))]
  const all = await list(JOURNAL, {
    ...question,
    filters: [...isOurs, ['cheque_no', 'in', ids]],
    limit: MOST_ENTRIES,
  })
  const newest = new Map<string, Entry>()
  for (const each of all) {
    const known = newest.get(each.cheque_no)
    if (!known || compare(each, known) > 0) newest.set(each.cheque_no, each)
  }
  const told = page.filter((each) => newest.get(each.cheque_no)?.name === each.name)
  return { orders: await amountsOf(list, mapping, orders, { told, all }), nextCursor }
}

async function amountsOf(
  list: ListErpnext,
  { receivableAccount }: ErpnextMapping,
  { doctype, orderField, amountField }: NonNullable<ErpnextMapping['orders']>,
  { told, all }: { told: readonly Entry[]; all: readonly Entry[] },
): Promise<ErpOrderAmount[]> {
  if (told.length === 0) return []
  const ids = new Set(told.map((each) => each.cheque_no))
  const orderOf = new Map(
    all.flatMap((each) => (ids.has(each.cheque_no) ? [[each.name, each.cheque_no]] : [])),
  )
  const rows = await list(LEDGER, {
    row: booked,
    filters: [
      ['voucher_type', '=', JOURNAL],
      ['voucher_no', 'in', [...orderOf.keys()]],
      ['account', '=', receivableAccount],
      ['is_cancelled', '=', '0'],
    ],
    fields: ['voucher_no', 'debit', 'credit'],
    limit: MOST_ENTRIES,
  })
  const changes = new Map<string, number>()
  for (const { voucher_no: name, debit, credit } of rows) {
    const orderId = orderOf.get(name)
    if (orderId !== undefined) changes.set(orderId, (changes.get(orderId) ?? 0) + debit - credit)
  }
  const documents = await list(doctype, {
    row: z.object({ name: text, [orderField]: text, [amountField]: yuan }),
    filters: [
      [orderField, 'in', [...ids]],
      ['docstatus', '=', '1'],
    ],
    fields: ['name', orderField, amountField],
    limit: MOST_ENTRIES,
  })
  const changedAt = new Map(told.map((each) => [each.cheque_no, each.modified]))
  return documents.flatMap((document) => {
    const orderId = String(document[orderField])
    const modified = changedAt.get(orderId)
    if (modified === undefined) return []
    const amountCents = Number(document[amountField]) + (changes.get(orderId) ?? 0)
    return [
      {
        lineId: String(document.name),
        orderId,
        amountCents,
        changedAt: `${modified.replace(' ', 'T')}+08:00`,
      },
    ]
  })
}

function compare(one: Pick<Entry, 'modified' | 'name'>, other: Pick<Entry, 'modified' | 'name'>): number {
  if (one.modified !== other.modified) return one.modified < other.modified ? -1 : 1
  return one.name < other.name ? -1 : Number(one.name > other.name)
}
