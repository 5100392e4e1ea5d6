import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BillLine } from '../../connectors/couriers/bills.ts'
import type { Finance, FinanceLine } from '../../connectors/finance/finance.ts'
import { RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { listDifferencesQuery, type RunView } from '../../contracts/reconciliation.ts'
import { parcelFreightCents } from '../../domain/parcel-freight.ts'
import type { DifferenceState } from '../../domain/reconciliation.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import {
  listDifferences,
  lockDifference,
  readDifference,
  settleDifference,
} from '../../store/reconciliation-queries.ts'
import {
  cancelRun,
  claimRun,
  failRun,
  findRun,
  finishRun,
  RunLostError,
  releaseRun,
  resumeRun,
  startDailyRun,
  startRun,
  takeStep,
} from '../../store/reconciliation-runs.ts'
import { openWorkItem } from '../../store/work-items.ts'
import { testRunner } from '../support/reconciliation.ts'
import { openTestStore, type TestStore } from './support.ts'

const FROM = '2026-10-01'
const TO = '2026-10-31'
const NOW = new Date('2026-11-20T00:00:00Z')
const noon = (day: number) => `2026-10-${String(day).padStart(2, '0')}T12:00:00+08:00`

let store: TestStore
let owner: pg.Client
beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await store.close()
})
/** Each test has a past of its own. */
beforeEach(async () => {
  await owner.query(
    'truncate reconciliation_run, reconciliation_line, reconciliation_difference, reconciliation_move, settlement_line, payment, work_item, delivery cascade',
  )
})

const runner = (finance: Finance | null = null, turnMs?: number) =>
  testRunner(store.db, { finance, ...(turnMs === undefined ? {} : { turnMs }) })
const start = () =>
  store.inTransaction((tx) => startRun(tx, { counterpart: 'finance', from: FROM, to: TO }, 'finance'))

/** Payments of so many days, and just the lines that finance has of them. */
async function settledPayments(count: number): Promise<FinanceLine[]> {
  const payments = Array.from({ length: count }, (_, index) => ({
    id: `PAY-${String(index).padStart(5, '0')}`,
    named_order_id: `O-${index}`,
    amount_cents: 1_000 + index,
    method: 'wechat',
    paid_at: noon(1 + (index % 28)),
    outcome: 'unmatched' as const,
  }))
  for (let at = 0; at < count; at += 1_000) {
    await store.db
      .insertInto('payment')
      .values(payments.slice(at, at + 1_000))
      .execute()
  }
  return payments.map((payment) => ({
    account: 'wechat',
    lineId: `L-${payment.id}`,
    type: 'payment',
    serial: payment.id,
    orderRef: payment.named_order_id,
    amountCents: payment.amount_cents,
    settledAt: payment.paid_at,
  }))
}
/** As if a statement with these had been taken over. */
async function told(lines: FinanceLine[]): Promise<void> {
  if (lines.length === 0) return
  const rows = lines.map(({ lineId, orderRef, amountCents, settledAt, ...line }) => ({
    ...line,
    line_id: lineId,
    order_ref: orderRef,
    amount_cents: amountCents,
    settled_at: settledAt,
    counts: true,
  }))
  await store.db
    .insertInto('settlement_line')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function reconcile(hub = runner()): Promise<RunView> {
  const { runId } = await start()
  while ((await hub.runOnce()) > 0);
  return findRun(store.db, runId)
}
const found = async (state: DifferenceState | 'unsettled' = 'unsettled') => {
  const query = listDifferencesQuery.parse({ state, sort: 'oldest', limit: 200 })
  return (await listDifferences(store.db, query, { kind: 'all' }, NOW)).items
}
const inWords = async () =>
  (await found()).map(({ kind, hub, there }) => `${kind} ${hub?.ref ?? '–'} ${there?.ref ?? '–'}`).sort()

test('payments that are settled as they were leave no difference, and no lines behind', async () => {
  await told(await settledPayments(30))
  expect(await reconcile()).toMatchObject({
    state: 'done',
    progress: { hubLines: 30, counterpartLines: 30, comparedLines: 60, percent: 100 },
    result: { pairs: 30, differences: 0, opened: 0 },
  })
  expect(await found()).toEqual([])
  expect(await store.db.selectFrom('reconciliation_line').select('ref').execute()).toEqual([])
})

test('each kind of difference is found, and no other; the next run finds the same and opens nothing', async () => {
  const [gone, dear, late, twice, named, other, ...right] = await settledPayments(40)
  if (!gone || !dear || !late || !twice || !named || !other) throw new Error('there are forty')
  await told([
    other,
    ...right,
    { ...dear, amountCents: dear.amountCents + 1 },
    { ...late, settledAt: noon(20) },
    twice,
    { ...twice, lineId: 'L-AGAIN' },
    { ...other, lineId: 'L-UNKNOWN', serial: 'PAY-X', orderRef: 'O-X' },
    // By its order, amount and day: finance does not know the serial number.
    { ...named, serial: null },
  ])
  const words = [
    'amount payment/PAY-00001 wechat/L-PAY-00001',
    'duplicate – wechat/L-PAY-00003',
    'missing_here – wechat/L-UNKNOWN',
    'missing_there payment/PAY-00000 –',
    'timing payment/PAY-00002 wechat/L-PAY-00002',
  ]
  expect(await reconcile()).toMatchObject({ state: 'done', result: { differences: 5, opened: 5 } })
  expect(await inWords()).toEqual(words)
  const before = await found()
  expect(before.map(({ unit, ageDays }) => [unit, ageDays > 0])).toEqual(before.map(() => ['cents', true]))
  expect(await reconcile()).toMatchObject({ state: 'done', result: { differences: 5, opened: 0 } })
  expect((await found()).map(({ differenceId }) => differenceId)).toEqual(
    before.map(({ differenceId }) => differenceId),
  )
})

test('a parcel that cost what it should and became something else at its courier is a difference of status', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 2 })
  const freightCents = parcelFreightCents(POLICIES.allocation.initial.freight, {
    ...{
      from: { longitude: 120.13, latitude: 30.26, region: '华东' },
      divisionCode: '330106',
      weightGrams: 100,
    },
  })
  const items: BillLine[] = []
  for (const state of ['under_way', 'lost'] as const) {
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 1 }])
    const parcel = { courier: 'sf', waybillNumber: `SF-${state}` }
    await store.report(taskIds[0] ?? '', { type: 'packed', ...parcel })
    items.push({ lineId: `B-${state}`, ...parcel, freightCents, state, shippedAt: new Date().toISOString() })
  }
  const day = (ahead: number) =>
    new Date(Date.now() + (8 + 24 * ahead) * 3_600_000).toISOString().slice(0, 10)
  const { runId } = await store.inTransaction((tx) =>
    startRun(tx, { counterpart: 'logistics', from: day(-1), to: day(1) }, 'finance'),
  )
  const logistics = testRunner(store.db, { courierBills: async () => ({ items, nextCursor: null }) })
  while ((await logistics.runOnce()) > 0);
  expect(await findRun(store.db, runId)).toMatchObject({
    state: 'done',
    result: { pairs: 1, differences: 1, opened: 1 },
  })
  expect(await found()).toMatchObject([
    {
      ...{ kind: 'status', facets: ['status'] },
      hub: { ref: 'waybill/sf/SF-lost', status: 'under_way' },
      there: { ref: 'B-lost', status: 'lost' },
    },
  ])
})

