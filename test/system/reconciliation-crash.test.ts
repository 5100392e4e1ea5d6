import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRun, startRun } from '../../store/reconciliation-runs.ts'
import { openTestStore, type TestStore } from '../store/support.ts'
import { testRunner } from '../support/reconciliation.ts'
import { buildProgram, makeFolder } from '../support/worker-crashes.ts'

/**
 * Workers die by SIGKILL in the middle of a step's transaction, once after every statement that a step writes with: the next
 * one takes the run up. Beside it the same books are compared by a worker that nobody disturbs.
 */
const PAYMENTS = 3_000
/** More than a run can die at: a run that does not get on ends the test instead of going on for ever. */
const MOST_DEATHS = 80
const PHASES = ['hub', 'counterpart', 'keys', 'groups', 'settle', 'clean']

type Books = { store: TestStore; owner: pg.Client }
let disturbed: Books
let calm: Books
const folder = makeFolder()

beforeAll(async () => {
  ;[disturbed, calm] = await Promise.all([openBooks(), openBooks()])
})
afterAll(async () => {
  for (const { owner, store } of [disturbed, calm]) {
    await owner.end()
    await store.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

async function openBooks(): Promise<Books> {
  const store = await openTestStore()
  const owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
  return { store, owner }
}

/** Payments, and what is settled of them: of a dozen something else. */
const FIRST_DAY = [
  `insert into payment (id, named_order_id, amount_cents, method, paid_at, outcome)
    select 'PAY-' || lpad(n::text, 5, '0'), 'O-' || n, 1000 + n, 'wechat', '2026-10-01T12:00:00+08:00'::timestamptz
      + n % 28 * interval '1 day', 'unmatched' from generate_series(0, ${PAYMENTS - 1}) as n`,
  `insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, counts)
    select 'wechat', 'L-' || id, 'payment', id, named_order_id, amount_cents, paid_at, true from payment`,
  "update settlement_line set amount_cents = amount_cents + 1 where line_id between 'L-PAY-00000' and 'L-PAY-00011'",
]
/** Some of that is the same, some another, some has been mended; and a lot is new, of every kind. */
const SECOND_DAY = [
  "update settlement_line set amount_cents = amount_cents + 1 where line_id between 'L-PAY-00004' and 'L-PAY-00007'",
  "update settlement_line set amount_cents = amount_cents - 1 where line_id between 'L-PAY-00008' and 'L-PAY-00011'",
  `update settlement_line set amount_cents = amount_cents + 5 where ${everyHundredth(20)}`,
  `delete from settlement_line where ${everyHundredth(30)}`,
  `update settlement_line set settled_at = settled_at + interval '9 days' where ${everyHundredth(40)}
    and settled_at < '2026-10-20'`,
  `insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, counts)
    select account, 'AGAIN-' || line_id, type, serial, order_ref, amount_cents, settled_at, true
    from settlement_line where ${everyHundredth(50)}`,
  `insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, counts)
    select account, 'OTHER-' || line_id, type, 'OTHER-' || serial, 'OTHER', amount_cents, settled_at, true
    from settlement_line where ${everyHundredth(60)}`,
  // Found by its order, amount and day.
  `update settlement_line set serial = null where ${everyHundredth(70)}`,
]

function everyHundredth(from: number): string {
  return `line_id in (select 'L-PAY-' || lpad(n::text, 5, '0') from generate_series(${from}, ${PAYMENTS - 1}, 100) as n)`
}

const start = ({ store }: Books) =>
  store.inTransaction((tx) =>
    startRun(tx, { counterpart: 'finance', from: '2026-10-01', to: '2026-10-31' }, 'test'),
  )

async function workOn({ store }: Books): Promise<void> {
  const runner = testRunner(store.db)
  while ((await runner.runOnce()) > 0);
}

/** All that runs leave behind, but for when and under which id. */
async function left({ owner }: Books): Promise<unknown> {
  const { rows: runs } =
    await owner.query(`select state, phase, position, hub_lines, counterpart_lines, compared_lines,
    pairs, differences, opened, awaited, auto_closed, failures, last_error from reconciliation_run order by created_at`)
  const ordinal = (id: string) => `(select count(*)::int from reconciliation_run where created_at <= (
    select created_at from reconciliation_run as own where own.id = ${id}))`
  const { rows: differences } =
    await owner.query(`select subject, kind, facets, line_kind, hub, there, state, version,
    value_difference, at_stake_cents, occurred_on, fingerprint, after_close, ${ordinal('first_run_id')} as first_run,
    ${ordinal('last_run_id')} as last_run from reconciliation_difference order by subject, kind, state`)
  const { rows: moves } =
    await owner.query(`select difference.subject, move.version, move.from_state, move.to_state, move.reason
    from reconciliation_move as move join reconciliation_difference as difference on difference.id = move.difference_id
    order by difference.subject, move.version`)
  const { rows: items } = await owner.query(
    "select kind, key, state, occurrences, detail - 'runId' as detail from work_item order by kind, key",
  )
  const { rows: messages } = await owner.query(
    'select kind, target, state, payload from delivery order by id',
  )
  const { rows: lines } = await owner.query('select ref from reconciliation_line')
  return { runs, differences, moves, items, messages, lines }
}

async function openByKind({ owner }: Books): Promise<Record<string, number>> {
  const { rows } = await owner.query(
    "select kind, count(*)::int as n from reconciliation_difference where state = 'open' group by kind",
  )
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]))
}

