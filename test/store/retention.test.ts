import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { redriveOrder } from '../../store/inbox.ts'
import { dropOldBodies, type MonthOfBodies } from '../../store/maintenance.ts'
import { openWorkItem, resolveWorkItem } from '../../store/work-items.ts'
import { openTestStore, type TestStore } from './support.ts'

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

/** Each test has an old month of its own. */
let year = 2000
let month: string
let then: string
beforeEach(async () => {
  year += 1
  month = `${year}03`
  then = `${year}-03-15T12:00:00Z`
  await owner.query(`create table inbox_body_${month} partition of inbox_body
    for values from ('${year}-03-01T00:00:00Z') to ('${year}-04-01T00:00:00Z')`)
})

const maintain = async (): Promise<MonthOfBodies | undefined> =>
  (await dropOldBodies(store.db, 6)).find((found) => found.month === month)
const bodies = async (inboxId: number) =>
  (await owner.query('select from inbox_body where inbox_id = $1', [inboxId])).rowCount

/** A message that came in the old month. */
async function oldMessage(state: string, orderKey: string = uuid()): Promise<number> {
  const { rows } = await owner.query<{ id: string }>(
    `with message as (
      insert into inbox (source, source_event_id, type, order_key, state, occurred_at, received_at)
      values ('test', gen_random_uuid()::text, 'test', $1, $2, $3, $3) returning id, received_at)
    insert into inbox_body select id, received_at, '{}' from message returning inbox_id as id`,
    [orderKey, state, then],
  )
  return Number(rows[0]?.id)
}

/** An order that was placed in the old month. */
async function oldOrder(): Promise<string> {
  const { orderId } = await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])
  await owner.query(
    `with message as (update inbox set received_at = $2, state = 'delivered' where order_key = $1 returning id)
    update inbox_body set received_at = $2 where inbox_id in (select id from message)`,
    [orderId, then],
  )
  return orderId
}

const itemsOf = (kind: 'bodies_kept' | 'message_set_aside') =>
  store.db
    .selectFrom('work_item')
    .select(['id', 'state', 'detail'])
    .where('kind', '=', kind)
    .where('key', '=', month)
    .execute()

test.each(['delivered', 'late', 'dismissed'])(
  'the body of an old message that is %s goes; its row stays',
  async (state) => {
    const id = await oldMessage(state)
    expect(await maintain()).toEqual({ month, dropped: true, unsettled: 0, unstarted: 0 })
    expect(await bodies(id)).toBe(0)
    expect((await owner.query('select from inbox where id = $1', [id])).rowCount).toBe(1)
    expect(await maintain()).toBeUndefined()
    expect(await itemsOf('bodies_kept')).toEqual([])
  },
)

test('months within the time stay, also those to come', async () => {
  const count = async () =>
    (
      await owner.query(
        `select from pg_partition_tree('inbox_body') where level = 1 and relid::text !~ '_20[01]'`,
      )
    ).rowCount
  const before = await count()
  await maintain()
  expect(await count()).toBe(before)
})

test.each(['pending', 'waiting', 'set_aside'])(
  'a month with one message that is %s is kept whole, and a person is told',
  async (state) => {
    const settled = await oldMessage('delivered')
    const id = await oldMessage(state)
    expect(await maintain()).toEqual({ month, dropped: false, unsettled: 1, unstarted: 0 })
    expect([await bodies(id), await bodies(settled)]).toEqual([1, 1])
    expect(await itemsOf('bodies_kept')).toMatchObject([
      { state: 'open', detail: { unsettled: 1, unstarted: 0 } },
    ])
    await owner.query(`update inbox set state = 'delivered' where id = $1`, [id])
    expect(await maintain()).toMatchObject({ dropped: true })
    expect(await itemsOf('bodies_kept')).toMatchObject([{ state: 'resolved' }])
  },
)

test('who resolves the work item of a message that was set aside gives its body up', async () => {
  const id = await oldMessage('set_aside')
  await openWorkItem(store.db, {
    kind: 'message_set_aside',
    key: month,
    orderId: null,
    detail: { inboxId: id },
  })
  expect(await maintain()).toMatchObject({ dropped: false })
  const [item] = await itemsOf('message_set_aside')
  const change = { resolution: 'told the shop', operator: 'person:test' }
  await store.inTransaction((tx) => resolveWorkItem(tx, item?.id ?? '', change))
  expect(await maintain()).toMatchObject({ dropped: true })
})

test('what an open order was placed with is kept until the order has a snapshot', async () => {
  const orderId = await oldOrder()
  expect(await maintain()).toEqual({ month, dropped: false, unsettled: 0, unstarted: 1 })
  await store.commit(orderId, [])
  expect(await maintain()).toMatchObject({ dropped: true })
})

test('what a closed order was placed with is not needed', async () => {
  const orderId = await oldOrder()
  await owner.query('update orders set closed_at = now() where id = $1', [orderId])
  expect(await maintain()).toMatchObject({ dropped: true })
})

test('a lost workflow hears again what is still there; what is gone is not waited for', async () => {
  const orderKey = uuid()
  const old = await oldMessage('delivered', orderKey)
  expect(await maintain()).toMatchObject({ dropped: true })
  await owner.query(`create table inbox_body_${month} partition of inbox_body
    for values from ('${year}-03-01T00:00:00Z') to ('${year}-04-01T00:00:00Z')`)
  const kept = await oldMessage('delivered', orderKey)
  await store.inTransaction((tx) => redriveOrder(tx, orderKey))
  const { rows } = await owner.query('select id::int, state from inbox where order_key = $1 order by id', [
    orderKey,
  ])
  expect(rows).toEqual([
    { id: old, state: 'delivered' },
    { id: kept, state: 'pending' },
  ])
})

test('messages that are sent once more at the very moment keep their bodies', async () => {
  const orderKey = uuid()
  const id = await oldMessage('delivered', orderKey)
  const rival = await store.db.startTransaction().execute()
  await redriveOrder(rival, orderKey)
  const maintaining = maintain()
  await waitUntilLocked()
  await rival.commit().execute()
  expect(await maintaining).toMatchObject({ dropped: false, unsettled: 1 })
  expect(await bodies(id)).toBe(1)
})

/** Until somebody in this database waits for the table of the bodies. */
const waitUntilLocked = () =>
  expect
    .poll(
      async () =>
        (await owner.query(`select from pg_locks where not granted and relation = 'inbox_body'::regclass`))
          .rowCount,
      { interval: 10 },
    )
    .toBe(1)
