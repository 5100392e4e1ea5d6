import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { type AuditEntry, appendAudit, appendAudits } from '../../store/audit.ts'
import { verifyAuditChain } from '../../store/audit-records.ts'
import { sealAuditEntries } from '../../store/audit-sealing.ts'
import type { Db } from '../../store/database.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import { machineUse } from '../cpu-time.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const SHORT = 10_000
const LONG = 1_000_000
const CALLERS = 16
const WARM_UP_MS = 1_000
const WINDOW_MS = 3_000
const ROUNDS = 3
/** As the sealer of the relay does it. */
const SEALED_AT_ONCE = 1_000
const SEAL_PAUSE_MS = 100
const SEALED_A_ROUND = 5_000
const APPENDED_AT_ONCE = 500
/** Dearer by this much is still called flat: the caches hold a smaller part. */
const FLAT = 1.5

/** What one entry costs: by the clock, and in processor time of this process and PostgreSQL, both in µs. */
type Cost = { wallUs: number; cpuUs: number }
type Costs = Record<'append' | 'plain' | 'seal' | 'verify', Cost>

/**
 * Appending while a sealer works, sealing, and verifying, in a chain of ten thousand entries and in one of a million;
 * and the same rows into a table that nobody chains. By processor time, too: it says the same beside other programs.
 */
export async function measureAudit(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_audit')
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('create table bench_entry (like audit_entry including all)')
  await owner.query('grant insert on bench_entry to hub_app')
  const measured: Costs[] = []
  for (const length of [SHORT, LONG]) {
    await fill(owner, db, length, say)
    const costs = await costsOf(stage, db)
    measured.push(costs)
    const told = Object.entries(costs).map(
      ([what, { wallUs, cpuUs }]) =>
        `${what} ${Math.round(wallUs)} µs (${Math.round(cpuUs)} of processor time)`,
    )
    say(`  ${length} entries: ${told.join(', ')}`)
  }
  await owner.end()
  stage.check()
  const [short, long] = measured
  if (!short || !long) throw new Error('nothing was measured')
  const perSecond = ({ wallUs }: Cost) => 1_000_000 / wallUs
  const timesPlain = ({ append, plain }: Costs) => append.cpuUs / plain.cpuUs
  const against = `a chain of ${SHORT} entries instead of ${LONG}`
  return [
    {
      name: 'audit-append',
      value: perSecond(long.append),
      unit: 'entries/s',
      baseline: perSecond(long.plain),
      against: 'the same insert into a table that nobody seals',
    },
    {
      name: 'audit-append-growth',
      value: timesPlain(long),
      unit: 'times the plain insert’s processor time',
      baseline: timesPlain(short),
      aim: { atMost: FLAT },
      against,
    },
    ...(['seal', 'verify'] as const).flatMap((what): Figure[] => [
      {
        name: `audit-${what}`,
        value: perSecond(long[what]),
        unit: 'entries/s',
        baseline: perSecond(short[what]),
        against,
      },
      {
        name: `audit-${what}-growth`,
        value: long[what].cpuUs,
        unit: 'µs of processor time',
        baseline: short[what].cpuUs,
        aim: { atMost: FLAT },
        against,
      },
    ]),
  ]
}

async function costsOf(stage: Stage, db: Db): Promise<Costs> {
  const verify = await costOf(async () => {
    const { count, found } = await verifyAuditChain(db)
    if (found > 0) throw new Error('the chain is not what was sealed')
    return count
  })
  const rounds: Omit<Costs, 'verify'>[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await costOfLoop(stage, () => insertPlain(db))
    const append = await whileSealing(db, () =>
      costOfLoop(stage, () => db.transaction().execute((tx) => appendAudit(tx, newEntry()))),
    )
    await sealAll(db)
    for (let added = 0; added < SEALED_A_ROUND; added += APPENDED_AT_ONCE) {
      await appendAudits(db, Array.from({ length: APPENDED_AT_ONCE }, newEntry))
    }
    rounds.push({ plain, append, seal: await costOf(() => sealAll(db)) })
  }
  const middle = (what: 'plain' | 'append' | 'seal'): Cost => ({
    wallUs: median(rounds.map((costs) => costs[what].wallUs)),
    cpuUs: median(rounds.map((costs) => costs[what].cpuUs)),
  })
  return { plain: middle('plain'), append: middle('append'), seal: middle('seal'), verify }
}

