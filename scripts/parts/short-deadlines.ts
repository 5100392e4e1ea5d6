import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { HubClient } from './hub-client.ts'

/** How long things take in the life of an order. */
export type Deadlines = {
  reservation: PolicyDocument<'reservation'>
  'order-life': PolicyDocument<'order-life'>
}

const holdFor = (holdTtlSeconds: number) => ({ ...POLICIES.reservation.initial, holdTtlSeconds })

/** A whole life in less than a minute. */
export const demoLife: Deadlines = {
  reservation: holdFor(15),
  'order-life': { trackingIntervalSeconds: 2, afterSalesWindowSeconds: 25, latePaymentWindowSeconds: 20 },
}
/** Long enough for a return to be asked for in a hub that is busy, short enough to wait for its end. */
export const replayLife: Deadlines = {
  reservation: holdFor(15 * 60),
  'order-life': { trackingIntervalSeconds: 2, afterSalesWindowSeconds: 60, latePaymentWindowSeconds: 60 },
}
/** For orders of which nothing comes back. */
export const replayLifeWithoutReturns: Deadlines = {
  ...replayLife,
  'order-life': { ...replayLife['order-life'], afterSalesWindowSeconds: 5 },
}
/** What holds where nobody has published anything. */
const usualLife: Deadlines = {
  reservation: POLICIES.reservation.initial,
  'order-life': POLICIES['order-life'].initial,
}
/** Whoever presses Ctrl-C does not wait long for this. */
const restoreWithinMs = 3_000
const pathOf = (kind: keyof Deadlines) => `/v1/policies/${kind}`

/**
 * Publishes short deadlines for the orders placed from now on. Returns what puts back those that held before, if the
 * hub is still there.
 */
export async function shortenDeadlines(
  client: HubClient,
  life: Deadlines,
  reason: string,
): Promise<(client: HubClient) => Promise<boolean>> {
  const current: Deadlines = {
    reservation: await read(client, 'reservation'),
    'order-life': await read(client, 'order-life'),
  }
  // One that was killed has left its own behind.
  const isLeftover = [demoLife, replayLife, replayLifeWithoutReturns].some((known) =>
    isDeepStrictEqual(current, known),
  )
  const before = isLeftover ? usualLife : current
  await publish(client, life, reason)
  return (client) =>
    publish(client, before, `over: ${reason}`, AbortSignal.timeout(restoreWithinMs)).then(
      () => true,
      () => false,
    )
}

async function read<Kind extends keyof Deadlines>(
  client: HubClient,
  kind: Kind,
): Promise<PolicyDocument<Kind>> {
  const answer = z.object({ document: POLICIES[kind].schema })
  return (await client.send({ as: 'ops', method: 'GET', path: pathOf(kind), answer })).document
}

async function publish(
  client: HubClient,
  deadlines: Deadlines,
  reason: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const kind of ['reservation', 'order-life'] as const) {
    const body = { document: deadlines[kind], reason }
    const answer = z.object({ version: z.int() })
    await client.send({
      as: 'ops',
      method: 'PUT',
      path: pathOf(kind),
      body,
      answer,
      ...(signal ? { signal } : {}),
    })
  }
}
