import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KUAIDI100_ACCEPTED, receiveKuaidi100 } from '../../connectors/couriers/kuaidi100/receive.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { listen } from '../../simulator/http.ts'
import { keepCourierPush } from '../../store/courier-pushes.ts'
import { orderWorkflowId } from '../../workflows/messages.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, TEST_SALT_KEY, type TestHub } from '../support/hub.ts'

/** Paid and packed for a courier. */
async function packed(hub: TestHub, courier?: string) {
  const order = await hub.placeOrder()
  await hub.pay(order, order.amountCents, randomUUID())
  const [task] = await hub.untilTasks(order.orderId)
  const waybillNumber = await hub.pack(task?.id ?? '', courier)
  await hub.untilStatus(order.orderId, 'shipped')
  return { orderId: order.orderId, parcelId: `${task?.id}-P1`, waybillNumber }
}
const parcelOf = (hub: TestHub, parcelId: string) =>
  hub.db.selectFrom('parcel').selectAll().where('id', '=', parcelId).executeTakeFirstOrThrow()
const untilAsked = (hub: TestHub, parcelId: string) =>
  hub.until('the courier to have been asked', async () => (await parcelOf(hub, parcelId)).last_polled_at)

describe('with the interval that nobody has changed', () => {
  let hub: TestHub
  let server: Server
  let pushes = 0
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', async () => response.end(await hear(Buffer.concat(chunks))))
    })
    const port = await listen(server, '127.0.0.1', 0)
    // As nobody has changed it: longer than any pause between tries of another activity.
    const { trackingIntervalSeconds } = POLICIES['order-life'].initial
    const courierCallbackUrl = `http://127.0.0.1:${port}/push`
    hub = await startTestHub({ life: { trackingIntervalSeconds }, courierCallbackUrl })
  })
  afterAll(async () => {
    await hub.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  /** What the API does with a push. */
  async function hear(body: Buffer): Promise<string> {
    const push = receiveKuaidi100(body, [TEST_SALT_KEY])
    if (push.outcome === 'refused') return push.reason
    const { messageId, waybillNumber, param } = push
    const kept = { source: 'kuaidi100', messageId, waybillNumber, param, receivedAt: new Date() }
    await hub.inTransaction((tx) => keepCourierPush(tx, { ...kept, traceParent: null }))
    pushes += 1
    return KUAIDI100_ACCEPTED
  }

  test('a courier is asked once and then waited for', async () => {
    const { orderId, parcelId } = await packed(hub)
    const tracked = await hub.until('the courier to be asked', async () => {
      const { events } = await hub.history(orderId)
      return events?.filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'trackParcel',
      )
    })
    expect(tracked.length).toBeLessThanOrEqual(1)
    await untilAsked(hub, parcelId)
    expect(await hub.workItems(orderId)).toEqual([])
  })

  test('a parcel that is pushed is delivered and its order closed without waiting for a poll, and without asking', async () => {
    const { orderId, parcelId, waybillNumber } = await packed(hub, 'yto')
    await hub.until('the parcel to be subscribed', async () =>
      hub.db
        .selectFrom('courier_subscription')
        .select('state')
        .where('parcel_id', '=', parcelId)
        .where('state', '=', 'active')
        .executeTakeFirst(),
    )
    hub.scans(waybillNumber, ['in_transit'])
    await hub.untilStatus(orderId, 'in_transit')
    hub.scans(waybillNumber, ['in_transit', 'delivered'])
    await hub.untilStatus(orderId, 'delivered')
    await hub.untilClosed(orderId)
    expect(pushes).toBeGreaterThanOrEqual(2)
    expect(await hub.log(orderId)).toEqual([
      'reserved',
      'paid',
      'shipped',
      'in_transit',
      'delivered',
      'completed',
    ])
    expect(await parcelOf(hub, parcelId)).toMatchObject({ last_polled_at: null, consecutive_failures: 0 })
    const { events = [] } = await hub.history(orderId)
    expect(
      events?.filter((event) => event.activityTaskCancelRequestedEventAttributes).length,
    ).toBeGreaterThanOrEqual(1)
    expect(await hub.workItems(orderId)).toEqual([])
    await keepHistory(hub, orderId, 'parcel-pushed')
  })

  test('a poll that waits is cancelled by a push that decides', async () => {
    const { orderId, parcelId, waybillNumber } = await packed(hub)
    await untilAsked(hub, parcelId)
    const param = JSON.stringify({
      status: 'shutdown',
      lastResult: {
        nu: waybillNumber,
        com: 'yuantong',
        state: '3',
        data: [{ ftime: '2026-11-11 09:00:00', context: '已签收' }],
      },
    })
    await hub.inTransaction((tx) =>
      keepCourierPush(tx, {
        source: 'kuaidi100',
        messageId: randomUUID(),
        waybillNumber,
        param,
        receivedAt: new Date(),
        traceParent: null,
      }),
    )
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('completed')
    // The workflow itself waits for nothing any more, least of all for a poll in five minutes.
    await hub.until('the workflow to end', async () => {
      const { status } = await hub.client.workflow.getHandle(orderWorkflowId(orderId)).describe()
      return status.name === 'COMPLETED'
    })
  })

  test('SF’s parcels are asked about at SF', async () => {
    const { parcelId, orderId } = await packed(hub, 'sf')
    await untilAsked(hub, parcelId)
    expect(await parcelOf(hub, parcelId)).toMatchObject({ consecutive_failures: 0 })
    expect(await hub.workItems(orderId)).toEqual([])
  })
})

