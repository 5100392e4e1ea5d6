import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listDifferencesQuery } from '../../contracts/reconciliation.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { KeyRing } from '../../store/keyring.ts'
import { closePeriod, readPeriod } from '../../store/reconciliation-periods.ts'
import { listDifferences, lockDifference, settleDifference } from '../../store/reconciliation-queries.ts'
import { startRun } from '../../store/reconciliation-runs.ts'
import { testRunner } from '../support/reconciliation.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let owner: pg.Client
beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
  await payment('PAY-1', 1_000)
  await settled('PAY-1', 1_000)
  await payment('PAY-2', 2_000)
})
afterAll(async () => {
  await owner.end()
  await store.close()
})

const NOW = new Date()
const PAID = '2026-09-15T12:00:00+08:00'
const payment = (id: string, amount_cents: number) =>
  store.db
    .insertInto('payment')
    .values({ id, named_order_id: id, amount_cents, method: 'wechat', paid_at: PAID, outcome: 'unmatched' })
    .execute()
const settled = (serial: string, amount_cents: number) =>
  store.db
    .insertInto('settlement_line')
    .values({
      account: 'wechat',
      line_id: serial,
      type: 'payment',
      serial,
      amount_cents,
      settled_at: PAID,
      counts: true,
    })
    .execute()
async function reconcile(from = '2026-09-01', to = '2026-09-30') {
  await store.inTransaction((tx) => startRun(tx, { counterpart: 'finance', from, to }, 'finance'))
  const runner = testRunner(store.db)
  while ((await runner.runOnce()) > 0);
}
const close = (month = '2026-09') =>
  store.inTransaction((tx) =>
    closePeriod(tx, store.keyRing, {
      id: uuid(),
      body: { counterpart: 'finance', month, reason: '九月结账' },
      origin: { ...SYSTEM_ORIGIN, actor: 'finance' },
      now: NOW,
    }),
  )
const notReady = (detail: string) => ({
  code: 'reconciliation-period-not-ready',
  message: expect.stringContaining(detail),
})
const differences = async (state: 'unsettled' | 'accepted' = 'unsettled') => {
  const query = listDifferencesQuery.parse({ state })
  return (await listDifferences(store.db, query, { kind: 'all' }, NOW)).items
}
async function accept(differenceId: string, version: number) {
  const body = { decision: 'accept' as const, version, reason: '已核实' }
  await store.inTransaction(async (tx) => {
    const { from } = await lockDifference(tx, differenceId, body, { kind: 'all' })
    await settleDifference(tx, differenceId, { body, from, changeId: null, origin: SYSTEM_ORIGIN })
  })
}

test('a month is closed when it is over, has been compared as a whole, and nothing of it is unsettled', async () => {
  await expect(close('2099-01')).rejects.toMatchObject(notReady('is not over'))
  await expect(close()).rejects.toMatchObject(notReady('no run has compared'))
  await reconcile('2026-09-10', '2026-09-30')
  const [open] = await differences()
  if (!open) throw new Error('PAY-2 is missing there')
  await expect(close()).rejects.toMatchObject(notReady('1 differences'))
  await accept(open.differenceId, open.version)
  await expect(close()).rejects.toMatchObject(notReady('no run has compared'))
  await reconcile()
  const running = await store.inTransaction((tx) =>
    startRun(tx, { counterpart: 'finance', from: '2026-08-01', to: '2026-08-31' }, 'finance'),
  )
  await expect(close()).rejects.toMatchObject(notReady('under way'))
  await owner.query("update reconciliation_run set state = 'cancelled', leased_until = null where id = $1", [
    running.runId,
  ])
  const period = await close()
  expect(period).toMatchObject({
    month: '2026-09',
    signature: { algorithm: 'HMAC-SHA256', isValid: true },
    afterClose: 0,
    summary: {
      ...{ counterpart: 'finance', pairs: 1, closedBy: 'finance' },
      differences: [{ kind: 'missing_there', state: 'accepted', count: 1, valueDifference: -2_000 }],
    },
  })
  await expect(close()).rejects.toMatchObject({ code: 'reconciliation-period-closed' })
  const { rows } = await owner.query(
    "select new_value from audit_entry where action = 'reconciliation.closed'",
  )
  expect(rows).toMatchObject([{ new_value: { month: '2026-09', signature: period.signature.value } }])
})

test('a summary that somebody changed, and one whose key is gone, are told as not signed', async () => {
  const { rows } = await owner.query<{ id: string; summary: string }>(
    'select id, summary from reconciliation_period',
  )
  const [period] = rows
  if (!period) throw new Error('it was closed')
  const isValid = async (keyRing = store.keyRing) =>
    (await readPeriod(store.db, keyRing, period.id)).signature.isValid
  expect(await isValid()).toBe(true)
  const other = KeyRing.parse(`other:${Buffer.alloc(32, 'o').toString('base64')}`)
  expect(await isValid(other)).toBe(false)
  const forged = period.summary.replace('"pairs":1', '"pairs":2')
  await owner.query('update reconciliation_period set summary = $1', [forged])
  expect(await isValid()).toBe(false)
  await owner.query('update reconciliation_period set summary = $1', [period.summary])
  await expect(
    store.db.updateTable('reconciliation_period').set({ summary: forged }).execute(),
  ).rejects.toMatchObject({ code: '42501' })
})

test('a closed month refuses changes; what is found later opens as after the close and lives on its own', async () => {
  const [accepted] = await differences('accepted')
  if (!accepted) throw new Error('it was accepted')
  await expect(accept(accepted.differenceId, accepted.version)).rejects.toMatchObject({
    code: 'reconciliation-period-closed',
  })
  await expect(
    store.db
      .updateTable('reconciliation_difference')
      .set({ state: 'fixed' })
      .where('id', '=', accepted.differenceId)
      .execute(),
  ).rejects.toMatchObject({ constraint: 'reconciliation_period_closed' })
  await settled('PAY-LATE', 500)
  await reconcile()
  const [late, ...more] = await differences()
  expect(more).toEqual([])
  expect(late).toMatchObject({ kind: 'missing_here', afterClose: true, state: 'open' })
  const { rows } = await owner.query<{ id: string }>('select id from reconciliation_period')
  expect(await readPeriod(store.db, store.keyRing, rows[0]?.id ?? '')).toMatchObject({
    afterClose: 1,
    signature: { isValid: true },
  })
  await owner.query("delete from settlement_line where line_id = 'PAY-LATE'")
  await reconcile()
  expect(await differences()).toEqual([])
})
