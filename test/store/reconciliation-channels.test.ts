import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hubRefundsOf, unansweredOrders } from '../../store/reconciliation-channels.ts'
import { openTestStore, type TestStore } from './support.ts'

/** So many that going through all of them for each takes longer than a statement may. */
const ORDERS = 40_000

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

/** Orders of a shop as both sides have them; every ten thousandth only the hub. */
async function fill(runId: string, side: 'hub' | 'there'): Promise<void> {
  await owner.query(`insert into reconciliation_line (run_id, side, ref, kind, key, group_key, in_period)
    select '${runId}', '${side}', name, 'order', name, name, true
    from generate_series(1, ${ORDERS}) as n, lateral (select 'order/SHOP/' || lpad(n::text, 6, '0') as name) as named
    where '${side}' = 'hub' or n % 10000 <> 0`)
}

test.each(['nothing', 'the hub’s lines alone'])(
  'which orders a platform has not told of, and which have a refund here, is found in time where the planner knows %s',
  async (known) => {
    await owner.query('truncate reconciliation_run cascade')
    // What a run fills in is compared before anybody counts it.
    await owner.query('alter table reconciliation_line set (autovacuum_enabled = off)')
    const runId = uuid()
    await owner.query(`insert into reconciliation_run (id, counterpart, from_day, to_day, origin, requested_by)
      values ('${runId}', 'channel', '2026-10-01', '2026-10-31', 'person', 'test')`)
    await fill(runId, 'hub')
    if (known !== 'nothing') await owner.query('analyze reconciliation_line')
    await fill(runId, 'there')
    expect(await unansweredOrders(store.db, runId, 'SHOP', '', 2)).toEqual(['010000', '020000'])
    expect(await unansweredOrders(store.db, runId, 'SHOP', '020000', 5)).toEqual(['030000', '040000'])
    await owner.query(
      `update reconciliation_line set ref = 'refund/SHOP/000007' where ref = 'order/SHOP/000007' and side = 'hub'`,
    )
    const all = Array.from({ length: ORDERS }, (_, n) => String(n + 1).padStart(6, '0'))
    const refunded = store.db.transaction().execute((tx) => hubRefundsOf(tx, runId, 'SHOP', all))
    expect(await refunded).toEqual(new Set(['000007']))
  },
)
