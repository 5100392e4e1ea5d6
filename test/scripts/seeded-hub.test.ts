import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { recordChild } from '../../scripts/parts/leftovers.ts'
import { type RunInfo, writeRunInfo } from '../../scripts/parts/run-file.ts'
import { useOrStartHub } from '../../scripts/parts/seeded-hub.ts'

const info: RunInfo = {
  api: 'http://127.0.0.1:1',
  docs: '',
  console: '',
  temporal: '',
  temporalWeb: null,
  postgres: '',
  redis: '',
  simulator: '',
  apiKeys: { mall: '', payments: '', warehouse: '', ops: '' },
  accounts: [],
  companyPassword: '',
  metrics: { worker: '', relay: '', channels: '' },
  pids: {},
}

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
})

/** A process that owns the data folder as `npm start` does. */
async function startOwner() {
  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'])
  await once(owner.stdout, 'data')
  onTestFinished(() => {
    owner.kill('SIGKILL')
  })
  if (owner.pid === undefined) throw new Error('no process')
  recordChild(dataDir, 'start', owner.pid, 'SIGTERM')
  return owner
}

const use = (signal = new AbortController().signal) =>
  useOrStartHub({ root: dataDir, dataDir, apiPort: 1, out: () => undefined, signal })

test('a hub that runs is used, and left running', async () => {
  const owner = await startOwner()
  writeRunInfo(dataDir, info)
  const hub = await use()
  expect(hub.info).toEqual(info)
  await hub.end()
  await hub.kill()
  expect(owner.exitCode ?? owner.signalCode).toBeNull()
})

test('a hub that somebody is just starting is waited for', async () => {
  await startOwner()
  const hub = use()
  writeRunInfo(dataDir, info)
  expect((await hub).info).toEqual(info)
})

test('the wait for it ends with Ctrl-C', async () => {
  await startOwner()
  const stopping = new AbortController()
  const hub = use(stopping.signal)
  stopping.abort()
  await expect(hub).rejects.toMatchObject({ name: 'AbortError' })
})
