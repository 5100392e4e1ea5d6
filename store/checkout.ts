import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { ORDER_PLACED } from '../contracts/facts.ts'
import type { PlacedOrder, PlaceOrderBody } from '../contracts/orders.ts'
import { findDivision } from '../domain/division.ts'
import { holdTtlSeconds } from '../domain/hold-time.ts'
import type { OrderPlaced } from '../domain/order.ts'
import { factsOf } from '../domain/order-facts.ts'
import { insertContact } from './contacts.ts'
import type { Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import type { KeyRing } from './keyring.ts'
import type { Policies } from './policy-cache.ts'
import { reserve } from './reservation.ts'

export type CheckoutInput = {
  orderId: string
  body: PlaceOrderBody
  placedBy: string
  traceParent: string | null
}
export type CheckoutResult = { ok: true; order: PlacedOrder } | { ok: false; problem: ProblemError }

/**
 * Places an order in one transaction: stock reserved, order and lines written, and the inbox row that will start
 * its workflow. Whoever gets `ok` holds the goods until `reservationExpiresAt`, whatever else is running or not.
 *
 * A refusal leaves rows behind in the transaction; the caller rolls it back.
 */
export async function checkout(
  tx: Tx,
  deps: { keyRing: KeyRing; policies: Policies },
  input: CheckoutInput,
): Promise<CheckoutResult> {
  const problem = await findProblem(tx, input.body)
  if (problem) return { ok: false, problem }
  const { orderId, body } = input
  const life = await deps.policies.current(tx, 'order-life')
  const reservation = await deps.policies.current(tx, 'reservation')
  const policyVersions = { 'order-life': life.version, reservation: reservation.version }
  const placedAt = new Date()
  const lines = body.lines.map((line, index) => ({ lineNumber: index + 1, ...line }))
  const amountCents = lines.reduce(
    (sum, line) => sum + line.quantity * line.unitPriceCents,
    body.freightCents,
  )
  if (!Number.isSafeInteger(amountCents) || amountCents > MAX_AMOUNT_CENTS) {
    const fields = [{ field: 'lines', message: 'the order costs more than the hub accepts' }]
    return { ok: false, problem: new ProblemError('invalid-request', undefined, { fields }) }
  }
  const facts = factsOf({ ...body, divisionCode: body.contact.divisionCode, amountCents })
  const holdMs = holdTtlSeconds(reservation.document, facts) * 1000
  const reservationExpiresAt = new Date(placedAt.getTime() + holdMs)
  const contactId = uuid()
  const { name, phone, address, remark = '' } = body.contact
  await insertContact(tx, deps.keyRing, {
    id: contactId,
    divisionCode: body.contact.divisionCode,
    data: { name, phone, address, remark },
  })
  const inserted = await tx
    .insertInto('orders')
    .values({
      id: orderId,
      channel: body.channel,
      store_id: body.storeId,
      external_order_id: body.externalOrderId ?? null,
      contact_id: contactId,
      division_code: body.contact.divisionCode,
      status: 'reserved',
      amount_cents: amountCents,
      freight_cents: body.freightCents,
      reservation_expires_at: reservationExpiresAt,
      policy_versions: JSON.stringify(policyVersions),
      placed_by: input.placedBy,
      created_at: placedAt,
    })
    .onConflict((conflict) => conflict.constraint('orders_external_order_id_key').doNothing())
    .executeTakeFirst()
  if (!inserted.numInsertedOrUpdatedRows) {
    const detail = `store ${body.storeId} already has an order ${body.externalOrderId}`
    return { ok: false, problem: new ProblemError('order-exists', detail) }
  }
  await tx
    .insertInto('order_line')
    .values(
      lines.map((line) => ({
        order_id: orderId,
        line_number: line.lineNumber,
        sku_id: line.skuId,
        quantity: line.quantity,
        unit_price_cents: line.unitPriceCents,
      })),
    )
    .execute()
  const reserved = await reserve(tx, {
    orderId,
    divisionCode: body.contact.divisionCode,
    demand: lines,
    expiresAt: reservationExpiresAt,
    operationId: `${orderId}/checkout`,
    confirmed: false,
    operator: input.placedBy,
  })
  if (!reserved.ok) {
    const { shortages } = reserved
    const detail = shortages
      .map((entry) => `${entry.skuId}: ${entry.requested} wanted, ${entry.available} left`)
      .join('; ')
    return { ok: false, problem: new ProblemError('insufficient-stock', detail, { extra: { shortages } }) }
  }
  await appendOrderPlaced(tx, input, {
    orderId,
    channel: body.channel,
    storeId: body.storeId,
    contactId,
    divisionCode: body.contact.divisionCode,
    lines,
    allocations: reserved.allocations,
    freightCents: body.freightCents,
    amountCents,
    placedAt: placedAt.toISOString(),
    reservationExpiresAt: reservationExpiresAt.toISOString(),
    deadlines: life.document,
    policyVersions,
  })
  const expiresAt = reservationExpiresAt.toISOString()
  return {
    ok: true,
    order: {
      orderId,
      status: 'reserved',
      amountCents,
      reservationExpiresAt: expiresAt,
      reservations: reserved.allocations.map((entry) => ({ ...entry, state: 'held', expiresAt })),
      workflowId: `order:${orderId}`,
    },
  }
}

/** ¥10 billion: far above any order, far below what is no longer an exact number. */
const MAX_AMOUNT_CENTS = 1_000_000_000_000

async function findProblem(tx: Tx, body: PlaceOrderBody): Promise<ProblemError | null> {
  const store = await tx
    .selectFrom('store')
    .select(['channel', 'active'])
    .where('id', '=', body.storeId)
    .executeTakeFirst()
  if (!store?.active) return unknown('unknown-store', 'storeId', body.storeId)
  if (store.channel !== body.channel) {
    const fields = [{ field: 'channel', message: `store ${body.storeId} sells on ${store.channel}` }]
    return new ProblemError('invalid-request', undefined, { fields })
  }
  if (!findDivision(body.contact.divisionCode)) {
    return unknown('unknown-division', 'contact.divisionCode', body.contact.divisionCode)
  }
  const skuIds = body.lines.map((line) => line.skuId)
  const known = await tx
    .selectFrom('sku')
    .select('id')
    .where('id', 'in', skuIds)
    .where('active', '=', true)
    .execute()
  const active = new Set(known.map((row) => row.id))
  const index = skuIds.findIndex((skuId) => !active.has(skuId))
  return index < 0 ? null : unknown('unknown-sku', `lines.${index}.skuId`, skuIds[index] ?? '')
}

function unknown(
  code: 'unknown-store' | 'unknown-division' | 'unknown-sku',
  field: string,
  value: string,
): ProblemError {
  return new ProblemError(code, undefined, {
    fields: [{ field, message: `${value} is not known or not active` }],
  })
}

async function appendOrderPlaced(tx: Tx, input: CheckoutInput, placed: OrderPlaced): Promise<void> {
  await appendInbox(tx, {
    source: 'checkout',
    shop: placed.storeId,
    sourceEventId: placed.orderId,
    type: ORDER_PLACED,
    orderKey: placed.orderId,
    startsOrder: true,
    occurredAt: placed.placedAt,
    body: placed,
    traceParent: input.traceParent,
  })
  await tx
    .insertInto('operation_log')
    .values({
      order_id: placed.orderId,
      store_id: placed.storeId,
      version: 1,
      field: 'status',
      new_value: 'reserved',
      operator: input.placedBy,
      source: ORDER_PLACED,
      source_time: placed.placedAt,
    })
    .execute()
}
