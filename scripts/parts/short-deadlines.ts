import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { HubClient } from './hub-client.ts'
import { type Print, print } from './progress.ts'

/** How long things take in the life of an order, and whether one waits for another. */
export type Deadlines = {
  reservation: PolicyDocument<'reservation'>
  'order-life': PolicyDocument<'order-life'>
  'combined-shipping': PolicyDocument<'combined-shipping'>
}

const holdFor = (holdTtlSeconds: number) => ({ ...POLICIES.reservation.initial, holdTtlSeconds })

const { parcelSilenceSeconds } = POLICIES['order-life'].initial

/** A whole life in less than a minute. */
export const demoLife: Deadlines = {
  reservation: holdFor(15),
  'order-life': {
    trackingIntervalSeconds: 2,
    afterSalesWindowSeconds: 25,
    latePaymentWindowSeconds: 20,
    parcelSilenceSeconds,
  },
  // Long enough for who buys a second time at once.
  'combined-shipping': { ...POLICIES['combined-shipping'].initial, combine: true, waitSeconds: 3 },
}
/** Long enough for a return to be asked for in a hub that is busy, short enough to wait for its end. */
export const replayLife: Deadlines = {
  reservation: holdFor(15 * 60),
  'order-life': {
    trackingIntervalSeconds: 2,
    afterSalesWindowSeconds: 60,
    latePaymentWindowSeconds: 60,
    parcelSilenceSeconds,
  },
  'combined-shipping': POLICIES['combined-shipping'].initial,
}
/** For orders of which nothing comes back. */
export const replayLifeWithoutReturns: Deadlines = {
  ...replayLife,
  'order-life': { ...replayLife['order-life'], afterSalesWindowSeconds: 5 },
}
/** Whoever presses Ctrl-C does not wait long for this. */
const restoreWithinMs = 3_000
const kinds = ['reservation', 'order-life', 'combined-shipping'] as const
const pathOf = (kind: keyof Deadlines) => `/v1/policies/${kind}`

/** What was published, and what held before: kept on disk, because whoever is killed takes nothing back. */
const memory = z.object({ before: deadlinesSchema(), life: deadlinesSchema() })
type Memory = z.output<typeof memory>
const fileOf = (dataDir: string) => join(dataDir, 'short-deadlines.json')

function deadlinesSchema() {
  return z.object({
    reservation: POLICIES.reservation.schema,
    'order-life': POLICIES['order-life'].schema,
    'combined-shipping': POLICIES['combined-shipping'].schema,
  })
}

/**
 * Publishes short deadlines for the orders placed from now on. Returns what puts back those that held before, if the
 * hub is still there; if not, the next start does it.
 */
export async function shortenDeadlines(
  client: HubClient,
  dataDir: string,
  life: Deadlines,
  reason: string,
): Promise<(client: HubClient) => Promise<boolean>> {
  const before = await lastingDeadlines(client, recall(dataDir))
  // First, because we may be killed between the two.
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(fileOf(dataDir), JSON.stringify({ before, life } satisfies Memory))
  await publish(client, life, reason)
  return async (client) => {
    try {
      await publish(client, before, `over: ${reason}`, AbortSignal.timeout(restoreWithinMs))
    } catch {
      return false // the hub is gone, or does not answer in time
    }
    forget(dataDir)
    return true
  }
}

/** Takes back what a demo or replay that was killed has left published; what somebody changed since then stays. */
export async function restoreLeftDeadlines(
  client: HubClient,
  dataDir: string,
  out: Print = print,
): Promise<void> {
  const left = recall(dataDir)
  if (left) {
    await publish(
      client,
      await lastingDeadlines(client, left),
      'left behind by a demo or replay that was killed',
    )
    out('The short deadlines of a demo or replay that was killed are taken back.')
  }
  forget(dataDir)
}

/** What holds apart from what was left behind. */
async function lastingDeadlines(client: HubClient, left: Memory | undefined): Promise<Deadlines> {
  const current: Deadlines = {
    reservation: await read(client, 'reservation'),
    'order-life': await read(client, 'order-life'),
    'combined-shipping': await read(client, 'combined-shipping'),
  }
  if (!left) return current
  const isLeft = (kind: keyof Deadlines) => isDeepStrictEqual(current[kind], left.life[kind])
  return {
    reservation: (isLeft('reservation') ? left.before : current).reservation,
    'order-life': (isLeft('order-life') ? left.before : current)['order-life'],
    'combined-shipping': (isLeft('combined-shipping') ? left.before : current)['combined-shipping'],
  }
}

function recall(dataDir: string): Memory | undefined {
  try {
    return memory.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')))
  } catch {
    return undefined // nothing was left, or it was half-written, before anything was published
  }
}

function forget(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true })
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
  for (const kind of kinds) {
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
