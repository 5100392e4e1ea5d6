import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import proto from '@temporalio/proto'
import { orderWorkflowId } from '../../workflows/messages.ts'
import type { TestHub } from './hub.ts'

const { History } = proto.temporal.api.history.v1
export type RecordedHistory = ReturnType<typeof History.fromObject>

const folder = join(import.meta.dirname, '../histories')

/**
 * Keeps the history of an order's path for the replay gate, when the tests are run with RECORD_HISTORIES=1. Recorded
 * histories are only ever added or replaced on purpose: they stand for orders that are open in production.
 */
export async function keepHistory(hub: TestHub, orderId: string, name: string): Promise<void> {
  await keepWorkflowHistory(hub, orderWorkflowId(orderId), name)
}

/** The same for a workflow of any kind. */
export async function keepWorkflowHistory(hub: TestHub, workflowId: string, name: string): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return
  await mkdir(folder, { recursive: true })
  const recorded = await hub.client.workflow.getHandle(workflowId).fetchHistory()
  const history = History.toObject(History.fromObject(recorded), {
    longs: String,
    bytes: String,
  })
  await writeFile(join(folder, `${name}.json`), JSON.stringify(history))
}

export async function recordedHistories(): Promise<{ name: string; history: RecordedHistory }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.json'.length),
      history: History.fromObject(JSON.parse(await readFile(join(folder, file), 'utf8'))),
    })),
  )
}
