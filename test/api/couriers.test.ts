import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { courierMessagePage, courierPage, courierView, followedParcelPage } from '../../contracts/couriers.ts'
import { keepCourierPush, readNextPush } from '../../store/courier-pushes.ts'
import { recordPollFailure, recordScans } from '../../store/parcels.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

const RECEIVER = '王小明签收'
let api: TestApi
beforeAll(async () => {
  api = await createTestApi({
    config: {
      COURIER_URL: 'https://courier.example',
      KUAIDI100_CUSTOMER: 'customer',
      KUAIDI100_KEY: 'the key of kuaidi100',
      KUAIDI100_CALLBACK_URL: 'https://hub.example/v1/webhooks/couriers/kuaidi100',
      KUAIDI100_SALT_KEYS: ['s'.repeat(32)],
    },
  })
})
afterAll(() => api.close())

const get = async (url: string) => (await api.as('ops', { url })).json()
const courier = async (name: string) => courierView.parse(await get(`/v1/couriers/${name}`))
const parcels = async (name: string, query = '') =>
  followedParcelPage.parse(await get(`/v1/couriers/${name}/parcels?${query}`)).items
const messages = async (query = '') =>
  courierMessagePage.parse(await get(`/v1/courier-sources/kuaidi100/messages?${query}`))
const replay = (messageId: string | undefined, caller: 'admin' | 'finance' = 'admin') =>
  api.as(caller, { method: 'POST', url: `/v1/courier-sources/kuaidi100/messages/${messageId}/replay` })

/** A parcel that left with a courier and is under way. */
async function send(name: string, waybillNumber: string): Promise<{ parcelId: string; orderId: string }> {
  const { orderId } = (await placeOrder(api)).json()
  const taskId = uuid()
  await api.rows(
    `insert into pick_task (id, order_id, warehouse_id, state, lines) values ($1, $2, 'WH-1', 'packed', '[]')`,
    [taskId, orderId],
  )
  await api.rows(
    `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state, next_poll_at)
      values ($1, $2, $1, $3, $4, 'in_transit', now() + interval '1 minute')`,
    [taskId, orderId, name, waybillNumber],
  )
  return { parcelId: taskId, orderId }
}
const push = (waybillNumber: string) =>
  api.database.db.transaction().execute((tx) =>
    keepCourierPush(tx, {
      ...{ source: 'kuaidi100', messageId: uuid(), waybillNumber, param: RECEIVER },
      ...{ receivedAt: new Date(), traceParent: null },
    }),
  )

test('each courier says who is asked about its parcels, how they stand, and nothing that is secret', async () => {
  const [one] = [await send('yto', 'YT1'), await send('yto', 'YT2'), await send('local', 'L1')]
  const unreachable = { ...one, courier: 'yto' }
  for (let times = 0; times < 3; times += 1) await recordPollFailure(api.database.db, unreachable, 'HTTP 502')
  await api.rows(
    "update parcel set next_poll_at = now() - interval '1 hour', silent_at = now() where waybill_number = 'L1'",
  )
  const answer = await api.as('clerk', { url: '/v1/couriers' })
  expect(answer.body).not.toContain('the key of kuaidi100')
  const { items } = courierPage.parse(answer.json())
  expect(items).toMatchObject([
    {
      ...{ courier: 'local', source: 'gateway', sourceUrl: 'https://courier.example/', push: null },
      parcels: { underWay: 1, overdue: 1, failing: 0, silent: 1, isCapped: false },
      poll: { state: 'unknown', lagTargetSeconds: 300, lastSuccessAt: null },
    },
    {
      ...{ courier: 'yto', source: 'kuaidi100', push: { state: 'unknown', waiting: 0, lagSeconds: null } },
      parcels: { underWay: 2, overdue: 0, failing: 1, silent: 0 },
      poll: { state: 'failing', lagSeconds: 0, lastError: 'HTTP 502' },
    },
  ])
  expect(items[0]?.poll.lagSeconds).toBeGreaterThan(3_500)
  expect(await courier('yto')).toMatchObject({ courier: 'yto', parcels: { failing: 1 } })
  expect((await api.as('ops', { url: '/v1/couriers/unheard-of' })).statusCode).toBe(404)
})

test('couriers come page by page, in either order, and those in trouble alone', async () => {
  const first = courierPage.parse(await get('/v1/couriers?limit=1&sort=-courier'))
  const rest = courierPage.parse(await get(`/v1/couriers?limit=1&sort=-courier&cursor=${first.nextCursor}`))
  const names = [...first.items, ...rest.items].map((item) => item.courier)
  expect([names, rest.nextCursor]).toEqual([['yto', 'local'], null])
  await send('zto', 'ZT1')
  const troubled = async (value: boolean) =>
    courierPage.parse(await get(`/v1/couriers?troubled=${value}`)).items.map((item) => item.courier)
  expect([await troubled(true), await troubled(false)]).toEqual([['local', 'yto'], ['zto']])
})

test('an answer of the courier ends the trouble with a parcel', async () => {
  const [failing] = await parcels('yto', 'standing=failing')
  expect(failing).toMatchObject({ waybillNumber: 'YT1', failures: 3, lastError: 'HTTP 502' })
  const heard = { parcelId: failing?.parcelId ?? '', source: 'kuaidi100', scans: [], way: 'poll' as const }
  await api.database.db.transaction().execute((tx) => recordScans(tx, heard))
  expect(await parcels('yto', 'standing=failing')).toEqual([])
  expect(await parcels('yto', 'waybillNumber=YT1')).toMatchObject([
    { failures: 0, lastError: null, standings: [] },
  ])
  expect((await courier('yto')).poll).toMatchObject({ state: 'ok', lastError: null })
})

