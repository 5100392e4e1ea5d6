import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Hub, type HubOptions, startHub } from './hub.ts'
import { createHubClient } from './hub-client.ts'
import { findRecorded } from './leftovers.ts'
import { elapsed, type Print, print, withProgress } from './progress.ts'
import { type RunInfo, readRunInfo, writeRunInfo } from './run-file.ts'
import { restoreLeftDeadlines } from './short-deadlines.ts'

/** Starts a hub, fills an empty one with the sample data, and says in run.json where everything is. */
export async function startSeededHub(options: HubOptions): Promise<Hub> {
  const { dataDir, out = print } = options
  const hub = await startHub(options)
  try {
    await seedOnce(hub, dataDir, out)
    await connectWarehouses(hub, out)
    await restoreLeftDeadlines(createHubClient(hub.info), dataDir, out)
  } catch (error) {
    await hub.stop()
    throw error
  }
  if (!options.signal?.aborted) writeRunInfo(dataDir, hub.info)
  return hub
}

/** Sample data goes in once for each database; the marker says for which. */
async function seedOnce(hub: Hub, dataDir: string, out: Print): Promise<void> {
  const marker = join(dataDir, 'seeded')
  // Our own database may be on another port next time and is still the same one.
  const external = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL
  const database = external ? createHash('sha256').update(external).digest('hex') : 'own'
  if (existsSync(marker) && readFileSync(marker, 'utf8').trim() === database) return
  const { seed } = await import('../seed.ts')
  const work = () => seed({ api: hub.info.api, databaseUrl: hub.databaseOwnerUrl, secrets: hub.secrets })
  await withProgress('Seeding warehouses, articles and accounts', work, out)
  writeFileSync(marker, `${database}\n`)
}

/** Tells the hub where the simulated warehouses keep their stock: the port may be another one than last time. */
async function connectWarehouses(hub: Hub, out: Print): Promise<void> {
  const { wms } = hub
  if (!wms) return
  const { seedWms } = await import('../seed-wms.ts')
  const work = () => seedWms({ api: hub.info.api, apiKey: hub.secrets.apiKeys.ops, ...wms })
  await withProgress("Connecting the warehouses' stock systems", work, out)
}

/** A hub to work with; `end` and `kill` leave one alone that somebody else has started. */
export interface UsableHub {
  info: RunInfo
  end(): Promise<void>
  kill(): Promise<void>
}

const lookAgainMs = 250

/**
 * The hub that runs from this data folder, or a new one. Whoever is just starting one is waited for. The signal ends
 * a start that is under way, but not a hub that is ready: its owner may have something left to ask.
 */
export async function useOrStartHub(options: HubOptions & { signal: AbortSignal }): Promise<UsableHub> {
  const { dataDir, signal, out = print } = options
  const running = await awaitRunning(dataDir, signal, out)
  if (running) {
    out(`Using the hub that runs from this clone: ${running.api}`)
    const leaveAlone = async () => undefined
    return { info: running, end: leaveAlone, kill: leaveAlone }
  }
  const startedAt = Date.now()
  out('Starting Order Hub')
  const starting = new AbortController()
  const abort = () => starting.abort()
  signal.addEventListener('abort', abort)
  try {
    const hub = await startSeededHub({ ...options, signal: starting.signal })
    out(`Order Hub is ready (${elapsed(startedAt)}): ${hub.info.api}`)
    return { info: hub.info, end: () => hub.stop(), kill: () => hub.kill() }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What run.json says, once the process that owns this data folder has written it; undefined without an owner. */
async function awaitRunning(dataDir: string, signal: AbortSignal, out: Print): Promise<RunInfo | undefined> {
  const find = () => {
    const owner = findRecorded(dataDir, 'start')
    // A killed start leaves its run.json behind: only its owner's life makes it true.
    return owner && owner.pid !== process.pid ? { info: readRunInfo(dataDir) } : undefined
  }
  const untilReady = async () => {
    for (let found = find(); found; found = find()) {
      if (found.info) return found.info
      await delay(lookAgainMs, undefined, { signal })
    }
    return undefined
  }
  return withProgress('Waiting for the hub that is just starting', untilReady, out)
}
