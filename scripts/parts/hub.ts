import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from '../build.ts'
import { endHelpers } from './cache.ts'
import {
  answersOk,
  companySignIn,
  migrate,
  type ProductOptions,
  productProcesses,
  type Stores,
  wmsPasswords,
} from './hub-processes.ts'
import { findRecorded, forgetChild, recordChild, stopLeftovers } from './leftovers.ts'
import { type MariadbOptions, type MariadbPart, startMariadb } from './mariadb.ts'
import { claimPort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { serverFolders } from './postgres-home.ts'
import type { Supervised } from './process.ts'
import { type Print, print, withProgress } from './progress.ts'
import { startRedis } from './redis.ts'
import { type RunInfo, readRunInfo, removeRunInfo, writeRunInfo } from './run-file.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { startTemporal } from './temporal.ts'

export interface HubOptions {
  root: string
  /** `.data` of the clone; another folder gives an independent instance. */
  dataDir: string
  apiPort: number
  out?: Print
  /** Ends a start that is under way. */
  signal?: AbortSignal
}

/** A running Order Hub. */
export interface Hub {
  info: RunInfo
  secrets: Secrets
  /** Of the role that owns the database. */
  databaseOwnerUrl: string
  /** Where the hub reads the warehouses' own stock systems, as which user; absent where there are none. */
  wms?: { url: string; readerPassword: string; certificateAuthority: string }
  stop(): Promise<void>
  /** Everything at once, without waiting for work in progress. */
  kill(): Promise<void>
}

/** Another instance of this clone is running. */
export class AlreadyRunning extends Error {}

const ports = {
  postgres: 54_329,
  redis: 63_790,
  mariadb: 33_071,
  temporal: 7_233,
  temporalWeb: 8_233,
  simulator: 8_090,
}
/** Generous, because a worker first replays the open orders before it makes its version current. */
const readyWithinMs = 120_000
const pollMs = 100

/** Stop with one clear line when this data folder is in use, by whatever command. */
export function refuseIfRunning(dataDir: string): void {
  const owner = findRecorded(dataDir, 'start')
  if (!owner || owner.pid === process.pid) return
  const api = readRunInfo(dataDir)?.api ?? 'still starting'
  throw new AlreadyRunning(
    `Order Hub already runs from this clone (${api}, pid ${owner.pid}); end it there with Ctrl-C.`,
  )
}

/** Remove everything that Order Hub keeps in this data folder; leftovers of a killed start are stopped first. */
export async function resetData(dataDir: string, out: Print = print): Promise<void> {
  refuseIfRunning(dataDir)
  await stopLeftovers(dataDir, out)
  for (const folder of serverFolders(dataDir)) rmSync(folder, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true })
  for (const name of readdirSync(dataDir)) {
    // The install lock may belong to another command at this moment.
    if (name !== 'install.lock') rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}

/** Bring up the stores, the schema and the product's processes; returns when the API is ready for orders. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { dataDir } = options
  refuseIfRunning(dataDir)
  removeRunInfo(dataDir) // of a killed start: nobody may take it for this one
  await stopLeftovers(dataDir, options.out)
  recordChild(dataDir, 'start', process.pid, 'SIGTERM')
  const starting = new HubStart(options)
  options.signal?.addEventListener('abort', () => void starting.stop(), { once: true })
  try {
    return await starting.run()
  } catch (error) {
    await starting.stop()
    throw error
  }
}

/** Keeps what has been started so far, so that a failure or Ctrl-C half-way ends all of it. */
class HubStart {
  readonly #options: HubOptions
  readonly #out: Print
  readonly #stores: Partial<Stores> = {}
  #processes: Record<string, Supervised> = {}
  #metrics: RunInfo['metrics'] = { worker: '', relay: '', channels: '' }
  #info: RunInfo | undefined
  #stopped: Promise<void> | undefined
  #settled: Promise<unknown> = Promise.resolve()

  constructor(options: HubOptions) {
    this.#options = options
    this.#out = options.out ?? print
  }

  async run(): Promise<Hub> {
    const { root, dataDir } = this.#options
    const secrets = loadSecrets(join(dataDir, 'secrets.json'))
    const apiPort = await claimPort('API', this.#options.apiPort, this.#out)
    const stores = await this.#startStores(secrets, apiPort)
    this.#check()
    await withProgress('Migrating the database', () => migrate(root, stores.postgres, secrets), this.#out)
    this.#check()
    const simulatorPort = await claimPort('the simulator', ports.simulator, this.#out)
    const onRevived = (name: string, pid: number) => this.#notePid(name, pid)
    const product = { ...stores, root, dataDir, secrets, apiPort, simulatorPort, onRevived, out: this.#out }
    await this.#startProduct(product)
    this.#check()
    this.#info = this.#describe(product)
    return {
      info: this.#info,
      secrets,
      databaseOwnerUrl: stores.postgres.ownerUrl,
      ...(stores.mariadb ? { wms: wmsAccess(stores.mariadb, secrets) } : {}),
      stop: () => this.stop(),
      kill: () => this.kill(),
    }
  }

  async #startStores(secrets: Secrets, apiPort: number): Promise<Stores> {
    const { dataDir } = this.#options
    const common = (name: string) => ({
      dataDir,
      out: this.#out,
      onRevived: (pid: number) => this.#notePid(name, pid),
    })
    const codecEndpoint = `http://127.0.0.1:${apiPort}/codec`
    const begin = () =>
      settleAll([
        startPostgres({
          ...common('postgres'),
          port: ports.postgres,
          ownerPassword: secrets.databaseOwnerPassword,
        }).then((part) => {
          this.#stores.postgres = part
        }),
        startRedis({ ...common('redis'), port: ports.redis }).then((part) => {
          this.#stores.redis = part
        }),
        startTemporal({
          ...common('temporal'),
          port: ports.temporal,
          webPort: ports.temporalWeb,
          codecEndpoint,
        }).then((part) => {
          this.#stores.temporal = part
        }),
        this.#startMariadb(common('mariadb'), secrets),
        withProgress('Building dist/', build, this.#out),
      ])
    const work = withProgress('Starting PostgreSQL, Redis, Temporal and MariaDB', begin, this.#out)
    this.#settled = work.catch(() => undefined)
    await work
    const { postgres, redis, temporal, mariadb } = this.#stores
    if (!postgres || !redis || !temporal) throw new Error('a store did not start')
    return { postgres, redis, temporal, ...(mariadb ? { mariadb } : {}) }
  }

  /** The hub itself does not need it: without it the warehouses have no stock systems of their own to be read. */
  async #startMariadb(
    options: Pick<MariadbOptions, 'dataDir' | 'out' | 'onRevived'>,
    secrets: Secrets,
  ): Promise<void> {
    try {
      const { world } = wmsPasswords(secrets)
      this.#stores.mariadb = await startMariadb({ ...options, port: ports.mariadb, password: world })
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]
      if (!this.#stopped && !this.#options.signal?.aborted)
        this.#out(`  Without the warehouses' own stock systems: ${reason}`)
    }
  }

  async #startProduct(options: ProductOptions): Promise<void> {
    const { processes, metrics } = await productProcesses(options)
    this.#processes = processes
    this.#metrics = metrics
    this.#check()
    const api = `http://127.0.0.1:${options.apiPort}`
    const begin = async () => {
      await settleAll(Object.values(this.#processes).map((process) => process.start()))
      await this.#untilReady(`${api}/readyz`)
    }
    const work = withProgress('Starting simulator, worker, relay, channels and API', begin, this.#out)
    this.#settled = work.catch(() => undefined)
    await work
  }

  async #untilReady(url: string): Promise<void> {
    const deadline = Date.now() + readyWithinMs
    while (!(await answersOk(url))) {
      this.#check()
      if (Date.now() > deadline) {
        const logs = join(this.#options.dataDir, 'logs')
        throw new Error(`The API is not ready after ${readyWithinMs / 1_000} s; see the logs in ${logs}`)
      }
      await delay(pollMs)
    }
  }

  #check(): void {
    if (this.#stopped || this.#options.signal?.aborted) throw new Error('stopped while starting')
  }

  #describe(options: ProductOptions): RunInfo {
    const { postgres, redis, temporal, mariadb, secrets, apiPort, simulatorPort } = options
    const api = `http://127.0.0.1:${apiPort}`
    const children: Record<string, number | undefined> = {
      start: process.pid,
      postgres: postgres.pid(),
      redis: redis.pid(),
      temporal: temporal.pid(),
      mariadb: mariadb?.pid(),
    }
    for (const [name, child] of Object.entries(this.#processes)) children[name] = child.pid
    const pids: Record<string, number> = {}
    for (const [name, pid] of Object.entries(children)) if (pid !== undefined) pids[name] = pid
    return {
      api,
      docs: `${api}/docs`,
      console: api,
      temporal: temporal.address,
      temporalWeb: temporal.webUrl ?? null,
      postgres: postgres.ownerUrl,
      redis: redis.url,
      ...(mariadb ? { mariadb: mariadb.url } : {}),
      simulator: `http://127.0.0.1:${simulatorPort}`,
      apiKeys: secrets.apiKeys,
      accounts: secrets.accounts,
      companyPassword: companySignIn(secrets).password,
      metrics: this.#metrics,
      pids,
    }
  }

  /** A child was started again: whoever reads run.json must not signal a number that is somebody else's by now. */
  #notePid(name: string, pid: number): void {
    if (!this.#info || this.#stopped) return
    this.#info.pids[name] = pid
    if (readRunInfo(this.#options.dataDir)) writeRunInfo(this.#options.dataDir, this.#info)
  }

  /** First what takes work in, then what works it off, then the stores. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end((part) => part.stop())
    return this.#stopped
  }

  kill(): Promise<void> {
    this.#settled = Promise.resolve() // nothing is waited for any more
    this.#stopped = this.#end((part) => part.kill())
    return this.#stopped
  }

  async #end(end: (part: { stop(): Promise<void>; kill(): Promise<void> }) => Promise<void>): Promise<void> {
    const { dataDir } = this.#options
    removeRunInfo(dataDir)
    endHelpers()
    const { api, channels, relay, worker, simulator } = this.#processes
    for (const group of [[api, channels], [relay, worker], [simulator]]) {
      await settleAll(group.filter((child) => child !== undefined).map(end))
    }
    await this.#settled // a store that is still starting is ended below
    await settleAll(Object.values(this.#stores).map(end))
    forgetChild(dataDir, 'start')
  }
}

/** Wait for all of them, whatever becomes of one; then throw the first failure. */
async function settleAll(work: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

function wmsAccess({ url, certificateAuthority }: MariadbPart, secrets: Secrets): Hub['wms'] & object {
  return { url, certificateAuthority, readerPassword: wmsPasswords(secrets).reader }
}
