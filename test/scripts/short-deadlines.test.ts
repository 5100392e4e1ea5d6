import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { HubClient, HubRequest } from '../../scripts/parts/hub-client.ts'
import {
  type Deadlines,
  demoLife,
  replayLife,
  restoreLeftDeadlines,
  shortenDeadlines,
} from '../../scripts/parts/short-deadlines.ts'

/** A hub that knows nothing but its policies. */
function hubWith(initial: Deadlines): HubClient & { documents: () => Record<string, unknown> } {
  const documents: Record<string, unknown> = { ...initial }
  return {
    documents: () => documents,
    send: async <Answer>({ path, body, answer }: HubRequest<Answer>): Promise<Answer> => {
      const kind = path.split('/').at(-1) ?? ''
      if (typeof body === 'object') documents[kind] = Reflect.get(body, 'document')
      return answer.parse({ version: 1, document: documents[kind] })
    },
  }
}

const own: Deadlines = { ...demoLife, reservation: { ...demoLife.reservation, holdTtlSeconds: 1_234 } }

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
})
const shorten = (hub: HubClient, life = replayLife) => shortenDeadlines(hub, dataDir, life, 'test')
const lines: string[] = []
const start = (hub: HubClient) => restoreLeftDeadlines(hub, dataDir, (line) => void lines.push(line))
const gone: HubClient = { send: () => Promise.reject(new Error('the hub is gone')) }

test('short deadlines hold until they are taken back, and then those from before hold again', async () => {
  const hub = hubWith(own)
  const restore = await shorten(hub)
  expect(hub.documents()).toEqual(replayLife)
  expect(await restore(hub)).toBe(true)
  expect(hub.documents()).toEqual(own)
  expect(readdirSync(dataDir)).toEqual([])
})

test('what a killed demo or replay has left published, the next start takes back, once', async () => {
  const hub = hubWith(own)
  await shorten(hub)
  await start(hub)
  expect(hub.documents()).toEqual(own)
  expect(lines).toHaveLength(1)
  // Published by the merchant himself, later: no business of ours.
  const later = hubWith(replayLife)
  await start(later)
  expect(later.documents()).toEqual(replayLife)
  expect(lines).toHaveLength(1)
})

test('a hub that is gone at the end leaves it to the next start', async () => {
  const hub = hubWith(own)
  const restore = await shorten(hub)
  expect(await restore(gone)).toBe(false)
  await start(hub)
  expect(hub.documents()).toEqual(own)
})

test('what the merchant has changed since then stays', async () => {
  const hub = hubWith(own)
  await shorten(hub)
  const changed = { ...own.reservation, holdTtlSeconds: 4_321 }
  hub.documents().reservation = changed
  await start(hub)
  expect(hub.documents()).toEqual({ ...own, reservation: changed })
})

test('a replay after a killed demo puts back what held before both', async () => {
  const hub = hubWith(own)
  await shorten(hub, demoLife)
  const restore = await shorten(hub)
  await restore(hub)
  expect(hub.documents()).toEqual(own)
})

test('a start after a clean end asks nobody', async () => {
  await start(gone)
  expect(readdirSync(dataDir)).toEqual([])
})
