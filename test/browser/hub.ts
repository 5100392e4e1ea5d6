import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findChromium } from '../../scripts/parts/chromium.ts'
import { type RunInfo, readRunInfo } from '../../scripts/parts/run-file.ts'
import { type UsableHub, useOrStartHub } from '../../scripts/parts/seeded-hub.ts'

declare module 'vitest' {
  interface ProvidedContext {
    hub: Pick<RunInfo, 'api' | 'apiKeys' | 'accounts' | 'companyPassword' | 'simulator' | 'postgres'>
    chromium: string
    /** Where the hub notes its processes. */
    hubFolder: string
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
  project.provide('chromium', await findChromium())
  const { info, folder, end } = (await useRunning()) ?? (await startNew())
  const { api, apiKeys, accounts, companyPassword, simulator, postgres } = info
  project.provide('hubFolder', folder)
  project.provide('hub', { api, apiKeys, accounts, companyPassword, simulator, postgres })
  return end
}

type Found = Pick<UsableHub, 'info' | 'end'> & { folder: string }

async function useRunning(): Promise<Found | null> {
  const folder = join(root, '.data')
  const info = readRunInfo(folder)
  if (!info) return null
  const isUp = await fetch(`${info.api}/readyz`).then(
    (answer) => answer.ok,
    () => false, // a killed start has left its file behind
  )
  return isUp ? { info, folder, end: async () => undefined } : null
}

async function startNew(): Promise<Found> {
  // Where npm test sweeps up behind itself, also when it is interrupted.
  const dataDir = mkdtempSync(join(process.env.TEST_FOLDER ?? tmpdir(), 'order-hub-browser-'))
  chmodSync(dataDir, 0o755) // PostgreSQL runs as another user when we are root
  const signal = new AbortController().signal
  const clear = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    const hub = await useOrStartHub({ root, dataDir, apiPort: PORT, signal })
    const end = async () => {
      await hub.end()
      clear()
    }
    return { info: hub.info, folder: dataDir, end }
  } catch (error) {
    clear()
    throw error
  }
}
