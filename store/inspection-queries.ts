import { type RawBuilder, sql } from 'kysely'
import type {
  InspectionDetail,
  InspectionForm,
  InspectionView,
  ListInspectionsQuery,
} from '../contracts/inspections.ts'
import { divisionName } from '../domain/division.ts'
import { INSPECTION_STATE_MEANING } from '../domain/inspection.ts'
import type { Checklist } from '../domain/inspection-result.ts'
import { openContact, type PersonalData } from './contacts.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { waitingParts } from './inspection-parts.ts'
import { photosOfInspection } from './inspection-photos.ts'
import type { InspectionRow } from './inspections.ts'
import type { KeyRing } from './keyring.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'

/** Who asks: those of the orders in their scope, and whatever they are sent to themselves. */
export type InspectionViewer = { scope: Scope; userName: string | null }

function visibleTo({ scope, userName }: InspectionViewer): RawBuilder<boolean> {
  if (userName === null) return inScope(scope, 'store_id')
  // By itself, so that the index serves whoever has no stores: that is everybody in the field.
  if (scope.kind === 'stores' && scope.storeIds.length === 0) return sql`assignee = ${userName}`
  return sql`(${inScope(scope, 'store_id')} or assignee = ${userName})`
}

/** One page of the inspections that somebody may see. */
export async function listInspections(
  db: Db,
  query: ListInspectionsQuery,
  viewer: InspectionViewer,
): Promise<Page<InspectionView>> {
  const keyset = new Keyset('inspections', query, timeAndUuid)
  const time = query.sort === 'due' ? 'due_at' : 'created_at'
  const order = query.sort === 'newest' ? 'newest' : 'oldest'
  const direction = order === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('inspection')
    .selectAll()
    .select(exact(time).as('at'))
    .where(visibleTo(viewer))
    .where(beyond([time, 'id'], order, keyset.after(query.cursor)))
    .orderBy(time, direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.orderId) select = select.where('order_id', '=', query.orderId)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.region) select = select.where('region', '=', query.region)
  if (query.assignee) select = select.where('assignee', '=', query.assignee)
  if (query.unassigned !== undefined) {
    select = select.where('assignee', query.unassigned ? 'is' : 'is not', null)
  }
  if (query.overdue !== undefined) {
    const isOverdue = sql<boolean>`(state = 'open' and due_at <= clock_timestamp())`
    select = select.where(query.overdue ? isOverdue : sql<boolean>`not ${isOverdue}`)
  }
  if (query.from) select = select.where('created_at', '>=', new Date(query.from))
  if (query.to) select = select.where('created_at', '<', new Date(query.to))
  const now = Date.now()
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.at, row.id],
    (row) => summaryOf(row, now),
  )
}

/** The row of an inspection that somebody may see; null where there is none for them. */
export async function findInspection(
  db: Db | Tx,
  inspectionId: string,
  viewer: InspectionViewer,
): Promise<InspectionRow | null> {
  const row = await db
    .selectFrom('inspection')
    .selectAll()
    .where('id', '=', inspectionId)
    .where(visibleTo(viewer))
    .executeTakeFirst()
  return row ?? null
}

/** What a caller may see of the customer: what is left of the contact, and whether where photographs were taken. */
type CustomerView = { contact: (contact: PersonalData) => PersonalData; places: boolean }

/** An inspection with all that belongs to it. */
export async function readInspection(
  db: Db | Tx,
  keyRing: KeyRing,
  row: InspectionRow,
  customer: CustomerView,
): Promise<InspectionDetail> {
  const { result } = row
  const named = result ? [...result.photoIds, result.signatureId] : []
  const photos = await photosOfInspection(db, keyRing, row.id)
  return {
    ...summaryOf(row, Date.now()),
    policyVersion: row.policy_version,
    drawnBy: row.drawn_by,
    form: formOf(row.checklist),
    order: await orderOf(db, keyRing, row.order_id, customer.contact),
    photos: photos.map((photo) => ({
      ...photo,
      place: customer.places ? photo.place : null,
      isInResult: named.includes(photo.photoId),
    })),
    waitingPhotos: await waitingParts(db, row.id),
    result: result && row.submission_id !== null ? { submissionId: row.submission_id, ...result } : null,
  }
}

function summaryOf(row: InspectionRow, nowMs: number): InspectionView {
  const { cancelled_at: at, cancelled_by: by, cancel_reason: reason } = row
  return {
    inspectionId: row.id,
    orderId: row.order_id,
    storeId: row.store_id,
    channel: row.channel,
    divisionCode: row.division_code,
    division: divisionName(row.division_code) ?? null,
    region: row.region,
    state: row.state,
    meaning: INSPECTION_STATE_MEANING[row.state],
    checklist: row.checklist.title,
    assignee: row.assignee,
    assignedAt: row.assigned_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    isOverdue: row.state === 'open' && row.due_at.getTime() <= nowMs,
    cancelled: at && by !== null && reason !== null ? { at: at.toISOString(), by, reason } : null,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
  }
}

function formOf({ name, title, minimumPhotos, signature, fields }: Checklist): InspectionForm {
  return {
    ...{ name, title, minimumPhotos, signature },
    questions: fields.map((field) => ({
      key: field.key,
      kind: field.kind,
      label: field.label,
      required: field.required,
      photos: field.photos,
      options: field.kind === 'choice' ? field.options.map(({ value, label }) => ({ value, label })) : null,
      minimum: field.kind === 'number' ? field.minimum : null,
      maximum: field.kind === 'number' ? field.maximum : null,
      maxCharacters: field.kind === 'text' ? field.maxCharacters : null,
    })),
  }
}

async function orderOf(
  db: Db | Tx,
  keyRing: KeyRing,
  orderId: string,
  show: (contact: PersonalData) => PersonalData,
): Promise<InspectionDetail['order']> {
  type Found = Omit<InspectionDetail['order'], 'contact' | 'createdAt'> & {
    createdAt: Date
    contactId: string
    keyId: string
    sealed: Buffer | null
  }
  const { rows } = await sql<Found>`
    select o.external_order_id as "externalOrderId", o.status, o.amount_cents as "amountCents", o.created_at as "createdAt",
      contact.id as "contactId", contact.key_id as "keyId", contact.sealed,
      coalesce((select json_agg(json_build_object('skuId', line.sku_id, 'name', sku.name, 'quantity', line.quantity)
        order by line.line_number) from order_line as line join sku on sku.id = line.sku_id
        where line.order_id = o.id), '[]') as lines,
      coalesce((select json_agg(json_build_object('courier', courier, 'waybillNumber', waybill_number, 'state', state)
        order by created_at, id) from parcel where order_id = o.id), '[]') as parcels
    from orders as o join contact on contact.id = o.contact_id where o.id = ${orderId}`.execute(db)
  const [found] = rows
  if (!found) throw new Error(`there is no order ${orderId}`)
  const { createdAt, contactId, keyId, sealed, ...order } = found
  const data = openContact(keyRing, { id: contactId, key_id: keyId, sealed })
  const shown = data === null ? null : show(data)
  return {
    ...order,
    createdAt: createdAt.toISOString(),
    contact: shown && { name: shown.name, phone: shown.phone, address: shown.address },
  }
}
