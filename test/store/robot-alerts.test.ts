import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGroupRobot } from '../../connectors/wecom/robot.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { RobotAlerts } from '../../workers/robot-alerts.ts'
import { CALM, WECOM, WECOM_SECRET, wecomControl } from '../support/wecom.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let simulator: Simulator
beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET })
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})
beforeEach(async () => {
  await sql`update delivery set state = 'withdrawn', settled_at = now() where state = 'pending'`.execute(
    store.db,
  )
  await nextTurn()
})
afterEach(() => simulator.mischief('wecom', CALM))

const alertsWith = (key = WECOM.robotKey) =>
  new RobotAlerts({
    db: store.db,
    robot: createGroupRobot({ gatewayUrl: `${simulator.url}/wecom`, key }),
    logger: pino({ level: 'silent' }),
  })
const said = async () => (await wecomControl(simulator.url).state()).said.map(({ content }) => content)
/** As if the time to the robot's next turn had passed. */
const nextTurn = () => sql`update wecom_turn set next_at = clock_timestamp()`.execute(store.db)
const nowDue = () =>
  sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(store.db)

async function queue(count: number, skuName = '龙井茶'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuid())
  for (const id of ids) {
    const payload = {
      skuId: `SKU-${id}`,
      skuName,
      warehouseName: '杭州仓',
      available: 0,
      threshold: 5,
      level: 'out',
    }
    await store.db
      .insertInto('delivery')
      .values({
        id,
        kind: 'stock_alert',
        target: 'wecom',
        operation_id: id,
        order_key: `stock-alert/${id}/WH-HZ`,
        payload: JSON.stringify(payload),
      })
      .execute()
  }
  return ids
}
const statesOf = async (ids: string[]) => {
  const rows = await store.db.selectFrom('delivery').select('state').where('id', 'in', ids).execute()
  return Object.fromEntries(
    [...new Set(rows.map(({ state }) => state))].map((state) => [
      state,
      rows.filter((row) => row.state === state).length,
    ]),
  )
}
const items = () =>
  store.db
    .selectFrom('work_item')
    .select(['key', 'state', 'occurrences'])
    .where('kind', '=', 'wecom_refused')
    .execute()

test('alerts that are due together are one message; the next one waits for its turn', async () => {
  const before = (await said()).length
  const ids = await queue(20)
  const alerts = alertsWith()
  expect(await alerts.runOnce()).toBe(16)
  expect(await alerts.runOnce()).toBe(0)
  expect(await statesOf(ids)).toEqual({ delivered: 16, pending: 4 })
  await nextTurn()
  expect(await alerts.runOnce()).toBe(4)
  expect(await statesOf(ids)).toEqual({ delivered: 20 })
  const messages = (await said()).slice(before)
  expect(messages.map((text) => text.split('\n')[0])).toEqual(['**库存预警** 16 项', '**库存预警** 4 项'])
  for (const id of ids) expect(messages.filter((text) => text.includes(`SKU-${id}`))).toHaveLength(1)
})

test('ten processes at once still speak once a turn, and nothing is said twice', async () => {
  const before = (await said()).length
  const ids = await queue(3)
  await Promise.all(Array.from({ length: 10 }, () => alertsWith().runOnce()))
  expect((await said()).length).toBe(before + 1)
  expect(await statesOf(ids)).toEqual({ delivered: 3 })
})

test('between two messages there are three seconds at least, so that there are never twenty in a minute', async () => {
  await queue(1)
  const { rows: before } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(store.db)
  expect(await alertsWith().runOnce()).toBe(1)
  const { rows } = await sql<{ gap: number }>`
    select extract(epoch from next_at - ${before[0]?.now}::timestamptz)::float as gap from wecom_turn
    where recipient = 'robot'`.execute(store.db)
  expect(rows[0]?.gap).toBeGreaterThan(3)
})

test('where nothing is due the robot’s turn is left alone: the first alert is told at once', async () => {
  const alerts = alertsWith()
  expect(await alerts.runOnce()).toBe(0)
  const ids = await queue(1)
  expect(await alerts.runOnce()).toBe(1)
  expect(await statesOf(ids)).toEqual({ delivered: 1 })
})

test('a message whose answer was lost is said again and says so; an outage loses none', async () => {
  const ids = await queue(2)
  for (const fate of ['gatewayTimeout', 'cutAfterEffect'] as const) {
    simulator.mischief('wecom', { ...CALM, [fate]: 1 })
    expect(await alertsWith().runOnce()).toBe(2)
    expect(await statesOf(ids)).toEqual({ pending: 2 })
    await nextTurn()
    await nowDue()
  }
  simulator.mischief('wecom', CALM)
  await alertsWith().runOnce()
  expect(await statesOf(ids)).toEqual({ delivered: 2 })
  expect((await said()).at(-1)).toContain('（重发）')
  expect((await said()).at(-2)).toContain(`SKU-${ids[0]}`)
})

test('a robot that asks for patience is left alone for a minute', async () => {
  const ids = await queue(1)
  simulator.mischief('wecom', { rateLimited: 1 })
  await alertsWith().runOnce()
  const { rows } = await sql<{ wait: number }>`
    select extract(epoch from next_attempt_at - clock_timestamp())::float as wait from delivery where id = ${ids[0]}`.execute(
    store.db,
  )
  expect(rows[0]?.wait).toBeGreaterThan(50)
  expect(await items()).toEqual([])
})

test('a robot that refuses is one work item however many alerts wait, and it closes itself', async () => {
  const ids = await queue(5)
  for (let round = 0; round < 2; round += 1) {
    await alertsWith('wrong').runOnce()
    await nextTurn()
    await nowDue()
  }
  expect(await statesOf(ids)).toEqual({ pending: 5 })
  expect(await items()).toEqual([{ key: 'robot', state: 'open', occurrences: 2 }])
  await alertsWith().runOnce()
  expect(await statesOf(ids)).toEqual({ delivered: 5 })
  expect(await items()).toEqual([{ key: 'robot', state: 'resolved', occurrences: 2 }])
})

test('what a reconciliation has found is told in the same message as the stock that runs out', async () => {
  const [stock] = await queue(1)
  const id = uuid()
  const payload = {
    ...{ counterpart: 'finance', from: '2026-11-01', to: '2026-11-14', differences: 12, opened: 3 },
    ...{ amountCents: 123_400, largestCents: 50_000, runId: id },
  }
  await store.db
    .insertInto('delivery')
    .values({
      ...{ id, kind: 'reconciliation_alert', target: 'wecom', operation_id: `reconciliation/${id}` },
      ...{ order_key: 'reconciliation/finance', payload: JSON.stringify(payload) },
    })
    .execute()
  expect(await alertsWith().runOnce()).toBe(2)
  expect(await statesOf([stock ?? '', id])).toEqual({ delivered: 2 })
  const last = (await said()).at(-1)
  expect(last).toContain('**库存预警** 1 项')
  expect(last).toContain(
    '**对账差异**\n> 财务 2026-11-01 至 2026-11-14：未结 12 项（新增 3），共 ¥1234.00，最大 ¥500.00',
  )
})
