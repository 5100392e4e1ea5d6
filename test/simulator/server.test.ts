import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'

const secret = 'a secret that both sides know, and nobody else'
const refund = { refundId: 'R-1', paymentId: 'P-1', amountCents: 4_200, reason: 'cancelled' }
const task = {
  kind: 'pick_task_created',
  orderId: 'O-1',
  pickTaskId: 'O-1-F1',
  warehouseId: 'WH-HZ',
  lines: [{ lineNumber: 1, skuId: 'SKU-0001', quantity: 2 }],
}

const running: Simulator[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ secret, ...options })
  running.push(simulator)
  return simulator
}

async function restart(simulator: Simulator, options: Partial<SimulatorOptions>): Promise<Simulator> {
  running.splice(running.indexOf(simulator), 1)
  await simulator.close()
  return start(options)
}

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-simulator-'))
  folders.push(folder)
  return join(folder, 'state.jsonl')
}

async function call(
  { url }: Simulator,
  method: 'GET' | 'POST',
  path: string,
  { body, key, headers }: { body?: object; key?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: unknown }> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const hex = createHmac('sha256', secret).update(`${timestamp}.${method}.${path}.${text}`).digest('hex')
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      'x-hub-timestamp': timestamp,
      'x-hub-signature': `v1=${hex}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: text }),
  })
  return { status: response.status, body: await response.json() }
}

const pay = (simulator: Simulator, body: object = refund, key = 'R-1') =>
  call(simulator, 'POST', '/payment/refunds', { body, key })
const tell = (simulator: Simulator, body: object = task, key = 'O-1-F1/pick_task_created') =>
  call(simulator, 'POST', '/pda/messages', { body, key })

describe('signatures', () => {
  test.each([
    ['POST', '/payment/refunds'],
    ['POST', '/pda/messages'],
    ['POST', '/mall/listings'],
    ['GET', '/courier/sim/waybills/SIM1'],
    ['GET', '/no/such/thing'],
  ] as const)('an unsigned %s %s is answered 401 and has no effect', async (method, path) => {
    const simulator = await start()
    const headers = { 'x-hub-signature': `v1=${'0'.repeat(64)}` }
    const body = path.startsWith('/payment') ? refund : task
    const options = method === 'POST' ? { body, key: 'k', headers } : { headers }
    expect(await call(simulator, method, path, options)).toMatchObject({ status: 401 })
    expect(simulator.effects()).toEqual({ refunds: [], pdaMessages: [], listings: [], conflicts: 0 })
  })
})

describe('refunds', () => {
  test('the same key and body pays once, however often it is asked', async () => {
    const simulator = await start()
    const answers = await Promise.all([pay(simulator), pay(simulator), pay(simulator)])
    for (const answer of answers)
      expect(answer).toEqual({ status: 200, body: { refundId: 'R-1', state: 'done' } })
    expect(simulator.effects().refunds).toEqual([{ ...refund, calls: 3, effects: 1 }])
  })

  test('the same key with another body is refused and pays nothing', async () => {
    const simulator = await start()
    await pay(simulator)
    expect(await pay(simulator, { ...refund, amountCents: 4_201 })).toMatchObject({ status: 409 })
    expect(simulator.effects()).toMatchObject({ refunds: [{ amountCents: 4_200, effects: 1 }], conflicts: 1 })
  })

  test('a second key for the same refund shows as a second effect', async () => {
    const simulator = await start()
    await pay(simulator)
    await pay(simulator, refund, 'another')
    expect(simulator.effects().refunds).toEqual([{ ...refund, calls: 2, effects: 2 }])
  })

  test.each([
    ['no key', refund, ''],
    ['an unknown field', { ...refund, currency: 'CNY' }, 'k'],
    ['a fraction of a cent', { ...refund, amountCents: 0.5 }, 'k'],
  ])('a refund with %s is answered 400', async (_, body, key) => {
    expect(await pay(await start(), body, key)).toMatchObject({ status: 400 })
  })
})

describe('behaviour', () => {
  test('a provider that is down has no effect, and the same call succeeds later', async () => {
    const simulator = await start()
    simulator.behave({ next: { payment: ['down', 'down'] } })
    const answers = [await pay(simulator), await pay(simulator), await pay(simulator)]
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200])
    expect(simulator.effects().refunds).toEqual([{ ...refund, calls: 3, effects: 1 }])
  })

  test('an answer that is lost after the effect does not make the repetition pay again', async () => {
    const simulator = await start()
    simulator.behave({ next: { payment: ['timeout-after-applying'] } })
    await expect(pay(simulator)).rejects.toThrow()
    expect(simulator.effects().refunds).toMatchObject([{ effects: 1 }])
    expect(await pay(simulator)).toMatchObject({ status: 200 })
    expect(simulator.effects().refunds).toEqual([{ ...refund, calls: 2, effects: 1 }])
  })

  test('a refusal is final and has no effect', async () => {
    const simulator = await start()
    simulator.behave({ payment: 'refuse' })
    expect(await pay(simulator)).toMatchObject({ status: 422 })
    simulator.behave({ payment: 'ok' })
    expect(await pay(simulator)).toMatchObject({ status: 200 })
    expect(simulator.effects().refunds).toMatchObject([{ effects: 1 }])
  })

  test('control takes the same over HTTP and refuses what it does not know', async () => {
    const simulator = await start()
    const path = '/control/behaviour'
    expect(await call(simulator, 'POST', path, { body: { courier: 'asleep' } })).toMatchObject({
      status: 400,
    })
    expect(await call(simulator, 'POST', path, { body: { courier: 'down' } })).toMatchObject({ status: 200 })
    expect(await call(simulator, 'GET', '/courier/sim/waybills/SIM1')).toMatchObject({ status: 503 })
  })

  test('control takes nothing but JSON, so that a web page cannot direct the play', async () => {
    const simulator = await start()
    const options = { body: { courier: 'down' }, headers: { 'content-type': 'text/plain' } }
    expect(await call(simulator, 'POST', '/control/behaviour', options)).toMatchObject({ status: 415 })
    expect(await call(simulator, 'GET', '/courier/sim/waybills/SIM1')).toMatchObject({ status: 200 })
  })
})

describe('the mall', () => {
  const change = (version: number, quantity: number) => ({
    storeId: 'ST-1',
    skuId: 'SKU-1',
    version,
    quantity,
  })
  const show = (simulator: Simulator, version: number, quantity: number, key = `listing/${version}`) =>
    call(simulator, 'POST', '/mall/listings', { body: change(version, quantity), key })

  test('shows the highest version that it has heard, and answers an older one with what it shows', async () => {
    const simulator = await start()
    expect(await show(simulator, 2, 5)).toMatchObject({ status: 200, body: { version: 2, quantity: 5 } })
    expect(await show(simulator, 1, 9)).toMatchObject({ status: 200, body: { version: 2, quantity: 5 } })
    expect(simulator.effects().listings).toMatchObject([
      { ...change(2, 5), calls: 2, changes: 1, outdated: 1 },
    ])
  })

  test('a repetition changes nothing, and the same key with another body is refused', async () => {
    const simulator = await start()
    simulator.behave({ next: { mall: ['timeout-after-applying'] } })
    await expect(show(simulator, 1, 5)).rejects.toThrow()
    expect(await show(simulator, 1, 5)).toMatchObject({ status: 200, body: { quantity: 5 } })
    expect(await show(simulator, 1, 6)).toMatchObject({ status: 409 })
    expect(simulator.effects()).toMatchObject({ listings: [{ quantity: 5, changes: 1 }], conflicts: 1 })
  })

  test('what it shows survives a restart', async () => {
    const file = stateFile()
    const before = await start({ stateFile: file })
    await show(before, 1, 5)
    const after = await restart(before, { stateFile: file })
    expect(after.effects().listings).toEqual(before.effects().listings)
  })
})

describe('couriers', () => {
  test('an unknown courier is answered 404', async () => {
    expect(await call(await start(), 'GET', '/courier/nobody/waybills/SIM1')).toMatchObject({ status: 404 })
  })

  test('a parcel travels with the clock from the moment it was first asked for', async () => {
    let nowMs = Date.now()
    const simulator = await start({ now: () => nowMs, deliverySeconds: 60 })
    const states = async () => {
      const { body } = await call(simulator, 'GET', '/courier/sim/waybills/SIM1')
      return JSON.stringify(body).match(/(?<="state":")\w+/g)
    }
    expect(await states()).toEqual(['shipped'])
    nowMs += 200_000
    expect((await states())?.at(-1)).toBe('delivered')
  })

  test('a script replaces a parcel’s story', async () => {
    const simulator = await start()
    const scans = [
      { eventId: 'b', state: 'lost', description: '', occurredAt: '2026-03-01T09:00:00Z' },
      { eventId: 'a', state: 'shipped', description: '', occurredAt: '2026-03-01T08:00:00Z' },
    ] as const
    simulator.script('SIM1', [...scans])
    expect(await call(simulator, 'GET', '/courier/sim/waybills/SIM1')).toEqual({
      status: 200,
      body: { scans },
    })
  })
})

describe('state', () => {
  test('after a restart a repeated call is still the same call, and effects are still counted', async () => {
    const file = stateFile()
    const before = await start({ stateFile: file })
    await pay(before)
    await tell(before)
    const after = await restart(before, { stateFile: file })
    expect(await pay(after)).toMatchObject({ status: 200 })
    expect(await pay(after, { ...refund, amountCents: 1 })).toMatchObject({ status: 409 })
    expect(after.effects().refunds).toEqual([{ ...refund, calls: 2, effects: 1 }])
    expect(after.effects().pdaMessages).toEqual([{ ...task, calls: 1, effects: 1 }])
  })

  test('a line that a kill cut off is dropped, and everything before it is kept', async () => {
    const file = stateFile()
    const whole = { type: 'refund', key: 'R-1', body: refund, isApplied: true }
    writeFileSync(file, `${JSON.stringify(whole)}\n{"type":"refund","key":"R-2","bo`)
    const first = await start({ stateFile: file })
    await pay(first, { ...refund, refundId: 'R-2' }, 'R-2')
    const second = await restart(first, { stateFile: file })
    expect(second.effects().refunds).toMatchObject([
      { refundId: 'R-1', effects: 1 },
      { refundId: 'R-2', effects: 1 },
    ])
  })

  test('a parcel keeps its story over a restart', async () => {
    const file = stateFile()
    let nowMs = Date.now()
    const options = { stateFile: file, now: () => nowMs }
    const before = await start({ ...options, deliverySeconds: 60 })
    await call(before, 'GET', '/courier/sim/waybills/SIM1')
    nowMs += 30_000
    const shown = await call(before, 'GET', '/courier/sim/waybills/SIM1')
    const after = await restart(before, { ...options, deliverySeconds: 6_000 })
    expect(await call(after, 'GET', '/courier/sim/waybills/SIM1')).toEqual(shown)
  })
})

test('a message reaches the warehouse once, whatever its id looks like', async () => {
  const simulator = await start()
  const odd = { ...task, pickTaskId: `${randomUUID()}/仓 1` }
  await tell(simulator, odd, 'k')
  await tell(simulator, odd, 'k')
  expect(simulator.effects().pdaMessages).toEqual([{ ...odd, calls: 2, effects: 1 }])
})
