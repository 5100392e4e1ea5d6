import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { TestHub } from './hub.ts'

const folder = join(import.meta.dirname, '../histories')

/**
 * Keeps the history of an order's path for the replay gate, when the tests are run with RECORD_HISTORIES=1. Recorded
 * histories are only ever added or replaced on purpose: they stand for orders that are open in production.
 */
export async function keepHistory(hub: TestHub, orderId: string, name: string): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return
  await mkdir(folder, { recursive: true })
  const history = historyToJSON(await hub.history(orderId))
  await writeFile(join(folder, `${name}.json`), JSON.stringify(history))
}

export async function recordedHistories(): Promise<{ name: string; json: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(names.map(async (name) => ({ name, json: await readFile(join(folder, name), 'utf8') })))
}
