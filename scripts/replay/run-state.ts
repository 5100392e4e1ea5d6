import type { z } from 'zod'
import type { HubCaller, HubClient } from './hub-client.ts'
import type { RetailOrder } from './invoice-orders.ts'
import { emptySent, type Sent } from './report.ts'
import type { Selection } from './selection.ts'

/** When this long nothing has moved any more, nothing will: two intervals in which a courier is asked, and a bit. */
const defaultPatienceMs = 12 * 60_000

export interface PlacedOrder {
  orderId: string
  source: RetailOrder
}

/** Where a run stands; the drivers write, the progress bar reads. */
export interface RunState {
  /** By the key of the order in the file. */
  placed: Map<string, PlacedOrder>
  orderIds: Set<string>
  packedOrderIds: Set<string>
  isPlacingDone: boolean
  returnsDone: number
  /** The time of the file that the run has reached. */
  fileSeconds: number
  lastMoveAt: number
  sent: Sent
}

export interface Run {
  client: HubClient
  runId: string
  storeId: string
  selection: Selection
  /** Null: as fast as the hub answers. */
  speed: number | null
  signal: AbortSignal
  state: RunState
  patienceMs?: number
  /** Between two looks at the hub while there is nothing to do; the warehouse and the returns have their own. */
  pauseMs?: number
}

/** A run that has not begun. */
export function createRunState(): RunState {
  return {
    placed: new Map(),
    orderIds: new Set(),
    packedOrderIds: new Set(),
    isPlacingDone: false,
    returnsDone: 0,
    fileSeconds: 0,
    lastMoveAt: Date.now(),
    sent: emptySent(),
  }
}

/** Something happened: the run is not stuck. */
export function noteMove(state: RunState): void {
  state.lastMoveAt = Date.now()
}

/** Between two orders a slow replay may wait for hours of the file's night; stalling begins after the last one. */
export function hasStalled({ state, patienceMs = defaultPatienceMs }: Run): boolean {
  return state.isPlacingDone && Date.now() - state.lastMoveAt > patienceMs
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
