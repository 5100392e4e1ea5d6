import type { Logger } from 'pino'
import { RateLimitedError, RefusedError } from '../connectors/outside-errors.ts'
import type { ReconciliationRules } from '../contracts/policies/reconciliation.ts'
import { type Counterpart, type Matching, matchGroup, matchKey } from '../domain/reconciliation.ts'
import type { Db, Tx } from '../store/database.ts'
import { currentPolicy, policyOfVersion } from '../store/policy.ts'
import { raiseFailedRun, resolveFailedRun, tellOpenDifferences } from '../store/reconciliation-alerts.ts'
import { closeResolved, keepDifferences } from '../store/reconciliation-differences.ts'
import {
  analyzeLines,
  type LineGroup,
  leaveLines,
  nextGroups,
  removeLines,
  removeOldLines,
  TooManyLinesError,
} from '../store/reconciliation-lines.ts'
import {
  type ClaimedRun,
  claimRun,
  failRun,
  finishRun,
  RunLostError,
  releaseRun,
  type Step,
  takeStep,
} from '../store/reconciliation-runs.ts'
import { type CounterpartDeps, counterpartReaders, hubReaders } from './reconciliation-counterparts.ts'
import { NoCounterpartError, type ReadStep } from './reconciliation-reading.ts'

/** A run gives others their turn after so long, and a process that is asked to end does not wait longer. */
const TURN_MS = 5_000
const RETRY_MS = 5_000
const DAY_MS = 86_400_000

/**
 * Compares the hub with those around it, one run at a time a process, step by step. Each step commits with the place where the
 * next one begins: killed, cancelled or in another process, a run goes on there, and no difference is written twice.
 */
export class ReconciliationRunner {
  readonly #db: Db
  readonly #logger: Logger
  readonly #turnMs: number
  readonly #readers: Record<Counterpart, ReadStep>
  readonly #hubReaders: Record<Counterpart, ReadStep>

  /** @param deps.turnMs for tests: how long a run is worked on before others get their turn; at least one step */
  constructor(deps: CounterpartDeps & { logger: Logger; turnMs?: number }) {
    this.#db = deps.db
    this.#turnMs = deps.turnMs ?? TURN_MS
    this.#logger = deps.logger
    this.#readers = counterpartReaders(deps)
    this.#hubReaders = hubReaders(deps)
  }

  /** One round: a turn of one run. Returns how many runs were worked on. */
  async runOnce(): Promise<number> {
    const claimed = await claimRun(this.#db)
    if (!claimed) return 0
    let run = claimed
    try {
      const deadlineMs = performance.now() + this.#turnMs
      do {
        const next = await this.#step(run)
        if (!next) return 1
        run = next
      } while (performance.now() < deadlineMs)
      await releaseRun(this.#db, run)
    } catch (error) {
      if (!(error instanceof RunLostError)) await this.#fail(run, error)
    }
    return 1
  }

  async #fail(run: ClaimedRun, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error)
    this.#logger.warn(
      { runId: run.id, counterpart: run.counterpart, reason },
      'a reconciliation stands still',
    )
    const isFinal =
      error instanceof RefusedError ||
      error instanceof TooManyLinesError ||
      error instanceof NoCounterpartError
    const retryInMs = error instanceof RateLimitedError ? Math.max(RETRY_MS, error.retryAfterMs) : RETRY_MS
    const isPause = error instanceof RateLimitedError
    const hasFailed = await failRun(this.#db, run, { error: reason, isFinal, isPause, retryInMs })
    if (hasFailed) await raiseFailedRun(this.#db, run, reason)
  }

  /** Returns the run at its new place; null when it is done. */
  async #step(run: ClaimedRun): Promise<ClaimedRun | null> {
    if (run.policyVersion === null) return this.#begin(run)
    const policy = await policyOfVersion(this.#db, 'reconciliation', run.policyVersion)
    const rules = policy[run.counterpart]
    switch (run.phase) {
      case 'hub':
        return this.#read(run, rules, this.#hubReaders[run.counterpart], 'counterpart')
      case 'counterpart':
        return this.#read(run, rules, this.#readers[run.counterpart], 'keys')
      case 'keys':
        return takeStep(this.#db, run, (tx) => compareKeys(tx, run, rules))
      case 'groups':
        return takeStep(this.#db, run, (tx) => compareGroups(tx, run, rules))
      case 'settle':
        return takeStep(this.#db, run, (tx) => settle(tx, run, rules))
      case 'clean':
        return this.#clean(run)
    }
  }

  /** The rules of now hold for the whole run; what an earlier one has left is thrown away. */
  async #begin(run: ClaimedRun): Promise<ClaimedRun> {
    return takeStep(this.#db, run, async (tx) => {
      const isClean = (await removeOldLines(tx, run.id)) === 0
      const { version } = await currentPolicy(tx, 'reconciliation')
      return { phase: 'hub', position: null, ...(isClean ? { policyVersion: version } : {}) }
    })
  }

  async #read(
    run: ClaimedRun,
    rules: ReconciliationRules,
    read: ReadStep,
    nextPhase: 'counterpart' | 'keys',
  ): Promise<ClaimedRun> {
    const marginMs = rules.toleranceDays * DAY_MS
    const { from, to } = run.period
    const around = { from: new Date(from.getTime() - marginMs), to: new Date(to.getTime() + marginMs) }
    const stage = await read({ run, around }, run.position)
    return takeStep(this.#db, run, async (tx) => {
      const { count, hubCount = 0, next } = await stage(tx)
      if (next === null) await analyzeLines(tx)
      const counts =
        run.phase === 'hub' ? { hubLines: count } : { hubLines: hubCount, counterpartLines: count }
      return next === null
        ? { phase: nextPhase, position: null, counts }
        : { phase: run.phase, position: next, counts }
    })
  }

  async #clean(run: ClaimedRun): Promise<ClaimedRun | null> {
    const next = await takeStep(this.#db, run, async (tx) => {
      const removed = await removeLines(tx, run.id)
      if (removed === 0) {
        await finishRun(tx, run)
        await resolveFailedRun(tx, run)
      }
      return { phase: 'clean', position: removed === 0 ? 'done' : null }
    })
    return next.position === 'done' ? null : next
  }
}

