import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { placedOrder } from '../../contracts/orders.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { freePort } from '../../scripts/parts/ports.ts'
import { createApiKey } from '../../store/identity.ts'
import { decideCancellation } from '../../store/order-steps.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { openTestStore, type TestStore, until, withHands } from '../store/support.ts'
import { required } from '../support/database.ts'
import { Random } from '../support/random.ts'

/**
 * Two API processes sell one article over HTTP; one of them dies by SIGKILL in the middle and comes back. Buyers
 * repeat a request whose answer they did not get, with the same key, wherever somebody listens.
 */
const UNITS = 100
const BUYERS = 400
const HOLD_SECONDS = 1
const PATIENCE_MS = 30_000
const START_MS = 60_000
const secret = (letter: string) => `k1:${Buffer.alloc(32, letter).toString('base64')}`

let store: TestStore
let keys: { mall: string; payments: string }
const processes: ApiProcess[] = []

/** An API process on a port of its own, which it keeps when it is started again. */
class ApiProcess {
  readonly port: number
  #child: ChildProcess | null = null

  constructor(port: number) {
    this.port = port
  }

  async start(): Promise<void> {
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, '../../api/main.ts')],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          DATABASE_URL: store.appUrl,
          REDIS_URL: required('TEST_REDIS_URL'),
          TEMPORAL_ADDRESS: required('TEST_TEMPORAL_ADDRESS'),
          API_HOST: '127.0.0.1',
          API_PORT: String(this.port),
          DATA_KEYS: secret('d'),
          PAYLOAD_KEYS: secret('p'),
          SESSION_SECRET: 's'.repeat(48),
          OUTSIDE_SECRET: 'o'.repeat(48),
          PDA_URL: 'http://127.0.0.1:1',
          PAYMENT_URL: 'http://127.0.0.1:1',
          COURIER_URL: 'http://127.0.0.1:1',
          LOG_LEVEL: 'error',
          RATE_LIMIT_PER_MINUTE: '1000000',
        },
      },
    )
    await vi.waitFor(async () => expect(await this.listens()).toBe(true), { timeout: START_MS, interval: 50 })
  }

  listens = () =>
    fetch(`http://127.0.0.1:${this.port}/healthz`).then(
      (response) => response.ok,
      () => false,
    )

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

beforeAll(async () => {
  store = await openTestStore(16)
  const hold = { ...POLICIES.reservation.initial, holdTtlSeconds: HOLD_SECONDS }
  await publishPolicy(store.db, { kind: 'reservation', document: hold, author: 'test', reason: 'test' })
  const keyOf = async (system: 'mall' | 'payments') =>
    (await createApiKey(store.db, { name: system, system, storeIds: [] })).secret
  keys = { mall: await keyOf('mall'), payments: await keyOf('payments') }
  for (let index = 0; index < 2; index += 1) processes.push(new ApiProcess(await freePort()))
  await Promise.all(processes.map((api) => api.start()))
})
afterAll(async () => {
  await Promise.all(processes.map((api) => api.kill()))
  await store.close()
})

/** Sends until there is an answer, to one process and the other in turns, always with the same key. */
async function send(
  first: number,
  path: string,
  caller: 'mall' | 'payments',
  body: object,
): Promise<{ status: number; body: unknown }> {
  const key = uuid()
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; first += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${processes[first % 2]?.port}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${keys[caller]}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
      })
      const answer: unknown = await response.json()
      const isPassing = response.status >= 500 || (response.status === 409 && isInFlight(answer))
      if (!isPassing) return { status: response.status, body: answer }
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
    }
    if (Date.now() > giveUpAt) throw new Error(`no answer to ${path}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function isInFlight(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'code') === 'request-in-flight'
}

test.each([1, 2])(
  '400 buyers of 1 to 5 units over two processes, one of them killed: never the 101st unit, and none is lost (seed %i)',
  async (seed) => {
    const random = new Random(seed)
    const skuId = await store.addSku({ 'WH-HZ': 60, 'WH-GZ': 40 })
    const buyers = Array.from({ length: BUYERS }, (_, index) => ({
      index,
      quantity: random.between(1, 5),
      process: random.between(0, 1),
      intent: random.pick(['pays', 'pays', 'leaves', 'cancels'] as const),
    }))
    const killAt = random.between(50, 150)
    const owned: { orderId: string; units: number }[] = []
    const acknowledged: string[] = []
    let revived: Promise<void> | null = null
    await withHands(32, buyers, async ({ index, quantity, process: first, intent }) => {
      if (index === killAt) revived = processes[0]?.kill().then(() => processes[0]?.start()) ?? null
      const placed = await send(first, '/v1/orders', 'mall', {
        storeId: 'MALL',
        channel: 'mall',
        externalOrderId: uuid(),
        contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
        lines: [{ skuId, quantity, unitPriceCents: 100 }],
      })
      if (placed.status !== 201) return expect(placed).toMatchObject({ body: { code: 'insufficient-stock' } })
      const { orderId, amountCents } = placedOrder.parse(placed.body)
      acknowledged.push(orderId)
      if (intent === 'cancels') {
        const operationId = `${orderId}/cancel`
        await decideCancellation(store.db, { orderId, mayCancelPaid: true, operationId, operator: 'test' })
      }
      if (intent !== 'pays') return
      const paidAt = new Date().toISOString()
      const paid = await send(first + 1, `/v1/orders/${orderId}/payments`, 'payments', {
        ...{ paymentId: uuid(), amountCents, method: 'wechat', paidAt },
      })
      expect(paid.status).toBe(201)
      if (Reflect.get(Object(paid.body), 'outcome') === 'accepted') owned.push({ orderId, units: quantity })
    })
    await revived
    const unitsOwned = owned.reduce((sum, order) => sum + order.units, 0)
    expect(unitsOwned).toBeLessThanOrEqual(UNITS)
    expect(unitsOwned).toBeGreaterThan(0)
    expect(await rowsOf(acknowledged)).toBe(acknowledged.length)
    expect(await unitsConfirmed(owned.map((order) => order.orderId))).toBe(unitsOwned)
    expect((await auditStock(store.db, { skuId, limit: 10 })).differences).toEqual([])

    // When the last unpaid hold has ended, exactly the rest is for sale, to the last unit.
    await until('the last hold to be over', async () => (await holdsAlive(skuId)) === 0)
    const rest = UNITS - unitsOwned
    if (rest > 0) {
      expect(await store.tryCheckout([{ skuId, quantity: rest + 1 }])).toMatchObject({ ok: false })
      expect(await store.tryCheckout([{ skuId, quantity: rest }])).toMatchObject({ ok: true })
    }
    expect(await store.tryCheckout([{ skuId, quantity: 1 }])).toMatchObject({ ok: false })
    expect((await auditStock(store.db, { skuId, limit: 10 })).differences).toEqual([])
  },
)

async function rowsOf(orderIds: string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from orders where id = any(${orderIds}::uuid[])`.execute(store.db)
  return rows[0]?.count ?? 0
}

async function unitsConfirmed(orderIds: string[]): Promise<number> {
  const { rows } = await sql<{ units: number }>`
    select coalesce(sum(quantity), 0)::int as units from reservation
    where order_id = any(${orderIds}::uuid[]) and state = 'confirmed'`.execute(store.db)
  return rows[0]?.units ?? 0
}

async function holdsAlive(skuId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from reservation
    where sku_id = ${skuId} and state = 'held' and expires_at > clock_timestamp()`.execute(store.db)
  return rows[0]?.count ?? 0
}
