import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'

const secret = 'a secret that both sides know, and nobody else'

type Heard = { pickTaskId: string; type: string; key: string; body: string }
type Said = { status: number; code?: string } | 'hang-up'

const cleanUp: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

/** A hub that writes down what it hears and answers what `say` tells it to. */
async function startHub(say: (heard: Heard, count: number) => Said = () => ({ status: 200 })) {
  const heard: Heard[] = []
  const server: Server = createServer(async (request, response) => {
    const body = await textOf(request)
    const [, pickTaskId = ''] = /^\/v1\/pick-tasks\/([^/]+)\/events$/.exec(request.url ?? '') ?? []
    const entry = {
      pickTaskId: decodeURIComponent(pickTaskId),
      type: /"type":"(\w+)"/.exec(body)?.[1] ?? '',
      key: String(request.headers['idempotency-key']),
      body,
    }
    heard.push(entry)
    const said = say(entry, heard.length)
    if (said === 'hang-up') return response.destroy()
    response.writeHead(said.status, { 'content-type': 'application/problem+json' })
    return response.end(JSON.stringify({ code: said.code ?? 'none' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { heard, url: `http://127.0.0.1:${address.port}`, types: () => heard.map(({ type }) => type) }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function start(hubApi: string, options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const warehouse = { hubApi, apiKey: 'hub_warehouse_key' }
  const simulator = await startSimulator({ secret, warehouse, pickingSeconds: 0, ...options })
  cleanUp.push(() => simulator.close())
  return simulator
}

async function tell({ url }: Simulator, kind: string, quantity = 2, more: object = {}): Promise<void> {
  const path = '/pda/messages'
  const lines = [{ lineNumber: 1, skuId: 'SKU-0001', quantity }]
  const message = { kind, orderId: 'O-1', pickTaskId: 'O-1-F1', warehouseId: 'WH-HZ', lines, ...more }
  const body = JSON.stringify(message)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const hex = createHmac('sha256', secret).update(`${timestamp}.POST.${path}.${body}`).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': `${message.pickTaskId}/${kind}`,
    'x-hub-timestamp': timestamp,
    'x-hub-signature': `v1=${hex}`,
  }
  const response = await fetch(new URL(path, url), { method: 'POST', headers, body })
  expect(response.status).toBe(200)
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

test('a task is started, picked and packed, each reported once and in this order', async () => {
  const hub = await startHub()
  const simulator = await start(hub.url)
  await tell(simulator, 'pick_task_created')
  await tell(simulator, 'pick_task_created')
  await until(() => expect(hub.types()).toEqual(['started', 'picked', 'packed']))
  expect(new Set(hub.heard.map(({ pickTaskId }) => pickTaskId))).toEqual(new Set(['O-1-F1']))
})

test('a report that was not heard is repeated with the same key and body', async () => {
  const hub = await startHub((_, count) => (count === 1 ? 'hang-up' : { status: count === 2 ? 503 : 200 }))
  await tell(await start(hub.url), 'pick_task_created')
  await until(() => expect(hub.types()).toEqual(['started', 'started', 'started', 'picked', 'packed']))
  expect(new Set(hub.heard.slice(0, 3).map(({ key, body }) => `${key} ${body}`)).size).toBe(1)
})

test('a report that is still being worked on is repeated', async () => {
  const busy = { status: 409, code: 'request-in-flight' }
  const hub = await startHub((_, count) => (count === 1 ? busy : { status: 200 }))
  await tell(await start(hub.url), 'pick_task_created')
  await until(() => expect(hub.types()).toEqual(['started', 'started', 'picked', 'packed']))
})

test('a task that the office took back is put down after the hub’s no', async () => {
  const file = stateFile()
  const no = { status: 409, code: 'pick-task-wrong-state' }
  const hub = await startHub(({ type }) => (type === 'picked' ? no : { status: 200 }))
  const lines: string[] = []
  const before = await start(hub.url, { stateFile: file, log: (line) => lines.push(line) })
  await tell(before, 'pick_task_created')
  await until(() => expect(lines).toEqual(['the hub refused O-1-F1/picked: 409 pick-task-wrong-state']))
  await before.close()
  cleanUp.pop()
  // A restart takes up whatever is not over.
  const after = await start(hub.url, { stateFile: file })
  await after.close()
  cleanUp.pop()
  expect(hub.types()).toEqual(['started', 'picked'])
})

test('a withdrawal ends the work on a task', async () => {
  const hub = await startHub(() => ({ status: 503 }))
  const file = stateFile()
  const before = await start(hub.url, { stateFile: file })
  await tell(before, 'pick_task_created')
  await until(() => expect(hub.types()).toContain('started'))
  await tell(before, 'pick_task_withdrawn')
  await before.close()
  cleanUp.pop()
  const heardBefore = hub.heard.length
  const after = await start(hub.url, { stateFile: file })
  await after.close()
  cleanUp.pop()
  expect(hub.heard.length).toBe(heardBefore)
})

test('a task under way is finished after a restart, with the same reports', async () => {
  const file = stateFile()
  let isOpen = false
  const hub = await startHub(({ type }) => ({ status: type === 'started' || isOpen ? 200 : 503 }))
  const before = await start(hub.url, { stateFile: file })
  await tell(before, 'pick_task_created')
  await until(() => expect(hub.types()).toContain('picked'))
  await before.close()
  cleanUp.pop()
  isOpen = true
  await start(hub.url, { stateFile: file })
  await until(() => expect(hub.types()).toContain('packed'))
  expect(new Set(hub.heard.map(({ body }) => body)).size).toBe(3)
})

test('a wish makes an order’s first pick short', async () => {
  const hub = await startHub()
  const simulator = await start(hub.url)
  simulator.wish({ orderId: 'O-1', pick: 'short' })
  await tell(simulator, 'pick_task_created')
  await until(() => expect(hub.types()).toEqual(['started', 'short', 'picked', 'packed']))
})

test('a task whose only unit is missing is not packed', async () => {
  const hub = await startHub()
  const simulator = await start(hub.url)
  simulator.wish({ orderId: 'O-1', pick: 'short' })
  await tell(simulator, 'pick_task_created', 1)
  await until(() => expect(hub.types()).toEqual(['started', 'short']))
  await simulator.close()
  cleanUp.pop()
  expect(hub.types()).toEqual(['started', 'short'])
})

test('tasks that share a parcel are packed once all of them are picked, under one label', async () => {
  let isPicked = false
  const hub = await startHub(({ type, pickTaskId }) => ({
    status: type === 'picked' && pickTaskId === 'O-2-F1' && !isPicked ? 503 : 200,
  }))
  const simulator = await start(hub.url)
  const parcel = { combinedId: '0198a7a0-0000-7000-8000-000000000001' }
  await tell(simulator, 'pick_task_created')
  await tell(simulator, 'pick_task_combined', 2, { ...parcel, combinedWith: ['O-2-F1'] })
  await tell(simulator, 'pick_task_created', 2, {
    orderId: 'O-2',
    pickTaskId: 'O-2-F1',
    ...parcel,
    combinedWith: ['O-1-F1'],
  })
  await until(() => expect(hub.types().filter((type) => type === 'picked').length).toBeGreaterThan(2))
  expect(hub.types()).not.toContain('packed')
  isPicked = true
  await until(() => expect(hub.types().filter((type) => type === 'packed')).toHaveLength(2))
  const packed = hub.heard.filter(({ type }) => type === 'packed').map(({ body }) => JSON.parse(body))
  expect(packed[0].waybillNumber).toBe(packed[1].waybillNumber)
  expect(packed.map(({ packedWith }) => packedWith).sort()).toEqual([['O-1-F1'], ['O-2-F1']])
})

test('a task that was taken out of its parcel is packed under its own label, without waiting', async () => {
  const hub = await startHub()
  const simulator = await start(hub.url, { pickingSeconds: 0.2 })
  await tell(simulator, 'pick_task_created', 2, { combinedId: 'c', combinedWith: ['O-2-F1'] })
  await tell(simulator, 'pick_task_separated')
  await until(() => expect(hub.types()).toEqual(['started', 'picked', 'packed']))
  expect(hub.heard.at(-1)?.body).not.toContain('packedWith')
})

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-warehouse-'))
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'state.jsonl')
}