describe('with short intervals', () => {
  let hub: TestHub
  beforeAll(async () => {
    hub = await startTestHub({ life: { parcelSilenceSeconds: 0.5 } })
  })
  afterAll(() => hub.close())

  test('a silent parcel is told of once and followed on; the next scan closes the item and the order goes its way', async () => {
    const { orderId, parcelId, waybillNumber } = await packed(hub)
    const itemsOfParcel = () =>
      hub.db
        .selectFrom('work_item')
        .select(['kind', 'state', 'occurrences'])
        .where('order_id', '=', orderId)
        .where('key', '=', parcelId)
        .execute()
    await hub.until('the item', async () => (await itemsOfParcel()).length > 0)
    const askedAt = (await parcelOf(hub, parcelId)).last_polled_at?.getTime() ?? 0
    await hub.until('two more polls', async () => {
      const { last_polled_at } = await parcelOf(hub, parcelId)
      return last_polled_at !== null && last_polled_at.getTime() > askedAt + 400
    })
    expect(await itemsOfParcel()).toEqual([{ kind: 'parcel_stuck', state: 'open', occurrences: 1 }])
    expect((await hub.state(orderId)).needsAttention).toBe(true)
    hub.scans(waybillNumber, ['in_transit', 'delivered'])
    await hub.untilClosed(orderId)
    expect(await itemsOfParcel()).toEqual([{ kind: 'parcel_stuck', state: 'resolved', occurrences: 1 }])
    expect((await hub.row(orderId)).status).toBe('completed')
    await keepHistory(hub, orderId, 'parcel-silent')
  })

  test('a refused parcel counts as coming back, and is delivered if it is after all', async () => {
    const { orderId, waybillNumber } = await packed(hub)
    hub.scans(waybillNumber, ['in_transit', 'refused'])
    await hub.untilStatus(orderId, 'returning')
    expect((await hub.state(orderId)).returns).toMatchObject([{ state: 'approved' }])
    hub.scans(waybillNumber, ['in_transit', 'refused', 'delivered'])
    await hub.untilStatus(orderId, 'delivered')
    expect((await hub.state(orderId)).returns).toMatchObject([{ state: 'rejected' }])
    await hub.untilClosed(orderId)
    expect(await hub.refunds(orderId)).toEqual([])
    await keepHistory(hub, orderId, 'parcel-refused-then-delivered')
  })
})
