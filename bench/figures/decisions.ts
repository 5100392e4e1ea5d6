import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import { placedOrder } from '../../contracts/orders.ts'
import type { Role } from '../../domain/role.ts'
import { applyChangeEvent, submitChange } from '../../store/change-requests.ts'
import { checkout } from '../../store/checkout.ts'
import type { Db } from '../../store/database.ts'
import { createApiKey, upsertAccount } from '../../store/identity.ts'
import type { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import { orderBody, takeStatistics } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median, percentile } from '../statistics.ts'

const CALLERS = 16
const ROUNDS = 3
/** A request is decided once: so many are made for each round. */
const DECISIONS = 400
const LOOP = { concurrency: CALLERS, warmUpMs: 1_000, windowMs: 3_000 }
const PASSWORD = uuid()

/** Decisions over HTTP on requests that are open, and the same calls to a route that does nothing, in turns. */
export async function measureDecisions(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const hub = await stage.checkoutApi()
  const bare = await stage.bareApi()
  const keyRing = stage.keyRing()
  const cookie = await signIn(hub.db, hub.url, 'team_lead')
  const rates: { hub: number[]; bare: number[] } = { hub: [], bare: [] }
  for (let round = 0; round <= ROUNDS; round += 1) {
    const open: string[] = []
    await inParallel(DECISIONS, async () => open.push(await openRequest(hub.db, keyRing)))
    if (round === 0) await takeStatistics(hub.ownerUrl)
    const startedAtMs = performance.now()
    await withPool(hub.url, (pool) =>
      inParallel(DECISIONS, async () => decide(pool, cookie, open.pop() ?? '', 2)),
    )
    const perSecond = (DECISIONS * 1_000) / (performance.now() - startedAtMs)
    // The first ones meet what has just been started.
    if (round === 0) continue
    rates.hub.push(perSecond)
    rates.bare.push(
      await withPool(bare.url, async (pool) => {
        const work = () => decide(pool, cookie, uuid(), 2)
        return (await measureClosedLoop(work, { ...LOOP, signal: stage.signal })).perSecond
      }),
    )
  }
  stage.check()
  const figures: Figure[] = [
    {
      name: 'decisions',
      value: median(rates.hub),
      unit: 'decisions/s',
      baseline: median(rates.bare),
      against: 'bare Fastify route with the same body',
    },
  ]
  return [...figures, ...(await measureTaps(stage, say))]
}

const TAPS = 60
/** Far below what the machine can do, and below the calls a second that the ERP takes. */
const TAP_EVERY_MS = 1_000
const LOOK_EVERY_MS = 20
const GIVE_UP_MS = 60_000

/**
 * From the tap of whoever decides until the order is changed, in the order's row and in the ERP: one request after
 * another, each on an order of its own with a workflow that runs.
 */
async function measureTaps(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const { db } = await stage.hub()
  const { url } = await stage.api()
  const { life } = await stage.reference()
  const { secret } = await createApiKey(db, { name: `bench-${uuid()}`, system: 'mall', storeIds: [] })
  const [clerk, lead] = [await signIn(db, url, 'clerk'), await signIn(db, url, 'team_lead')]
  const latencies: number[] = []
  const starts: number[] = []
  await withPool(url, async (pool) => {
    for (let tap = 0; tap < TAPS; tap += 1) {
      const nextAtMs = performance.now() + TAP_EVERY_MS
      const asked = await askFor(pool, { secret, clerk })
      const held = await until(db, asked, 'in_approval', stage.signal)
      const tappedAtMs = performance.timeOrigin + performance.now()
      await decide(pool, lead, asked, held.orderVersion)
      const { closedAt } = await until(db, asked, 'applied', stage.signal)
      latencies.push((closedAt?.getTime() ?? Number.NaN) - tappedAtMs)
      starts.push(await life.startNothing())
      const restMs = nextAtMs - performance.now()
      if (restMs > 0) await delay(restMs, undefined, { signal: stage.signal })
    }
  })
  stage.check()
  say(`  ${TAPS} changes were applied after a tap`)
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([name, share]) => ({
    name: `decisions-applied-${name}`,
    value: percentile(latencies, share),
    unit: 'ms',
    baseline: percentile(starts, share),
    against: 'plain start of a workflow',
  }))
}

