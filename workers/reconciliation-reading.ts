import type { ReconciliationLine } from '../domain/reconciliation.ts'
import type { Tx } from '../store/database.ts'
import type { LineSource } from '../store/reconciliation-hub.ts'
import { LINES_A_STEP, type Side, stageLines, stageSelected } from '../store/reconciliation-lines.ts'
import type { ClaimedRun } from '../store/reconciliation-runs.ts'

/** From its first moment to the first one after it. */
export type Span = { from: Date; to: Date }
/** `around`: in which lines of the period may have partners. */
export type ReadRequest = { run: ClaimedRun; around: Span }

/** What a step of reading has added, and where the next one begins; null when all is read. */
export type Staged = { count: number; hubCount?: number; next: string | null }
/** Reads one more step. What is asked outside is asked first, outside of the transaction. */
export type ReadStep = (request: ReadRequest, position: string | null) => Promise<(tx: Tx) => Promise<Staged>>

/** Nobody is configured to be asked: another attempt would get the same answer. */
export class NoCounterpartError extends Error {
  override readonly name = 'NoCounterpartError'
}

export function isWithin(atMs: number, { from, to }: Span): boolean {
  return atMs >= from.getTime() && atMs < to.getTime()
}

/** Lines of the hub's tables that one step copies: that is one statement, and much quicker than bringing them here. */
const LINES_A_COPY = 4 * LINES_A_STEP
export const FIRST_TABLE = '0:'

/** Reads tables of our own, one after the other. A position is the table's number and the place in it. */
export function readTables(side: Side, sources: readonly LineSource[]): ReadStep {
  return async ({ run, around }, position) => {
    const [, number = '0', place = ''] = /^(\d+):(.*)$/s.exec(position ?? FIRST_TABLE) ?? []
    const source = sources[Number(number)]
    return async (tx) => {
      if (!source) return { count: 0, next: null }
      const select = source({ period: run.period, around, after: placeOf(place), limit: LINES_A_COPY })
      const { count, next } = await stageSelected(tx, { runId: run.id, side, select, limit: LINES_A_COPY })
      if (next) return { count, next: `${number}:${next.join('|')}` }
      const following = Number(number) + 1
      return { count, next: following < sources.length ? `${following}:` : null }
    }
  }
}

/** `2026-11-01 00:00:00+00|PAY-1`: a time has no bar in it. */
export function placeOf(text: string): readonly [string, string] | null {
  const bar = text.indexOf('|')
  return bar === -1 ? null : [text.slice(0, bar), text.slice(bar + 1)]
}

/** A page of the other side, asked for by its cursor. */
type Page<Item> = { items: Item[]; nextCursor: string | null }

/** Reads another system page by page; a position is its cursor. */
export function readPages<Item>(
  ask: (around: Span, cursor: string | null) => Promise<Page<Item>>,
  /** With what else has to be known of the items, in the transaction that keeps them. */
  linesOf: (tx: Tx, items: Item[], run: ClaimedRun) => Promise<ReconciliationLine[]>,
): ReadStep {
  return async ({ run, around }, position) => {
    const { items, nextCursor } = await ask(around, position)
    return async (tx) => ({
      count: await stageLines(tx, run.id, 'there', await linesOf(tx, items, run)),
      next: nextCursor,
    })
  }
}
