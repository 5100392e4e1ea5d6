import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { v7 as uuid } from 'uuid'
import { placedOrder } from '../../contracts/orders.ts'
import { createApiKey } from '../../store/identity.ts'
import { orderBody } from '../catalogue.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { percentile } from '../statistics.ts'

const ORDERS = 300
const WARM_UP = 20
/** A modest rate: ten orders a second, far below what the machine can do. */
const EVERY_MS = 100
const SETTLE_MS = 2_000

/**
 * Places orders over HTTP and compares the moment at which the 201 was here with the moment that Temporal notes as the
 * start of the order's workflow. In between each two orders a plain start is timed for comparison.
 */
export async function measureStartLatency(stage: Stage): Promise<Figure[]> {
  const { client, db } = await stage.hub()
  const { life } = await stage.reference()
  const { url } = await stage.api()
  const { secret } = await createApiKey(db, { name: `bench-${uuid()}`, system: 'mall', storeIds: [] })
  const placed: { workflowId: string; answeredAtMs: number }[] = []
  const plainStarts: number[] = []
  for (let index = 0; index < ORDERS + WARM_UP; index += 1) {
    const next = delay(EVERY_MS, undefined, { signal: stage.signal })
    const order = await placeOverHttp(url, secret)
    await delay(EVERY_MS / 2, undefined, { signal: stage.signal })
    const plain = await life.startNothing()
    if (index >= WARM_UP) {
      placed.push(order)
      plainStarts.push(plain)
    }
    await next
  }
  await delay(SETTLE_MS, undefined, { signal: stage.signal })
  const latencies: number[] = []
  for (const order of placed)
    latencies.push((await startedAtMs(client, order.workflowId)) - order.answeredAtMs)
  stage.check()
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([name, share]) => ({
    name: `start-latency-${name}`,
    value: percentile(latencies, share),
    unit: 'ms',
    baseline: percentile(plainStarts, share),
    against: 'plain start of a workflow',
  }))
}

async function placeOverHttp(
  url: string,
  secret: string,
): Promise<{ workflowId: string; answeredAtMs: number }> {
  const response = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'idempotency-key': uuid(),
    },
    body: JSON.stringify(orderBody()),
  })
  const answeredAtMs = performance.timeOrigin + performance.now()
  const text = await response.text()
  if (response.status !== 201) throw new Error(`an order was answered with ${response.status}: ${text}`)
  return { workflowId: placedOrder.parse(JSON.parse(text)).workflowId, answeredAtMs }
}

/** To the microsecond, which the client's own date has no room for. */
async function startedAtMs(client: Client, workflowId: string): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const startedAt = raw.workflowExecutionInfo?.startTime
  if (!startedAt) throw new Error(`${workflowId} has not started`)
  return Number(startedAt.seconds) * 1_000 + (startedAt.nanos ?? 0) / 1_000_000
}
