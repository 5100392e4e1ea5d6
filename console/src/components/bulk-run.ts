import type { Problem } from '../api/problem.ts'

export type BulkEntry<Row> = {
  id: string
  /** As it was when it was asked about: what goes out under one key is always the same. */
  row: Row
  idempotencyKey: string
  state: 'waiting' | 'sending' | 'done' | 'failed'
  problem: Problem | null
}

/** The same thing asked of several rows, one after the other. */
export type BulkRun<Row> = {
  entries: readonly BulkEntry<Row>[]
  /** Nothing more is sent: somebody said so, or the hub cannot be reached and the next would fail as well. */
  isStopped: boolean
}

/** A run of which nothing has been sent. */
export function newRun<Row>(
  rows: readonly Row[],
  { keyOf, newKey }: { keyOf: (row: Row) => string; newKey: () => string },
): BulkRun<Row> {
  const entries = rows.map((row) => ({
    id: keyOf(row),
    row,
    idempotencyKey: newKey(),
    state: 'waiting' as const,
    problem: null,
  }))
  return { entries, isStopped: false }
}

/** What is to be sent now; null while something is under way, and once there is nothing more. */
export function nextOf<Row>({ entries, isStopped }: BulkRun<Row>): BulkEntry<Row> | null {
  if (isStopped || entries.some(({ state }) => state === 'sending')) return null
  return entries.find(({ state }) => state === 'waiting') ?? null
}

export function sending<Row>(run: BulkRun<Row>, id: string): BulkRun<Row> {
  return changed(run, id, { state: 'sending', problem: null })
}

export function done<Row>(run: BulkRun<Row>, id: string): BulkRun<Row> {
  return changed(run, id, { state: 'done', problem: null })
}

/** One was refused, which says nothing about the others; or it can be sent again as it is, and then the others wait, too. */
export function failed<Row>(run: BulkRun<Row>, id: string, problem: Problem): BulkRun<Row> {
  const isStopped = run.isStopped || problem.canBeSentAgain
  return { ...changed(run, id, { state: 'failed', problem }), isStopped }
}

/** What is under way ends; nothing more is sent. */
export function stopped<Row>(run: BulkRun<Row>): BulkRun<Row> {
  return { ...run, isStopped: true }
}

/**
 * Goes on: what has not been sent, and once more what failed. What may have been carried out although its answer was lost goes out
 * as it was, under its own key, so that it is not done twice; what was refused is asked anew, about the row as it is now.
 */
export function again<Row>(
  run: BulkRun<Row>,
  { fresh, newKey }: { fresh: (id: string) => Row | undefined; newKey: () => string },
): BulkRun<Row> {
  const entries = run.entries.map((entry): BulkEntry<Row> => {
    if (entry.state !== 'failed') return entry
    const waiting = { ...entry, state: 'waiting' as const, problem: null }
    if (entry.problem?.canBeSentAgain) return waiting
    return { ...waiting, row: fresh(entry.id) ?? entry.row, idempotencyKey: newKey() }
  })
  return { entries, isStopped: false }
}

type BulkProgress = { total: number; done: number; failed: number; waiting: number; isOver: boolean }

export function progressOf<Row>({ entries, isStopped }: BulkRun<Row>): BulkProgress {
  const count = (state: BulkEntry<Row>['state']) => entries.filter((entry) => entry.state === state).length
  const waiting = count('waiting')
  const isOver = count('sending') === 0 && (isStopped || waiting === 0)
  return { total: entries.length, done: count('done'), failed: count('failed'), waiting, isOver }
}

function changed<Row>(run: BulkRun<Row>, id: string, change: Partial<BulkEntry<Row>>): BulkRun<Row> {
  return { ...run, entries: run.entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry)) }
}
