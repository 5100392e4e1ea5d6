import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import { DRY_RUN_LIMITS, type DryRunBody, type DryRunReport } from '../contracts/policies/dry-run.ts'
import type { PolicyDocument, PolicyKind } from '../contracts/policies/index.ts'
import type { Db } from './database.ts'
import { Keyset } from './paging.ts'
import type { Window } from './past-orders.ts'
import { currentPolicy } from './policy.ts'
import { findPolicyVersion } from './policy-queries.ts'
import { type StoppingRules, TRIALS, type Trial } from './policy-trials.ts'
import { parseDocument } from './policy-versions.ts'

export type DryRunRequest = DryRunBody & {
  kind: PolicyKind
  version: number
  now: Date
  /** Ends the page where it is: nobody waits for it any more. */
  signal: AbortSignal
  /** How long a page may take, in ms. */
  pageMs?: number
}

const BATCH = 100
/** Judging must not hold up what else this process does. */
const BREATH_MS = 15

const counters = z.object({
  toMs: z.int(),
  total: z.int().min(0),
  examined: z.int().min(0),
  changed: z.int().min(0),
  refusedBefore: z.int().min(0),
  refusedAfter: z.int().min(0),
  /** The rules that have stopped every subject so far, one bit each; null: nothing was examined yet. */
  always: z.int().min(0).nullable(),
})
type Counters = z.output<typeof counters>

/**
 * Tries a version on the past: what would have been different from the version in force, subject by subject, newest
 * first. A page ends when it is full or its time is over; the cursor goes on from there over the same window. Nothing
 * is stored: whoever does not ask for the next page has cancelled.
 *
 * A cursor is void (`invalid-cursor`) once the draft was edited or another version was published.
 *
 * @throws ProblemError `policy-nothing-to-compare` for a kind that decides nothing about the past
 */
export async function dryRunPolicy(db: Db, request: DryRunRequest): Promise<DryRunReport> {
  return tryVersion(db, request.kind, request)
}

async function tryVersion<Kind extends PolicyKind>(
  db: Db,
  kind: Kind,
  request: DryRunRequest,
): Promise<DryRunReport> {
  const trial: Trial<PolicyDocument<Kind>> | null = TRIALS[kind]
  if (!trial) throw new ProblemError('policy-nothing-to-compare')
  const { version, revision, document } = await findPolicyVersion(db, kind, request.version)
  const inForce = await currentPolicy(db, kind)
  const documents = { before: inForce.document, after: parseDocument(kind, document) }
  const { days, limit, cursor } = request
  const keyset = new Keyset(
    'policy-dry-run',
    { limit, cursor, ...{ kind, version, revision, comparedWith: inForce.version, days } },
    z.tuple([trial.position, counters]),
  )
  const reached = keyset.after(cursor)
  const window = windowOf(reached?.[1].toMs ?? request.now.getTime(), days)
  const start = reached ?? [null, await begin(db, trial, window)]
  const page = await fillPage(db, trial, { window, documents, start, request })
  const { always, ...shown } = page.counters
  return {
    kind,
    version,
    revision,
    comparedWith: inForce.version,
    subject: trial.subject,
    from: window.from.toISOString(),
    to: window.to.toISOString(),
    ...shown,
    warnings: warningsOf(trial.stoppingRules?.(documents.after), always, shown.examined),
    items: page.items,
    nextCursor: page.position === null ? null : keyset.cursor([page.position, page.counters]),
  }
}

const DAY_MS = 86_400_000
const windowOf = (toMs: number, days: number): Window => ({
  from: new Date(toMs - days * DAY_MS),
  to: new Date(toMs),
})

async function begin<Document>(db: Db, trial: Trial<Document>, window: Window): Promise<Counters> {
  const total = await trial.count(db, window, DRY_RUN_LIMITS.subjects)
  return {
    toMs: window.to.getTime(),
    total,
    examined: 0,
    changed: 0,
    refusedBefore: 0,
    refusedAfter: 0,
    always: null,
  }
}

type Page = { items: DryRunReport['items']; counters: Counters; position: [string, string] | null }

async function fillPage<Document>(
  db: Db,
  trial: Trial<Document>,
  input: {
    window: Window
    documents: { before: Document; after: Document }
    start: [[string, string] | null, Counters]
    request: Pick<DryRunRequest, 'limit' | 'signal' | 'pageMs'>
  },
): Promise<Page> {
  const { window, documents, request } = input
  const endsAtMs = performance.now() + (request.pageMs ?? DRY_RUN_LIMITS.pageMs)
  let [position, counted] = input.start
  const items: DryRunReport['items'] = []
  let breathedAtMs = performance.now()
  for (;;) {
    const subjects = await trial.read(db, window, position, BATCH)
    for (const { id, position: reached, judge } of subjects) {
      const before = judge(documents.before)
      const after = judge(documents.after)
      const changed = before.refused !== after.refused || !isDeepStrictEqual(before.outcome, after.outcome)
      if (changed) items.push({ id, before, after })
      position = reached
      counted = {
        ...counted,
        examined: counted.examined + 1,
        changed: counted.changed + Number(changed),
        refusedBefore: counted.refusedBefore + Number(before.refused === true),
        refusedAfter: counted.refusedAfter + Number(after.refused === true),
        always: stillAlways(counted.always, after.stoppedBy ?? []),
      }
      if (counted.examined >= DRY_RUN_LIMITS.subjects) return { items, counters: counted, position: null }
      const isOver = request.signal.aborted || performance.now() >= endsAtMs
      if (isOver || items.length >= request.limit) return { items, counters: counted, position }
      if (performance.now() - breathedAtMs >= BREATH_MS) {
        await new Promise(setImmediate)
        breathedAtMs = performance.now()
      }
    }
    if (subjects.length < BATCH) return { items, counters: counted, position: null }
  }
}

/** The rules of before that stopped this one, too. Up to 50 of them: more than JavaScript's bits of an integer. */
function stillAlways(before: number | null, stoppedBy: readonly number[]): number {
  return stoppedBy
    .filter((rule) => before === null || hasBit(before, rule))
    .reduce((bits, rule) => bits + 2 ** rule, 0)
}

const hasBit = (bits: number, place: number) => Math.floor(bits / 2 ** place) % 2 === 1

/** After so many orders, none of which a rule let pass, it is no accident. */
const ENOUGH = 10

function warningsOf(
  rules: StoppingRules | undefined,
  always: number | null,
  examined: number,
): DryRunReport['warnings'] {
  if (!rules) return []
  return rules.names.flatMap((rule, place) => {
    if (rules.stopAnything.includes(place)) {
      const message = {
        en: `${rule} would hold an order with which nothing is wrong: every order waits for a person`,
        zh: `规则 ${rule} 会拦截完全正常的订单：所有订单都将等待人工处理`,
      }
      return [{ rule, examined: 0, message }]
    }
    if (examined < ENOUGH || !hasBit(always ?? 0, place)) return []
    const message = {
      en: `${rule} would have held every one of ${examined} orders`,
      zh: `规则 ${rule} 会拦截全部 ${examined} 个历史订单`,
    }
    return [{ rule, examined, message }]
  })
}