test('what resolves itself is closed by the next run, with a move that says so; what comes again is opened anew', async () => {
  const lines = await settledPayments(3)
  await told(lines.slice(1))
  await reconcile()
  expect(await found()).toHaveLength(1)
  await told(lines)
  expect(await reconcile()).toMatchObject({ result: { differences: 0, autoClosed: 1 } })
  const [closed] = await found('resolved')
  if (!closed) throw new Error('it was closed')
  const detail = await readDifference(store.db, closed.differenceId, { kind: 'all' }, NOW)
  expect(detail.moves).toMatchObject([{ from: 'open', to: 'resolved', operator: 'system' }])
  await owner.query("delete from settlement_line where line_id = 'L-PAY-00000'")
  expect(await reconcile()).toMatchObject({ result: { differences: 1, opened: 1 } })
  expect(await found()).toHaveLength(1)
})

async function decide(differenceId: string, decision: 'accept' | 'fixed', version: number) {
  const body = { decision, version, reason: 'checked with the bank' }
  await store.inTransaction(async (tx) => {
    const { from } = await lockDifference(tx, differenceId, body, { kind: 'all' })
    await settleDifference(tx, differenceId, { body, from, changeId: null, origin: SYSTEM_ORIGIN })
  })
}

test('what was accepted stays so while it is just that; what is said to be mended and is not is opened again', async () => {
  const [dear, gone, ...right] = await settledPayments(4)
  if (!dear || !gone) throw new Error('there are four')
  await told([...right, { ...dear, amountCents: 5 }])
  await reconcile()
  for (const { differenceId, kind, version } of await found()) {
    await decide(differenceId, kind === 'amount' ? 'accept' : 'fixed', version)
  }
  expect(await found()).toEqual([])
  expect(await reconcile()).toMatchObject({ result: { differences: 2, opened: 1 } })
  expect(await inWords()).toEqual(['missing_there payment/PAY-00001 –'])
  await owner.query("update settlement_line set amount_cents = 6 where line_id = 'L-PAY-00000'")
  await reconcile()
  expect(await inWords()).toEqual([
    'amount payment/PAY-00000 wechat/L-PAY-00000',
    'missing_there payment/PAY-00001 –',
  ])
})

