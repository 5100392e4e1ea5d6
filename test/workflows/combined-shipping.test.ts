import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
  await publishPolicy(hub.db, {
    kind: 'combined-shipping',
    document: POLICIES['combined-shipping'].schema.parse({ combine: true }),
    author: 'test',
    reason: 'test',
  })
})
afterAll(() => hub.close())

test('two orders of one buyer live their own lives with one parcel: packed, followed and delivered together', async () => {
  const orders = [await hub.placeOrder(), await hub.placeOrder()]
  const taskIds: string[] = []
  for (const order of orders) {
    await hub.pay(order)
    const [task] = await hub.untilTasks(order.orderId)
    taskIds.push(task?.id ?? '')
  }
  await hub.until('the PDAs to be told', async () => {
    const { pdaMessages } = hub.simulator.effects()
    return taskIds.every((id) =>
      pdaMessages.some((message) => message.pickTaskId === id && message.combinedWith !== undefined),
    )
  })
  await hub.until('the deliveries to be marked', async () => {
    const open = await hub.db.selectFrom('delivery').select('id').where('state', '=', 'pending').execute()
    return open.length === 0
  })
  const waybillNumber = await hub.pack(taskIds[1] ?? '')
  for (const order of orders) await hub.untilStatus(order.orderId, 'shipped')
  hub.scans(waybillNumber, ['in_transit', 'delivered'])
  for (const order of orders) await hub.untilStatus(order.orderId, 'delivered')
  for (const order of orders) {
    await hub.untilClosed(order.orderId)
    expect(await hub.log(order.orderId)).toEqual(
      expect.arrayContaining(['shipped', 'delivered', 'completed']),
    )
    expect(await hub.workItems(order.orderId)).toEqual([])
  }
})
