import { z } from 'zod'
import { type OrderLifePolicy, orderLifePolicy } from '../../contracts/facts.ts'
import type { HubClient } from './hub-client.ts'

/** A whole life in less than a minute. */
export const demoLife: OrderLifePolicy = {
  reservationTtlSeconds: 15,
  trackingIntervalSeconds: 2,
  afterSalesWindowSeconds: 25,
  latePaymentWindowSeconds: 20,
}
/** Long enough for a return to be asked for in a hub that is busy, short enough to wait for its end. */
export const replayLife: OrderLifePolicy = {
  reservationTtlSeconds: 15 * 60,
  trackingIntervalSeconds: 2,
  afterSalesWindowSeconds: 60,
  latePaymentWindowSeconds: 60,
}
/** For orders of which nothing comes back. */
export const replayLifeWithoutReturns: OrderLifePolicy = { ...replayLife, afterSalesWindowSeconds: 5 }
/** What holds where nobody has published anything. */
const usualLife: OrderLifePolicy = {
  reservationTtlSeconds: 15 * 60,
  trackingIntervalSeconds: 5 * 60,
  afterSalesWindowSeconds: 7 * 86_400,
  latePaymentWindowSeconds: 2 * 3_600,
}
/** Whoever presses Ctrl-C does not wait long for this. */
const restoreWithinMs = 3_000
const path = '/v1/policies/order-life'
const answer = z.object({ document: orderLifePolicy })

/**
 * Publishes short deadlines for the orders placed from now on. Returns what puts back those that held before, if the
 * hub is still there.
 */
export async function shortenDeadlines(
  client: HubClient,
  life: OrderLifePolicy,
  reason: string,
): Promise<(client: HubClient) => Promise<boolean>> {
  const { document: current } = await client.send({ as: 'ops', method: 'GET', path, answer })
  // One that was killed has left its own behind.
  const isLeftover = [demoLife, replayLife, replayLifeWithoutReturns].some((known) => isSame(current, known))
  const before = isLeftover ? usualLife : current
  await publish(client, life, reason)
  return (client) =>
    publish(client, before, `over: ${reason}`, AbortSignal.timeout(restoreWithinMs)).then(
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