async function costOfLoop(stage: Stage, work: () => Promise<void>): Promise<Cost> {
  const loop = { concurrency: CALLERS, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal: stage.signal }
  const { perSecond, growth } = await measureClosedLoop(work, { ...loop, sample: () => [ownCpuMs()] })
  return { wallUs: 1_000_000 / perSecond, cpuUs: (growth[0] ?? 0) * 1_000 }
}

/** @param work answers how many entries it was about */
async function costOf(work: () => Promise<number>): Promise<Cost> {
  const before = { atMs: performance.now(), cpuMs: ownCpuMs() }
  const count = await work()
  const wallUs = ((performance.now() - before.atMs) * 1_000) / count
  return { wallUs, cpuUs: ((ownCpuMs() - before.cpuMs) * 1_000) / count }
}

const ownCpuMs = () => machineUse()?.ownMs ?? 0

let written = 0
function newEntry() {
  written += 1
  return {
    ...{ actor: `clerk-${written % 50}`, source: 'console' as const, requestId: `request-${written}` },
    action: 'policy.published' as const,
    subject: { kind: 'policy', id: `subject-${written}` },
    oldValue: { status: 'in_approval', version: written },
    newValue: { status: 'approved', version: written + 1 },
    reason: '客户反映包装破损，协商让利',
  } satisfies AuditEntry
}

/** The same row in a transaction of its own, with as many indexes. */
async function insertPlain(db: Db): Promise<void> {
  const { actor, action, subject, oldValue, newValue, reason, source, requestId } = newEntry()
  await db.transaction().execute(async (tx) => {
    await sql`insert into bench_entry (actor, action, subject_kind, subject_id, old_value, new_value, reason, source, request_id)
      values (${actor}, ${action}, ${subject.kind}, ${subject.id}, ${JSON.stringify(oldValue)},
        ${JSON.stringify(newValue)}, ${reason}, ${source}, ${requestId})`.execute(tx)
  })
}

async function whileSealing<Result>(db: Db, work: () => Promise<Result>): Promise<Result> {
  let isOver = false
  const sealer = async () => {
    while (!isOver) {
      const sealed = await sealAuditEntries(db, SEALED_AT_ONCE)
      if (sealed < SEALED_AT_ONCE) await delay(SEAL_PAUSE_MS)
    }
  }
  const sealing = sealer()
  try {
    return await work()
  } finally {
    isOver = true
    await sealing
  }
}

async function sealAll(db: Db): Promise<number> {
  for (let sealed = 0; ; ) {
    const now = await sealAuditEntries(db, SEALED_AT_ONCE)
    if (now === 0) return sealed
    sealed += now
  }
}

/** Entries of long ago, sealed as they would have been. */
async function fill(owner: pg.Client, db: Db, length: number, say: (line: string) => void): Promise<void> {
  const startedAtMs = performance.now()
  await owner.query(
    `insert into audit_entry (actor, action, subject_kind, subject_id, old_value, new_value, reason, source, request_id)
    select 'clerk-' || n % 50, 'policy.published', 'policy', 'subject-' || n,
      jsonb_build_object('status', 'in_approval', 'version', n), jsonb_build_object('status', 'approved', 'version', n + 1),
      '客户反映包装破损，协商让利', 'console', 'request-' || n
    from generate_series((select count(*) + 1 from audit_entry), $1::bigint) as n`,
    [length],
  )
  await sealAll(db)
  await owner.query('vacuum analyze')
  await owner.query('checkpoint')
  say(
    `  a chain of ${length} entries was filled in ${Math.round((performance.now() - startedAtMs) / 1_000)} s`,
  )
}
