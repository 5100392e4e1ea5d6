import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

let hub: TestHub
beforeAll(async () => {
  // As nobody has changed it: longer than any pause between tries of another activity.
  const { trackingIntervalSeconds } = POLICIES['order-life'].initial
  hub = await startTestHub({ life: { trackingIntervalSeconds } })
})
afterAll(() => hub.close())

test('with the interval that nobody has changed, a courier is asked once and then waited for', async () => {
  const order = await hub.placeOrder()
  await hub.pay(order, order.amountCents, randomUUID())
  const [task] = await hub.untilTasks(order.orderId)
  await hub.pack(task?.id ?? '')
  await hub.untilStatus(order.orderId, 'shipped')
  const tracked = await hub.until('the courier to be asked', async () => {
    const { events } = await hub.history(order.orderId)
    return events?.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'trackParcel',
    )
  })
  expect(tracked.length).toBeLessThanOrEqual(1)
  await hub.until('the courier to have been asked', async () => {
    const parcels = await hub.db
      .selectFrom('parcel')
      .select('last_polled_at')
      .where('order_id', '=', order.orderId)
      .execute()
    return parcels[0]?.last_polled_at
  })
  expect(await hub.workItems(order.orderId)).toEqual([])
})
