import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { type OrderChange, openOrderChanges } from '../../scripts/parts/order-changes.ts'

/** A hub that answers one connection to its event stream after the other. */
async function hubThat(
  ...connections: ((request: IncomingMessage, response: ServerResponse) => void)[]
): Promise<string> {
  const server = createServer((request, response) => {
    const answer = connections.shift()
    if (answer) answer(request, response)
    else response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return `http://127.0.0.1:${address.port}`
}

const change = (newValue: string): OrderChange => ({ orderId: 'o', storeId: 's', field: 'status', newValue })
const event = (id: string, newValue: string) =>
  `id: ${id}\nevent: order\ndata: ${JSON.stringify(change(newValue))}\n\n`

/** The first values of the stream; then it is closed. */
async function read(api: string, count: number): Promise<(string | null)[]> {
  const stopping = new AbortController()
  const apiKeys = { mall: 'm', payments: 'p', ops: 'o' }
  const values: (string | null)[] = []
  for await (const { newValue } of await openOrderChanges({ api, apiKeys }, stopping.signal)) {
    values.push(newValue)
    if (values.length === count) stopping.abort()
  }
  return values
}

test('a stream that breaks off is resumed after the last event, and nothing comes twice', async () => {
  const asked: unknown[] = []
  const note = (request: IncomingMessage) => asked.push(request.headers['last-event-id'])
  const api = await hubThat(
    (request, response) => {
      note(request)
      response.write(`retry: 2000\nid: 7-0\n\n${event('7-1', 'paid')}`, () => response.socket?.destroy())
    },
    (_, response) => response.writeHead(503).end(),
    (request, response) => {
      note(request)
      // In two pieces: an event may be cut anywhere.
      const text = event('7-2', 'shipped')
      response.write(`: still here\n\n${text.slice(0, 20)}`, () => response.write(text.slice(20)))
    },
  )
  expect(await read(api, 2)).toEqual(['paid', 'shipped'])
  expect(asked).toEqual([undefined, '7-1'])
})

test('a stream that breaks off before its first event is resumed where it began', async () => {
  const asked: unknown[] = []
  const api = await hubThat(
    (_, response) => response.write('retry: 2000\nid: 7-0\n\n', () => response.socket?.destroy()),
    (request, response) => {
      asked.push(request.headers['last-event-id'])
      response.write(event('7-1', 'paid'))
    },
  )
  expect(await read(api, 1)).toEqual(['paid'])
  expect(asked).toEqual(['7-0'])
})

test('a refusal is an error, not an empty stream', async () => {
  const api = await hubThat((_, response) => response.writeHead(403).end('no'))
  await expect(read(api, 1)).rejects.toThrow('403')
})
