import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it arrived. */
export type Heard = {
  id: string
  path: string
  headers: IncomingMessage['headers']
  body: string
  /** What the body says; null where it says nothing. */
  event: { type: string; timestamp: string; data: Record<string, unknown> } | null
}
type Answer = (heard: Heard, response: ServerResponse, request: IncomingMessage) => void

/** Another system on the loopback interface that hears webhooks, and answers as it is told to. */
export async function startReceiver() {
  const heard: Heard[] = []
  const receiver = {
    heard,
    answer: ((_heard, response) => response.writeHead(204).end()) as Answer,
    url: '',
    /** Ids in the order in which they came. */
    types: (path?: string) =>
      heard
        .filter((entry) => path === undefined || entry.path === path)
        .map((entry) => entry.event?.type ?? ''),
    reset: () => {
      heard.length = 0
      receiver.answer = (_heard, response) => response.writeHead(204).end()
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { headers, url = '' } = request
      const entry = { id: String(headers['webhook-id']), path: url, headers, body, event: read(body) }
      heard.push(entry)
      receiver.answer(entry, response, request)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // The address of a server that listens on a port is an object.
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

function read(body: string): Heard['event'] {
  try {
    // What the tests look at is compared member by member.
    return JSON.parse(body) as Heard['event']
  } catch {
    return null
  }
}

/** Standard Webhooks as its text has it, without the library that signs. */
export function verifies({ headers, body }: Pick<Heard, 'headers' | 'body'>, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`
  const isRecent = Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 300
  return isRecent && String(headers['webhook-signature']).split(' ').includes(expected)
}