/** An order, and a request of its own for less money, which its team lead has to decide on. */
async function openRequest(db: Db, keyRing: KeyRing): Promise<string> {
  const [orderId, changeId] = [uuid(), uuid()]
  await db.transaction().execute(async (tx) => {
    const input = { orderId, placedBy: 'system:mall', traceParent: null, body: orderBody() }
    const placed = await checkout(tx, { keyRing, policies: POLICIES_OF_THIS_RUN }, input)
    if (!placed.ok) throw placed.problem
  })
  await db.transaction().execute((tx) =>
    submitChange(tx, {
      ...{ changeId, orderId, orderVersion: 1, change: REDUCTION, eventId: uuid() },
      ...{ reasonCode: 'goodwill', reason: '协商让利' },
      applicant: { name: 'bench-clerk', role: 'clerk' },
    }),
  )
  await db.transaction().execute((tx) =>
    applyChangeEvent(tx, keyRing, {
      ...{ changeId, eventId: uuid(), operator: 'system' },
      event: { type: 'hold_granted', orderVersion: 2 },
    }),
  )
  return changeId
}
const POLICIES_OF_THIS_RUN = new Policies()
const REDUCTION = { type: 'price' as const, lines: [{ lineNumber: 1, unitPriceCents: 900 }] }

async function askFor(pool: Pool, { secret, clerk }: { secret: string; clerk: string }): Promise<string> {
  const authorization = { authorization: `Bearer ${secret}` }
  const { orderId } = placedOrder.parse(await post(pool, '/v1/orders', authorization, orderBody()))
  const answer = await post(
    pool,
    '/v1/change-requests',
    { cookie: clerk },
    {
      ...{ orderId, orderVersion: 1, change: REDUCTION },
      ...{ reasonCode: 'goodwill', reason: '协商让利' },
    },
  )
  return z.object({ changeId: z.uuid() }).parse(answer).changeId
}

async function decide(pool: Pool, cookie: string, changeId: string, orderVersion: number): Promise<void> {
  await post(
    pool,
    `/v1/change-requests/${changeId}/decisions`,
    { cookie },
    {
      ...{ decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion, note: '' },
    },
  )
}

async function post(pool: Pool, path: string, caller: object, body: object): Promise<unknown> {
  const answer = await pool.request({
    method: 'POST',
    path,
    // The last one is what no form of another page can send.
    headers: { ...caller, 'content-type': 'application/json', 'idempotency-key': uuid(), 'x-order-hub': '1' },
    body: JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path} was answered with ${answer.statusCode}: ${text}`)
  return JSON.parse(text)
}

/** The cookie of somebody of this role in the benchmark's store. */
async function signIn(db: Db, url: string, role: Role): Promise<string> {
  const userName = `bench-${role.replace('_', '-')}`
  const account = { displayName: userName, role, storeIds: ['MALL'], region: null }
  await upsertAccount(db, { ...account, userName, password: PASSWORD })
  const response = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName, password: PASSWORD }),
  })
  const [cookie] = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  if (!response.ok || !cookie) throw new Error(`${userName} could not sign in: ${response.status}`)
  return cookie
}

/** How a request stands, once it stands so. */
async function until(db: Db, changeId: string, status: 'in_approval' | 'applied', signal: AbortSignal) {
  for (const giveUpAtMs = performance.now() + GIVE_UP_MS; ; ) {
    const row = await db
      .selectFrom('change_request')
      .select(['status', 'order_version as orderVersion', 'closed_at as closedAt', 'end_detail as detail'])
      .where('id', '=', changeId)
      .executeTakeFirstOrThrow()
    if (row.status === status) return row
    if (row.detail !== null || performance.now() > giveUpAtMs) {
      throw new Error(`a change that should become ${status} is ${row.status}: ${row.detail}`)
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

async function withPool<Result>(url: string, work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const pool = new Pool(url, { connections: CALLERS, pipelining: 1 })
  try {
    return await work(pool)
  } finally {
    await pool.destroy()
  }
}

async function inParallel(count: number, work: () => Promise<unknown>): Promise<void> {
  let begun = 0
  const hand = async () => {
    while (begun < count) {
      begun += 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, hand))
}