test('of two who decide at once the second is told that it is settled', async () => {
  await settledPayments(1)
  await told([])
  await store.db
    .insertInto('settlement_line')
    .values({
      account: 'x',
      line_id: '1',
      type: 'payment',
      amount_cents: 1,
      settled_at: noon(1),
      counts: true,
    })
    .execute()
  await reconcile()
  const [first] = await found()
  if (!first) throw new Error('there is one')
  await decide(first.differenceId, 'accept', first.version)
  await expect(decide(first.differenceId, 'fixed', first.version)).rejects.toMatchObject({
    code: 'reconciliation-difference-settled',
  })
})

test('killed at any border of a step, a run goes on there: nothing is compared twice and no difference doubled', async () => {
  const lines = await settledPayments(12_000)
  // Every hundredth has another amount: 120 differences over several steps.
  const wrong = lines.map((line, index) => (index % 100 === 0 ? { ...line, amountCents: 7 } : line))
  for (let at = 0; at < wrong.length; at += 1_000) await told(wrong.slice(at, at + 1_000))
  const { runId } = await start()
  const places = new Set<string>()
  for (let turns = 0; turns < 200; turns += 1) {
    // One step, and the process is gone: its lease ends, and another one takes over.
    await runner(null, 0).runOnce()
    await owner.query(
      "update reconciliation_run set leased_until = now() - interval '1 second' where state = 'running'",
    )
    const { state, phase, progress } = await findRun(store.db, runId)
    places.add(`${phase} ${progress.comparedLines}`)
    if (state === 'done') break
  }
  expect(places.size).toBeGreaterThan(6)
  expect(await findRun(store.db, runId)).toMatchObject({
    state: 'done',
    progress: { hubLines: 12_000, counterpartLines: 12_000, comparedLines: 24_000 },
    result: { pairs: 11_880, differences: 120, opened: 120 },
  })
  const { rows } = await owner.query(
    'select count(*)::int as n, count(distinct subject)::int as subjects from reconciliation_difference',
  )
  expect(rows).toEqual([{ n: 120, subjects: 120 }])
})

test('a worker that was given up writes nothing any more', async () => {
  await settledPayments(2)
  await told([])
  const { runId } = await start()
  const dead = await claimRun(store.db)
  if (!dead) throw new Error('there was a run')
  await owner.query("update reconciliation_run set leased_until = now() - interval '1 second'")
  const successor = await claimRun(store.db)
  expect(successor).toMatchObject({ id: runId, attempt: dead.attempt + 1 })
  expect(await claimRun(store.db)).toBeNull()

  // To the microsecond, so that a lease that was made longer shows.
  const written = async () =>
    (
      await owner.query(
        'select run::text from reconciliation_run as run union all select item::text from work_item as item',
      )
    ).rows
  const before = await written()
  const step = takeStep(store.db, dead, async (tx) => {
    await openWorkItem(tx, { kind: 'reconciliation_failed', key: 'finance', orderId: null, detail: {} })
    return { phase: 'clean', position: 'far', counts: { differences: 7 } }
  })
  await expect(step).rejects.toBeInstanceOf(RunLostError)
  const failure = { error: 'too late', isFinal: true, isPause: false, retryInMs: 1_000 }
  expect(await failRun(store.db, dead, failure)).toBe(false)
  await releaseRun(store.db, dead)
  await store.inTransaction((tx) => finishRun(tx, dead))
  expect(await written()).toEqual(before)
})

test('cancelled, a run stops where it stands; resumed, it comes to its end; and only the newest may be', async () => {
  await told(await settledPayments(5))
  const { runId } = await start()
  expect(await cancelRun(store.db, runId)).toMatchObject({ state: 'cancelled' })
  expect(await runner().runOnce()).toBe(0)
  const resumed = await store.inTransaction((tx) => resumeRun(tx, runId))
  expect(resumed.state).toBe('waiting')
  while ((await runner().runOnce()) > 0);
  expect(await findRun(store.db, runId)).toMatchObject({ state: 'done', result: { pairs: 5 } })
  const again = store.inTransaction((tx) => resumeRun(tx, runId))
  await expect(again).rejects.toMatchObject({ code: 'reconciliation-wrong-state' })
  const old = await start()
  await cancelRun(store.db, old.runId)
  await reconcile()
  await expect(store.inTransaction((tx) => resumeRun(tx, old.runId))).rejects.toMatchObject({
    code: 'reconciliation-wrong-state',
  })
})

test('one run of a counterpart at a time, and one a day by the schedule', async () => {
  await start()
  await expect(start()).rejects.toMatchObject({ code: 'reconciliation-running' })
  const night = { counterpart: 'crm', from: FROM, to: TO } as const
  expect([await startDailyRun(store.db, night), await startDailyRun(store.db, night)]).toEqual([true, false])
})

