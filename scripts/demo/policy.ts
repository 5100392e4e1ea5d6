import { z } from 'zod'
import { type OrderLifePolicy, orderLifePolicy } from '../../contracts/facts.ts'
import type { HubClient } from '../replay/hub-client.ts'

/** A whole life in less than a minute. */
const demoPolicy: OrderLifePolicy = {
  reservationTtlSeconds: 15,
  trackingIntervalSeconds: 2,
  afterSalesWindowSeconds: 25,
  latePaymentWindowSeconds: 20,
}
/** What holds where nobody has published anything; a demo that was killed has left its own behind. */
const usualPolicy: OrderLifePolicy = {
  reservationTtlSeconds: 15 * 60,
  trackingIntervalSeconds: 5 * 60,
  afterSalesWindowSeconds: 7 * 86_400,
  latePaymentWindowSeconds: 2 * 3_600,
}
/** Whoever presses Ctrl-C does not wait long for this. */
const restoreWithinMs = 3_000
const path = '/v1/policies/order-life'
const answer = z.object({ document: orderLifePolicy })

/** Publishes the demo's short deadlines. Returns what puts back those that held before, if the hub is still there. */
export async function shortenDeadlines(client: HubClient): Promise<(client: HubClient) => Promise<boolean>> {
  const { document: current } = await client.send({ as: 'ops', method: 'GET', path, answer })
  const before = isSame(current, demoPolicy) ? usualPolicy : current
  await publish(client, demoPolicy, 'demo: a whole life within a minute')
  return (client) =>
    publish(client, before, 'the demo is over', AbortSignal.timeout(restoreWithinMs)).then(
      () => true,
      () => false,
    )
}

async function publish(
  client: HubClient,
  document: OrderLifePolicy,
  reason: string,
  signal?: AbortSignal,
): Promise<void> {
  const body = { document, reason }
  await client.send({ as: 'ops', method: 'PUT', path, body, answer, ...(signal ? { signal } : {}) })
}

function isSame(one: OrderLifePolicy, other: OrderLifePolicy): boolean {
  return (
    one.reservationTtlSeconds === other.reservationTtlSeconds &&
    one.trackingIntervalSeconds === other.trackingIntervalSeconds &&
    one.afterSalesWindowSeconds === other.afterSalesWindowSeconds &&
    one.latePaymentWindowSeconds === other.latePaymentWindowSeconds
  )
}
