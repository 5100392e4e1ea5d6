import { EventEmitter, once } from 'node:events'
import type { z } from 'zod'
import { isFinal, type OrderStatus } from '../../domain/order-state.ts'
import type { HubCaller, HubClient } from '../parts/hub-client.ts'
import type { OrderChange } from '../parts/order-changes.ts'
import type { RetailOrder } from './invoice-orders.ts'
import { emptySent, type Sent } from './report.ts'
import type { Selection } from './selection.ts'

/** When this long nothing has moved any more, nothing will: three after-sales windows, and longer than any restart. */
const defaultPatienceMs = 3 * 60_000

export interface PlacedOrder {
  orderId: string
  source: RetailOrder
}

/** Where a run stands; the drivers write, the progress bar reads. */
export interface RunState {
  startedAt: number
  /** By the key of the order in the file. */
  placed: Map<string, PlacedOrder>
  /** By order id, as the hub's events tell it. */
  statuses: Map<string, OrderStatus>
  /** Orders whose parcels have arrived, and orders that ended without. */
  arrivedOrderIds: Set<string>
  endedOrderIds: Set<string>
  isPlacingDone: boolean
  returnsOver: number
  /** The time of the file that the run has reached. */
  fileSeconds: number
  /** Until then it is night in the file, and nothing moves because nothing has to. */
  quietUntil: number
  lastMoveAt: number
  /** From the beginning to the last checkout, and to the last parcel's arrival. */
  placedWithinMs: number
  arrivedWithinMs: number
  hasStalled: boolean
  /** Emits `move` whenever something has happened. */
  moves: EventEmitter
  sent: Sent
}

export interface Run {
  client: HubClient
  /** Every change from the moment it resolves until its signal. */
  openChanges: (signal: AbortSignal) => Promise<AsyncIterable<OrderChange>>
  runId: string
  storeId: string
  selection: Selection
  /** Null: as fast as the hub answers. */
  speed: number | null
  signal: AbortSignal
  state: RunState
  patienceMs?: number
}

/** A run that has not begun. */
export function createRunState(): RunState {
  const moves = new EventEmitter()
  // Everybody who waits for room listens.
  moves.setMaxListeners(0)
  return {
    startedAt: Date.now(),
    placed: new Map(),
    statuses: new Map(),
    arrivedOrderIds: new Set(),
    endedOrderIds: new Set(),
    isPlacingDone: false,
    returnsOver: 0,
    fileSeconds: 0,
    quietUntil: 0,
    lastMoveAt: Date.now(),
    placedWithinMs: 0,
    arrivedWithinMs: 0,
    hasStalled: false,
    moves,
    sent: emptySent(),
  }
}

/** Something happened: the run is not stuck. */
export function noteMove(state: RunState): void {
  state.lastMoveAt = Date.now()
  state.moves.emit('move')
}

/** Keeps what the hub says about an order. */
export function noteStatus(state: RunState, orderId: string, status: OrderStatus): void {
  state.statuses.set(orderId, status)
  if (isFinal(status)) state.endedOrderIds.add(orderId)
  const hasArrived = isFinal(status) || status === 'delivered' || status === 'returning'
  if (hasArrived && !state.arrivedOrderIds.has(orderId)) {
    state.arrivedOrderIds.add(orderId)
    state.arrivedWithinMs = Date.now() - state.startedAt
  }
  noteMove(state)
}

/** Resolves once this is so, or at the signal: it must not tear others out of what they are in the middle of. */
export async function untilSo({ state, signal }: Run, isSo: () => boolean): Promise<void> {
  while (!isSo() && !signal.aborted) {
    await once(state.moves, 'move', { signal }).catch(() => undefined)
  }
}

/** Has nothing moved for so long that nothing will? A slow replay may wait for hours of the file's night. */
export function isStuck({ state, patienceMs = defaultPatienceMs }: Run, now = Date.now()): boolean {
  return now - Math.max(state.lastMoveAt, state.quietUntil) > patienceMs
}

/** Adds to a count that may not be there yet. */
export function countOne(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

/** Works through the items in order, some at once; ends early, between two items, at the signal. */
export async function inParallel<Item>(
  items: Iterable<Item>,
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]()
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = rest.next(); !next.done && !signal.aborted; next = rest.next()) await work(next.value)
  })
  await Promise.all(workers)
}

/**
 * A request of this run; the key is made of the run and the operation, so a repetition has no second effect. It is
 * not cut short by the signal: half an operation would make the table at the end disagree.
 */
export function sendFor<Answer>(
  { client, runId }: Run,
  as: HubCaller,
  path: string,
  operation: string,
  body: object,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  return client.send({
    as,
    method: 'POST',
    path,
    body,
    idempotencyKey: `replay-${runId}-${operation}`,
    answer,
  })
}