test('what cannot be reached is asked again from the same place, what refuses ends the run with a work item', async () => {
  const lines = await settledPayments(4)
  let asked = 0
  const finance = {
    settlementLines: async (_period: unknown, cursor: string | null) => {
      asked += 1
      if (asked === 2) throw new UnreachableError('finance is away')
      const first = cursor === null
      return { lines: first ? lines.slice(0, 2) : lines.slice(2), nextCursor: first ? 'p2' : null }
    },
  }
  const { runId } = await start()
  await runner(finance).runOnce()
  expect(await findRun(store.db, runId)).toMatchObject({ state: 'waiting', lastError: 'finance is away' })
  await owner.query('update reconciliation_run set next_attempt_at = now()')
  while ((await runner(finance).runOnce()) > 0);
  expect(asked).toBe(3)
  expect(await findRun(store.db, runId)).toMatchObject({
    state: 'done',
    lastError: null,
    result: { pairs: 4 },
  })

  const refusing = {
    settlementLines: async () => {
      throw new RefusedError(403, 'not for you')
    },
  }
  expect(await reconcile(runner(refusing))).toMatchObject({ state: 'failed', lastError: 'not for you' })
  const items = () => store.db.selectFrom('work_item').select(['kind', 'state']).execute()
  expect(await items()).toEqual([{ kind: 'reconciliation_failed', state: 'open' }])
  await told(lines)
  await reconcile()
  expect(await items()).toEqual([{ kind: 'reconciliation_failed', state: 'resolved' }])
})

test('without a finance system and any statement a run says so instead of missing everything', async () => {
  await settledPayments(3)
  expect(await reconcile()).toMatchObject({
    state: 'failed',
    lastError: expect.stringContaining('no finance system is configured'),
    result: { differences: 0 },
  })
})

test('at a threshold there is one work item, which follows and closes itself, and a message when something is new', async () => {
  const { initial } = POLICIES.reconciliation
  await publishPolicy(store.db, {
    kind: 'reconciliation',
    document: {
      ...initial,
      finance: { ...initial.finance, alert: { differences: 2, amountCents: null, singleCents: null } },
    },
    author: 'test',
    reason: 'test',
  })
  const lines = await settledPayments(4)
  await told(lines.slice(2))
  await reconcile()
  await reconcile()
  const item = () => store.db.selectFrom('work_item').select(['key', 'state', 'detail']).execute()
  expect(await item()).toMatchObject([
    {
      key: 'finance',
      state: 'open',
      detail: { differences: 2, amountCents: 2_001, threshold: 'differences' },
    },
  ])
  const messages = await store.db.selectFrom('delivery').select(['kind', 'target', 'payload']).execute()
  expect(messages).toMatchObject([
    { kind: 'reconciliation_alert', target: 'wecom', payload: { counterpart: 'finance', opened: 2 } },
  ])
  await told(lines)
  await reconcile()
  expect(await item()).toMatchObject([{ state: 'resolved' }])
})

test('thousands of lines of one payment end the run with what is wrong, not the process', async () => {
  const [line] = await settledPayments(1)
  if (!line) throw new Error('there is one')
  const many = Array.from({ length: 5_200 }, (_, index) => ({ ...line, lineId: `L-${index}` }))
  for (let at = 0; at < many.length; at += 1_000) await told(many.slice(at, at + 1_000))
  expect(await reconcile()).toMatchObject({
    state: 'failed',
    lastError: expect.stringContaining('payment/PAY-00000'),
  })
})

test('differences page without gaps by size and by age, and filter', async () => {
  await told((await settledPayments(60)).slice(50))
  await reconcile()
  for (const sort of ['largest', 'newest', 'oldest'] as const) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = listDifferencesQuery.parse({ sort, limit: 7, ...(cursor ? { cursor } : {}) })
      const page = await listDifferences(store.db, query, { kind: 'all' }, NOW)
      seen.push(...page.items.map(({ differenceId }) => differenceId))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(new Set(seen).size).toBe(50)
    expect(seen).toHaveLength(50)
  }
  const filtered = async (filter: object) => {
    const query = listDifferencesQuery.parse({ limit: 200, ...filter })
    return (await listDifferences(store.db, query, { kind: 'all' }, NOW)).items.length
  }
  expect(await filtered({ kind: 'missing_there', minimumCents: 1_040 })).toBe(10)
  expect(await filtered({ kind: 'missing_here' })).toBe(0)
  expect(await filtered({ from: '2026-10-05', to: '2026-10-05' })).toBe(2)
  expect(await filtered({ counterpart: 'erp' })).toBe(0)
  const stores = { kind: 'stores' as const, storeIds: ['MALL'] }
  expect((await listDifferences(store.db, listDifferencesQuery.parse({}), stores, NOW)).items).toEqual([])
})