test('parcels under way are found by what is wrong with them, page by page, without those that have arrived', async () => {
  const { parcelId } = await send('sf', 'SF1')
  const { orderId } = await send('sf', 'SF2')
  await send('sf', 'SF3')
  await api.rows("update parcel set state = 'delivered' where waybill_number = 'SF3'")
  await api.rows(
    `insert into courier_subscription (parcel_id, number, source, state, detail) values ($1, 1, 'kuaidi100', 'refused', '600')`,
    [parcelId],
  )
  const all = await parcels('sf')
  expect(all.map((each) => each.waybillNumber)).toEqual(['SF2', 'SF1'])
  expect(all).toMatchObject([
    { orderId, subscription: null },
    { subscription: { state: 'refused', detail: '600' } },
  ])
  const first = followedParcelPage.parse(await get('/v1/couriers/sf/parcels?limit=1&sort=oldest'))
  const rest = followedParcelPage.parse(
    await get(`/v1/couriers/sf/parcels?limit=1&sort=oldest&cursor=${first.nextCursor}`),
  )
  expect([...first.items, ...rest.items]).toEqual(all.toReversed())
  expect(await parcels('local', 'standing=silent')).toMatchObject([{ standings: ['overdue', 'silent'] }])
  expect(await parcels('local', 'standing=failing')).toEqual([])
  // Whose order has ended nobody follows.
  await api.rows("update orders set closed_at = now(), status = 'cancelled' where id = $1", [orderId])
  expect((await parcels('sf')).map((each) => each.waybillNumber)).toEqual(['SF1'])
  for (const bad of ['standing=lost', 'sort=best', 'cursor=x', `cursor=${first.nextCursor}`])
    expect([bad, (await api.as('ops', { url: `/v1/couriers/sf/parcels?${bad}` })).statusCode]).toEqual([
      bad,
      400,
    ])
})

test('pushes are found by state and waybill, read or not, without what they say of people', async () => {
  const { orderId } = await send('yto', 'YT9')
  await push('YT9')
  await push('YT-NOBODY')
  const { db } = api.database
  await readNextPush(db, async () => ({ outcome: 'read', orderId }))
  await readNextPush(db, async () => ({ outcome: 'unknown', detail: 'no parcel has the number YT-NOBODY' }))
  await push('YT9')
  const all = await api.as('ops', { url: '/v1/courier-sources/kuaidi100/messages' })
  expect(all.body).not.toContain(RECEIVER)
  const { items } = courierMessagePage.parse(all.json())
  expect(items.map(({ waybillNumber, state, canReplay }) => [waybillNumber, state, canReplay])).toEqual([
    ['YT9', 'unread', false],
    ['YT-NOBODY', 'set_aside', true],
    ['YT9', 'read', false],
  ])
  expect(items[2]).toMatchObject({ orderId, nextAttemptAt: null })
  expect((await messages('waybillNumber=YT9&sort=oldest')).items).toEqual([items[2], items[0]])
  expect((await messages('state=set_aside')).items).toEqual([items[1]])
  const first = await messages('limit=2')
  expect((await messages(`limit=2&cursor=${first.nextCursor}`)).items).toEqual([items[2]])
  expect((await courier('yto')).push).toMatchObject({ state: 'connected', waiting: 1, setAside: 1 })
  expect((await api.as('ops', { url: '/v1/courier-sources/gateway/messages' })).statusCode).toBe(400)
})

test('a push that was set aside is read once more by whoever asks, which is on record; others are not', async () => {
  const [aside] = (await messages('state=set_aside')).items
  expect((await replay(aside?.messageId, 'finance')).statusCode).toBe(403)
  expect((await replay(aside?.messageId)).statusCode).toBe(204)
  const waiting = (await messages('waybillNumber=YT-NOBODY')).items
  expect(waiting).toMatchObject([{ state: 'unread', attempts: 0, settledAt: null, canReplay: false }])
  expect(
    await api.rows("select actor, new_value from audit_entry where action = 'courier_message.replayed'"),
  ).toEqual([{ actor: 'admin', new_value: { messageId: aside?.messageId } }])
  const [read] = (await messages('state=read')).items
  const refused = await replay(read?.messageId)
  expect([refused.statusCode, refused.json().code]).toEqual([409, 'courier-message-not-replayable'])
  expect((await replay('999999999')).statusCode).toBe(404)
  expect((await replay('x')).statusCode).toBe(400)
})

test('of a push whose text is no longer kept there is nothing to read once more', async () => {
  await push('YT-OLD')
  await readNextPush(api.database.db, async () => ({ outcome: 'unknown', detail: 'no parcel' }))
  await readNextPush(api.database.db, async () => ({ outcome: 'unknown', detail: 'no parcel' }))
  await readNextPush(api.database.db, async () => ({ outcome: 'unknown', detail: 'no parcel' }))
  const [old] = (await messages('waybillNumber=YT-OLD')).items
  await api.rows('delete from inbox_body where inbox_id = $1', [old?.messageId])
  expect((await messages('waybillNumber=YT-OLD')).items).toMatchObject([
    { state: 'set_aside', waybillNumber: 'YT-OLD', canReplay: false },
  ])
  expect((await replay(old?.messageId)).statusCode).toBe(409)
})