async function compareKeys(tx: Tx, run: ClaimedRun, rules: ReconciliationRules): Promise<Step> {
  const groups = await nextGroups(tx, run.id, 'key', run.position)
  const last = groups.at(-1)
  if (!last) return { phase: 'groups', position: null }
  const found = groups.map(({ hub, there }) => matchKey(hub, there, rules))
  const left = {
    hub: found.flatMap((matching) => matching.left.hub),
    there: found.flatMap((matching) => matching.left.there),
  }
  await leaveLines(tx, run.id, left)
  const counts = await keep(tx, run, found, linesOf(groups) - left.hub.length - left.there.length)
  return { phase: 'keys', position: last.name, counts }
}

async function compareGroups(tx: Tx, run: ClaimedRun, rules: ReconciliationRules): Promise<Step> {
  const groups = await nextGroups(tx, run.id, 'group_key', run.position)
  const last = groups.at(-1)
  if (!last) return { phase: 'settle', position: null }
  const nowMs = run.startedAt.getTime()
  const found = groups.map(({ hub, there }) => matchGroup(hub, there, rules, nowMs))
  const counts = await keep(tx, run, found, linesOf(groups))
  return { phase: 'groups', position: last.name, counts }
}

function linesOf(groups: readonly LineGroup[]): number {
  return groups.reduce((sum, { hub, there }) => sum + hub.length + there.length, 0)
}

async function keep(
  tx: Tx,
  run: ClaimedRun,
  found: readonly Matching[],
  comparedLines: number,
): Promise<NonNullable<Step['counts']>> {
  const differences = found.flatMap((matching) => matching.differences)
  const opened = await keepDifferences(tx, run, differences)
  const sum = (count: (matching: Matching) => number) =>
    found.reduce((total, matching) => total + count(matching), 0)
  return {
    comparedLines,
    pairs: sum(({ pairs }) => pairs.length),
    awaited: sum(({ awaited }) => awaited.length),
    differences: differences.length,
    opened,
  }
}

async function settle(tx: Tx, run: ClaimedRun, rules: ReconciliationRules): Promise<Step> {
  const { closed, isDone } = rules.autoClose ? await closeResolved(tx, run) : { closed: 0, isDone: true }
  if (!isDone) return { phase: 'settle', position: null, counts: { autoClosed: closed } }
  await tellOpenDifferences(tx, run, rules)
  return { phase: 'clean', position: null, counts: { autoClosed: closed } }
}
