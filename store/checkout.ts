import { type RawBuilder, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { ORDER_PLACED } from '../contracts/facts.ts'
import type { PlacedOrder, PlaceOrderBody } from '../contracts/orders.ts'
import { RecentPlans } from '../domain/allocation-recent.ts'
import type { Platform } from '../domain/channel-order.ts'
import { findDivision } from '../domain/division.ts'
import { holdTtlSeconds } from '../domain/hold-time.ts'
import type { Allocation, OrderPlaced } from '../domain/order.ts'
import { factsOf } from '../domain/order-facts.ts'
import { placeOfAddress } from '../domain/place.ts'
import type { PresaleUnits } from '../domain/presale.ts'
import { SharedReasons } from './allocation-decisions.ts'
import { sealContact } from './contacts.ts'
import { type Db, PREPARED, type Tx, together } from './database.ts'
import { GroupCommit, type GroupLimits } from './group-commit.ts'
import {
  type KeyStanding,
  knownKeys,
  type RequestKey,
  type StoredAnswer,
  standingsOf,
  storeAnswers,
} from './idempotency.ts'
import { appendInboxAll } from './inbox.ts'
import type { KeyRing } from './keyring.ts'
import type { CurrentPolicy } from './policy.ts'
import type { Policies } from './policy-cache.ts'
import { insertPresaleHolds, openBook, withHolds } from './presale-holds.ts'
import {
  decideReservations,
  type LevelRow,
  levelsUnderLock,
  type ReserveRequest,
  type ReserveResult,
  stockInHand,
  writeReservations,
} from './reservation.ts'
import { stockLock } from './stock-movement.ts'

export type CheckoutInput = {
  orderId: string
  body: PlaceOrderBody
  placedBy: string
  traceParent: string | null
  /** Of an order that a platform keeps: it exists already, so that missing stock is waited for instead of refused. */
  terms?: ChannelTerms
}
export type ChannelTerms = {
  platform: Platform
  /** By the platform's clock, RFC 3339. */
  placedAt: string
  /** Until when unpaid units are held. */
  expiresAt: Date
  /** Its receiver, written already. */
  contactId: string
}
export type Shortage = Extract<ReserveResult, { ok: false }>['shortages'][number]
export type CheckoutResult =
  | { ok: true; order: PlacedOrder }
  /** `shortages` is empty where it is not stock that is missing. */
  | { ok: false; problem: ProblemError; shortages: Shortage[] }

/** `recent` and `shared`: for who places orders all the time. */
type Deps = {
  keyRing: KeyRing
  policies: Policies
  recent?: RecentPlans | undefined
  shared?: SharedReasons | undefined
}

/**
 * Places an order in the caller's transaction: stock reserved, order and lines written, and the inbox row that will
 * start its workflow. Whoever gets `ok` holds the goods until `reservationExpiresAt`, whatever else is running or not.
 *
 * A refusal writes nothing but the end of holds whose time was over.
 */
export async function checkout(tx: Tx, deps: Deps, input: CheckoutInput): Promise<CheckoutResult> {
  const [result] = await checkoutAll(tx, deps, [input])
  if (!result) throw new Error('a checkout got no answer')
  return result
}

/**
 * Places orders in one transaction, decided one by one in their order.
 *
 * @throws GroupSpoiltError when one of them turned out to exist after another one had been refused for its sake
 */
export async function checkoutAll(tx: Tx, deps: Deps, inputs: CheckoutInput[]): Promise<CheckoutResult[]> {
  const skuIds = skusWanted(inputs)
  const [facts, , levels] = await together(tx, askedFacts(inputs), stockLock(skuIds), levelsUnderLock(skuIds))
  return checkoutLocked(tx, deps, inputs, { facts, levels, operationId: operationOf(inputs) })
}

/** What is read before anything is decided: facts, and levels under the locks of all SKUs that the orders name. */
type Read = { facts: FactRow[]; levels: LevelRow[]; operationId: string }

/** In whose name holds that are over are taken back: the first order's. */
function operationOf(inputs: CheckoutInput[]): string {
  return `${inputs[0]?.orderId}/checkout`
}

async function checkoutLocked(
  tx: Tx,
  deps: Deps,
  inputs: CheckoutInput[],
  { operationId, ...read }: Read,
): Promise<CheckoutResult[]> {
  const facts = await factsFrom(tx, deps, read.facts)
  const stock = await stockInHand(tx, read.levels, operationId)
  const results = new Map<string, CheckoutResult>()
  const refuse = (orderId: string, problem: ProblemError, shortages: Shortage[] = []) =>
    results.set(orderId, { ok: false, problem, shortages })
  const drafts = inputs.flatMap((input) => {
    const drafted = draftOrder(input, facts)
    if (drafted instanceof ProblemError) refuse(input.orderId, drafted)
    return drafted instanceof ProblemError ? [] : [drafted]
  })
  const requests = drafts.map((draft) => draft.request)
  const book = await openBook(tx, facts.presaleSkus, operationId)
  const { reclaimed, members } = decideReservations(stock, requests, facts.allocation, {
    book,
    recent: deps.recent,
  })
  const granted = drafts.flatMap((draft, index) => {
    const { result, presale = [] } = members[index] ?? {}
    if (result?.ok) {
      const { terms } = draft.input
      const known = terms ? { ...draft, placed: { ...draft.placed, platform: terms.platform } } : draft
      return [{ ...withPresale(known, presale, facts), allocations: result.allocations }]
    }
    if (draft.input.terms) {
      const { platform } = draft.input.terms
      return [{ ...draft, placed: { ...draft.placed, platform, awaitsStock: true }, allocations: [] }]
    }
    const shortages = result?.shortages ?? []
    refuse(draft.input.orderId, shortageProblem(shortages), shortages)
    return []
  })
  const placed = await insertOrders(tx, deps, granted)
  for (const { input } of granted.filter((order) => !placed.has(order.input.orderId))) {
    const detail = `store ${input.body.storeId} already has an order ${input.body.externalOrderId}`
    refuse(input.orderId, new ProblemError('order-exists', detail))
  }
  if (placed.size < granted.length && granted.length < drafts.length) throw new GroupSpoiltError()
  const written = granted.filter((order) => placed.has(order.input.orderId))
  const kept = members.filter(({ request }) => placed.has(request.orderId))
  await writeReservations(tx, { reclaimed, members: kept }, deps.shared)
  await insertOrderRows(tx, written)
  await insertPresaleHolds(
    tx,
    written.flatMap(({ request, placed: { presale } }) => (presale ? [{ ...request, presale }] : [])),
  )
  for (const order of written) results.set(order.input.orderId, { ok: true, order: placedView(order) })
  return inputs.map((input) => {
    const result = results.get(input.orderId)
    if (!result) throw new Error(`checkout ${input.orderId} was not decided`)
    return result
  })
}

/** An order that exists already took units in the deciding from one that was refused: decide them singly. */
export class GroupSpoiltError extends Error {
  override readonly name = 'GroupSpoiltError'
}

/** A checkout with the key under which its answer is kept, and how an answer is put. */
export type CheckoutCall = CheckoutInput & { requestKey: RequestKey }
export type CheckoutAnswer = { result: CheckoutResult } | { standing: KeyStanding }

/**
 * Checkouts that share transactions when they arrive at the same time. The answer is stored under the caller's key in
 * the transaction of the order, so that a repetition finds it, whatever happened to the first one's connection.
 *
 * @param answerOf what a repetition is to be told
 */
export function createCheckouts(
  db: Db,
  deps: Deps & { answerOf: (result: CheckoutResult) => StoredAnswer; limits?: GroupLimits },
): { place: (call: CheckoutCall) => Promise<CheckoutAnswer> } {
  const shared = new SharedReasons()
  const placing = { ...deps, recent: new RecentPlans(), shared }
  const group = new GroupCommit<CheckoutCall, CheckoutAnswer>(
    db,
    {
      keysOf: ({ body }) => body.lines.map((line) => line.skuId),
      linesOf: ({ body }) => body.lines.length,
      run: async (tx, calls, settings) => {
        const skuIds = skusWanted(calls)
        const keys = calls.map((call) => call.requestKey)
        // The locks before the keys are looked up: a commit of theirs that is still under way on the server keeps these
        // locks, and only whoever has waited for it sees what it wrote.
        const [, facts, , known, levels] = await together(
          tx,
          settings,
          askedFacts(calls),
          stockLock(skuIds),
          knownKeys(keys),
          levelsUnderLock(skuIds),
        )
        const standings = standingsOf(keys, known)
        const fresh = calls.filter((_, index) => standings[index] === null)
        const operationId = operationOf(calls)
        const results = await checkoutLocked(tx, placing, fresh, { facts, levels, operationId })
        await storeAnswers(
          tx,
          results.flatMap((result, index) => {
            const call = fresh[index]
            return call ? [{ ...call.requestKey, ...deps.answerOf(result) }] : []
          }),
        )
        const byOrder = new Map(fresh.map((call, index) => [call.orderId, results[index]]))
        return {
          results: calls.map((call, index): CheckoutAnswer => {
            const result = byOrder.get(call.orderId)
            return result ? { result } : { standing: standings[index] ?? { kind: 'in-flight' } }
          }),
        }
      },
    },
    deps.limits,
  )
  return { place: (call) => shared.follow(operationOf([call]), group.submit(call)) }
}

type Facts = {
  stores: Map<string, { channel: string; active: boolean }>
  activeSkus: Set<string>
  /** Those with an open presale. */
  presaleSkus: string[]
  life: CurrentPolicy<'order-life'>
  reservation: CurrentPolicy<'reservation'>
  allocation: CurrentPolicy<'allocation'>
}

function skusWanted(inputs: readonly CheckoutInput[]): string[] {
  return [...new Set(inputs.flatMap(({ body }) => body.lines.map((line) => line.skuId)))]
}

type FactRow = { id: string; channel: string | null; active: boolean; presale: boolean }

function askedFacts(inputs: CheckoutInput[]): RawBuilder<FactRow> {
  return sql`${PREPARED}
    select id, channel, active, false as presale
    from store where id = any(${inputs.map(({ body }) => body.storeId)}::text[])
    union all select id, null, active, exists (select from presale where sku_id = sku.id and state = 'open')
    from sku where id = any(${skusWanted(inputs)}::text[]) and active`
}

async function factsFrom(tx: Tx, { policies }: Deps, rows: FactRow[]): Promise<Facts> {
  return {
    stores: new Map(
      rows.flatMap(({ id, channel, active }) => (channel === null ? [] : [[id, { channel, active }]])),
    ),
    activeSkus: new Set(rows.filter((row) => row.channel === null).map((row) => row.id)),
    presaleSkus: rows.filter((row) => row.presale).map((row) => row.id),
    life: await policies.current(tx, 'order-life'),
    reservation: await policies.current(tx, 'reservation'),
    allocation: await policies.current(tx, 'allocation'),
  }
}

type Draft = {
  input: CheckoutInput
  placed: Omit<OrderPlaced, 'allocations'>
  request: ReserveRequest
  policyVersions: Record<string, number>
}
type GrantedOrder = Draft & { allocations: Allocation[] }

/** The order as it would be placed now, or what is wrong with it. */
function draftOrder(input: CheckoutInput, facts: Facts): Draft | ProblemError {
  const { orderId, body } = input
  const problem = findProblem(body, facts)
  if (problem) return problem
  const { life, reservation, allocation } = facts
  const lines = body.lines.map((line, index) => ({ lineNumber: index + 1, ...line }))
  const amountCents = lines.reduce(
    (sum, line) => sum + line.quantity * line.unitPriceCents,
    body.freightCents,
  )
  if (!Number.isSafeInteger(amountCents) || amountCents > MAX_AMOUNT_CENTS) {
    const fields = [{ field: 'lines', message: 'the order costs more than the hub accepts' }]
    return new ProblemError('invalid-request', undefined, { fields })
  }
  const { terms } = input
  const placedAt = terms ? new Date(terms.placedAt) : new Date()
  const place = placeOfAddress(body.contact.divisionCode, body.contact.address)
  const judged = factsOf({ ...body, divisionCode: body.contact.divisionCode, amountCents })
  const expiresAt =
    terms?.expiresAt ?? new Date(placedAt.getTime() + holdTtlSeconds(reservation.document, judged) * 1000)
  const policyVersions = {
    'order-life': life.version,
    reservation: reservation.version,
    allocation: allocation.version,
  }
  return {
    input,
    policyVersions,
    request: {
      orderId,
      channel: body.channel,
      divisionCode: place.divisionCode,
      place,
      demand: lines,
      expiresAt,
      operationId: `${orderId}/checkout`,
      confirmed: false,
      operator: input.placedBy,
    },
    placed: {
      orderId,
      channel: body.channel,
      storeId: body.storeId,
      contactId: terms?.contactId ?? uuid(),
      divisionCode: place.divisionCode,
      lines,
      freightCents: body.freightCents,
      amountCents,
      placedAt: placedAt.toISOString(),
      reservationExpiresAt: expiresAt.toISOString(),
      deadlines: {
        trackingIntervalSeconds: life.document.trackingIntervalSeconds,
        afterSalesWindowSeconds: life.document.afterSalesWindowSeconds,
        latePaymentWindowSeconds: life.document.latePaymentWindowSeconds,
        parcelSilenceSeconds: life.document.parcelSilenceSeconds,
      },
      policyVersions,
      isChecked: true,
    },
  }
}

/** The draft with what presales promise of it, and whether its other goods wait for that. */
function withPresale(draft: Draft, units: PresaleUnits[], { allocation }: Facts): Draft {
  if (units.length === 0) return draft
  const presale = { mixedOrders: allocation.document.presale, lines: withHolds(units, uuid) }
  return { ...draft, placed: { ...draft.placed, presale } }
}

/** What is told to whom these units are missing. */
export function shortageProblem(shortages: Shortage[]): ProblemError {
  const detail = shortages
    .map((entry) => `${entry.skuId}: ${entry.requested} wanted, ${entry.available} left`)
    .join('; ')
  return new ProblemError('insufficient-stock', detail, { extra: { shortages } })
}

function placedView({ placed, allocations }: GrantedOrder): PlacedOrder {
  const { orderId, amountCents, reservationExpiresAt: expiresAt, presale } = placed
  return {
    orderId,
    status: statusOf(placed),
    amountCents,
    reservationExpiresAt: expiresAt,
    reservations: allocations.map((entry) => ({ ...entry, state: 'held', expiresAt })),
    ...(presale
      ? {
          presale: presale.lines.map(({ lineNumber, skuId, quantity, expectedOn }) => ({
            lineNumber,
            skuId,
            quantity,
            expectedOn,
          })),
        }
      : {}),
    workflowId: `order:${orderId}`,
  }
}

/** Where a new order stands. */
function statusOf({ awaitsStock }: Pick<OrderPlaced, 'awaitsStock'>): 'reserved' | 'awaiting_stock' {
  return awaitsStock ? 'awaiting_stock' : 'reserved'
}

/** ¥10 billion: far above any order, far below what is no longer an exact number. */
const MAX_AMOUNT_CENTS = 1_000_000_000_000

function findProblem(body: PlaceOrderBody, facts: Facts): ProblemError | null {
  const store = facts.stores.get(body.storeId)
  if (!store?.active) return unknown('unknown-store', 'storeId', body.storeId)
  if (store.channel !== body.channel) {
    const fields = [{ field: 'channel', message: `store ${body.storeId} sells on ${store.channel}` }]
    return new ProblemError('invalid-request', undefined, { fields })
  }
  if (!findDivision(body.contact.divisionCode)) {
    return unknown('unknown-division', 'contact.divisionCode', body.contact.divisionCode)
  }
  const index = body.lines.findIndex((line) => !facts.activeSkus.has(line.skuId))
  return index < 0 ? null : unknown('unknown-sku', `lines.${index}.skuId`, body.lines[index]?.skuId ?? '')
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

/**
 * Inserts contacts and orders, in the order of their external ids, so that two transactions with the same ones wait
 * for each other instead of blocking each other.
 *
 * @returns the ids of the orders that are new; the others' external ids are taken
 */
async function insertOrders(tx: Tx, { keyRing }: Deps, orders: GrantedOrder[]): Promise<Set<string>> {
  if (orders.length === 0) return new Set()
  const rows = orders.map(({ input, placed, policyVersions }) => {
    const { name, phone, address, remark = '' } = input.body.contact
    const contact = sealContact(keyRing, placed.contactId, { name, phone, address, remark })
    return {
      id: placed.orderId,
      channel: placed.channel,
      store_id: placed.storeId,
      external_order_id: input.body.externalOrderId ?? null,
      contact_id: placed.contactId,
      contact_exists: input.terms !== undefined,
      status: statusOf(placed),
      key_id: contact.key_id,
      sealed: contact.sealed.toString('hex'),
      customer: contact.customer?.toString('hex') ?? null,
      division_code: placed.divisionCode,
      amount_cents: placed.amountCents,
      freight_cents: placed.freightCents,
      reservation_expires_at: placed.reservationExpiresAt,
      policy_versions: policyVersions,
      placed_by: input.placedBy,
      created_at: placed.placedAt,
    }
  })
  const inserted = await sql<{ id: string }>`${PREPARED}
    with draft as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as draft (id uuid, channel text, store_id text,
        external_order_id text, contact_id uuid, contact_exists boolean, status text, key_id text, sealed text, customer text, division_code text, amount_cents bigint,
        freight_cents bigint, reservation_expires_at timestamptz, policy_versions jsonb, placed_by text,
        created_at timestamptz)
    ), placed as (
      insert into orders (id, channel, store_id, external_order_id, contact_id, division_code, status, amount_cents,
        freight_cents, reservation_expires_at, policy_versions, placed_by, created_at)
      select id, channel, store_id, external_order_id, contact_id, division_code, status, amount_cents,
        freight_cents, reservation_expires_at, policy_versions, placed_by, created_at
      from draft order by store_id, external_order_id
      on conflict on constraint orders_external_order_id_key do nothing
      returning id
    ), reachable as (
      insert into contact (id, key_id, sealed, customer, division_code)
      select contact_id, key_id, decode(sealed, 'hex'), decode(customer, 'hex'), division_code from draft join placed using (id)
      where not contact_exists
    )
    select id from placed`.execute(tx)
  return new Set(inserted.rows.map((row) => row.id))
}

/** Lines, the first entry of the log, and the message that starts the workflow. */
async function insertOrderRows(tx: Tx, orders: GrantedOrder[]): Promise<void> {
  if (orders.length === 0) return
  const lines = orders.flatMap(({ placed }) =>
    placed.lines.map((line) => ({
      order_id: placed.orderId,
      line_number: line.lineNumber,
      sku_id: line.skuId,
      quantity: line.quantity,
      unit_price_cents: line.unitPriceCents,
    })),
  )
  const messages = await appendInboxAll(
    tx,
    orders.map(({ input, placed, allocations }) => ({
      source: 'checkout',
      shop: placed.storeId,
      sourceEventId: placed.orderId,
      type: ORDER_PLACED,
      orderKey: placed.orderId,
      startsOrder: true,
      occurredAt: placed.placedAt,
      body: { ...placed, allocations } satisfies OrderPlaced,
      traceParent: input.traceParent,
    })),
  )
  const inboxIds = new Map(messages.map(({ id, sourceEventId }) => [sourceEventId, id]))
  const log = orders.map(({ input, placed }) => ({
    order_id: placed.orderId,
    store_id: placed.storeId,
    status: statusOf(placed),
    operator: input.placedBy,
    source_time: placed.placedAt,
    inbox_id: inboxIds.get(placed.orderId) ?? null,
  }))
  await sql`${PREPARED}
    with line as (
      insert into order_line (order_id, line_number, sku_id, quantity, unit_price_cents)
      select * from json_to_recordset(${JSON.stringify(lines)}::json)
        as line (order_id uuid, line_number int, sku_id text, quantity int, unit_price_cents bigint)
    )
    insert into operation_log (order_id, store_id, version, field, new_value, operator, source, source_time,
      inbox_id)
    select order_id, store_id, 1, 'status', status, operator, ${ORDER_PLACED}, source_time, inbox_id
    from json_to_recordset(${JSON.stringify(log)}::json)
      as entry (order_id uuid, store_id text, status text, operator text, source_time timestamptz,
        inbox_id bigint)`.execute(tx)
}
