import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { RunInfo } from '../../scripts/parts/run-file.ts'
import { type UsableHub, useOrStartHub } from '../../scripts/parts/seeded-hub.ts'

declare module 'vitest' {
  interface ProvidedContext {
    hub: Pick<RunInfo, 'api' | 'apiKeys' | 'accounts' | 'simulator'>
  }
}

const root = join(import.meta.dirname, '../..')
/** Rarely taken; the next free one is used then. */
const PORT = 18_080

/**
 * One whole hub for all browser tests, as `npm start` brings it up: real processes, real servers, the built console. The one that runs
 * from this clone is used if there is one, so that a test under work need not wait for a start.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await useRunning()
  const folder = running ? null : mkdtempSync(join(tmpdir(), 'order-hub-browser-'))
  const hub = running ?? (await startNew(folder ?? ''))
  const { api, apiKeys, accounts, simulator } = hub.info
  project.provide('hub', { api, apiKeys, accounts, simulator })
  return async () => {
    await hub.end()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

async function useRunning(): Promise<UsableHub | null> {
  const { readRunInfo } = await import('../../scripts/parts/run-file.ts')
  const info = readRunInfo(join(root, '.data'))
  const isUp = info
    ? await fetch(`${info.api}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    : false
  return info && isUp ? { info, end: async () => undefined, kill: async () => undefined } : null
}

function startNew(dataDir: string): Promise<UsableHub> {
  return useOrStartHub({ root, dataDir, apiPort: PORT, signal: new AbortController().signal })
}
