import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshHealth } from '../../store/health-refresh.ts'
import { targetsOf } from '../store/health-support.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.close())

test('an order that lived through the hub is measured by what its workflow, warehouse and courier wrote', async () => {
  const order = await hub.placeOrder()
  await hub.pay(order, order.amountCents, randomUUID())
  const tasks = await hub.untilTasks(order.orderId)
  for (const task of tasks) hub.scans(await hub.pack(task.id), ['in_transit', 'delivered'])
  await hub.untilStatus(order.orderId, 'delivered')
  const outcomes = () =>
    hub.db
      .selectFrom('health_outcome')
      .select(['component', 'warehouse_id', 'measured', 'missed'])
      .where('source_id', '=', order.orderId)
      .orderBy('component')
      .execute()
  const found = await hub.until('the order to be measured', async () => {
    while (!(await refreshHealth(hub.db, { now: new Date(), targets: targetsOf() })).isDone);
    const rows = await outcomes()
    return rows.length >= 2 + tasks.length ? rows : null
  })
  const measured = { measured: 1, missed: 0 }
  expect(found).toEqual([
    { component: 'complaintRate', warehouse_id: '', ...measured },
    ...tasks.map(({ warehouse_id }) => ({ component: 'onTimeFulfilment', warehouse_id, ...measured })),
    { component: 'syncTimeliness', warehouse_id: '', ...measured },
  ])
})