/** What is written and the place where the run stands, side by side: half a step would be in one of them alone. */
async function place({ owner }: Books, runId: string) {
  const { rows } = await owner.query(
    `select phase, hub_lines::int as "hubLines", counterpart_lines::int as "counterpartLines", compared_lines::int as "comparedLines",
      differences::int, opened::int, auto_closed::int as "autoClosed", case when phase = 'clean' then 1 else 0 end as "itemsDue",
      line.*, found.*, moved.*, item.*, message.*
    from reconciliation_run as run,
      lateral (select count(*) filter (where side = 'hub')::int as "hubKept",
        count(*) filter (where side = 'there')::int as "thereKept", count(*) filter (where is_left)::int as "keptLeft",
        count(*) filter (where key <= run.position)::int as "keptBefore"
        from reconciliation_line where run_id = run.id) as line,
      lateral (select count(*)::int as "differencesKept", count(*) filter (where first_run_id = run.id)::int as "openedKept"
        from reconciliation_difference where last_run_id = run.id) as found,
      lateral (select count(*)::int as moves from reconciliation_move where run_id = run.id) as moved,
      lateral (select count(*)::int as items from work_item) as item,
      lateral (select count(*)::int as messages from delivery) as message
    where run.id = $1`,
    [runId],
  )
  return rows[0]
}

function expectWholeSteps(at: Awaited<ReturnType<typeof place>>): void {
  // Cleaning throws the lines away, so many a step.
  if (at.phase !== 'clean') {
    expect([at.hubKept, at.thereKept]).toEqual([at.hubLines, at.counterpartLines])
  }
  if (at.phase === 'hub' || at.phase === 'counterpart')
    expect([at.comparedLines, at.keptLeft]).toEqual([0, 0])
  if (at.phase === 'keys') expect(at.comparedLines + at.keptLeft).toBe(at.keptBefore)
  expect([at.differencesKept, at.openedKept]).toEqual([at.differences, at.opened])
  expect(at.moves).toBe(at.autoClosed)
  expect([at.items, at.messages]).toEqual([at.itemsDue, at.itemsDue])
}

/** One worker process, until it has died or nothing is left to do. */
async function workUntilDeath(program: string, { store }: Books): Promise<'died' | 'done'> {
  const settings = { databaseUrl: store.appUrl, deathsFile: join(folder, 'deaths') }
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, RECONCILING_PROCESS: JSON.stringify(settings) },
  })
  const [code, signal] = await once(child, 'exit')
  if (signal === 'SIGKILL') return 'died'
  expect([code, signal]).toEqual([0, null])
  return 'done'
}

test('killed after any write of any step, nothing of the step is left, and the next worker finds just what an undisturbed one does', async () => {
  for (const books of [disturbed, calm]) {
    for (const statement of FIRST_DAY) await books.owner.query(statement)
    await start(books)
    await workOn(books)
    for (const statement of SECOND_DAY) await books.owner.query(statement)
  }
  await start(calm)
  await workOn(calm)

  const program = buildProgram(folder, 'reconciling-process')
  const { runId } = await start(disturbed)
  const diedIn: string[] = []
  while ((await workUntilDeath(program, disturbed)) === 'died') {
    const at = await place(disturbed, runId)
    diedIn.push(at.phase)
    expectWholeSteps(at)
    expect(diedIn.length).toBeLessThan(MOST_DEATHS)
    // Whoever takes it up waits for the end of the lease.
    await disturbed.owner.query(
      "update reconciliation_run set leased_until = now() - interval '1 second' where state = 'running'",
    )
  }
  expect([...new Set(diedIn)]).toEqual(PHASES)
  expect(await findRun(disturbed.store.db, runId)).toMatchObject({
    state: 'done',
    result: { opened: 142, autoClosed: 4 },
  })
  expect(await openByKind(disturbed)).toEqual({
    amount: 8 + 30,
    duplicate: 30,
    missing_here: 30,
    missing_there: 30,
    timing: 22,
  })
  expect(await left(disturbed)).toEqual(await left(calm))
}, 240_000)
