import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import pg from 'pg'
import { pino } from 'pino'
import { createTemporalClient } from '../connectors/temporal/client.ts'
import { migrate } from '../migrations/migrate.ts'
import { build } from '../scripts/build.ts'
import { answersOk, productEnvironment, productProcesses } from '../scripts/parts/hub-processes.ts'
import { freePort } from '../scripts/parts/ports.ts'
import { appRole, type PostgresPart, startPostgres } from '../scripts/parts/postgres.ts'
import { Supervised } from '../scripts/parts/process.ts'
import { type Print, withProgress } from '../scripts/parts/progress.ts'
import { startRedis } from '../scripts/parts/redis.ts'
import { loadSecrets, type Secrets } from '../scripts/parts/secrets.ts'
import { startSeededHub } from '../scripts/parts/seeded-hub.ts'
import { startTemporal } from '../scripts/parts/temporal.ts'
import { createDatabase, createPool, type Db } from '../store/database.ts'
import { createInboxNotice } from '../store/inbox-notice.ts'
import { KeyRing } from '../store/keyring.ts'
import { fillCatalogue } from './catalogue.ts'
import { OrderLife } from './order-life.ts'
import { startOutsideWorld } from './outside-world.ts'
import { ReferenceLife } from './reference-life.ts'
import { startStepListener } from './step-listener.ts'

const root = join(import.meta.dirname, '..')
/** Enough for every concurrent piece of work of the driver; PostgreSQL allows 200 in all. */
const DRIVER_POOL = 16
/** The reference's own corner of the server: it has a deployment of the same name as the hub's. */
const REFERENCE = 'reference'
const READY_MS = 60_000
const NAMESPACE_MS = 30_000
const LOOK_AGAIN_MS = 100
/** What is measured is the API, not its rate limit. */
const NO_LIMIT = 1_000_000_000

export type StageOptions = { folder: string; out: Print; signal: AbortSignal }

type Stoppable = { stop: () => Promise<void> }

/** Every real part that a figure may ask for, started when it is first asked for and stopped with the stage. */
export class Stage {
  readonly signal: AbortSignal
  readonly #options: StageOptions
  readonly #secrets: Secrets
  /** Latest first: what was started on top of something ends before it. */
  readonly #started: Stoppable[] = []
  readonly #parts = new Map<string, Promise<unknown>>()
  #lostProcess: string | null = null

  constructor(options: StageOptions) {
    this.#options = options
    this.signal = options.signal
    this.#secrets = loadSecrets(join(options.folder, 'secrets.json'))
  }

  /** A migrated database with the benchmark's catalogue and nobody else in it. */
  async freshDatabase(name: string): Promise<{ db: Db; ownerUrl: string; appUrl: string }> {
    const postgres = await this.#postgres()
    const ownerUrl = withDatabase(postgres.ownerUrl, name)
    const admin = new pg.Client({ connectionString: postgres.ownerUrl })
    await admin.connect()
    await admin.query(`create database ${name}`)
    await admin.end()
    await migrate(ownerUrl, this.#secrets.hubAppPassword)
    const appUrl = withDatabase(postgres.urlFor(appRole, this.#secrets.hubAppPassword), name)
    const db = this.#database(createDatabase(appUrl, DRIVER_POOL))
    await fillCatalogue(db)
    return { db, ownerUrl, appUrl }
  }

  keyRing(): KeyRing {
    return KeyRing.parse(this.#secrets.dataKeys)
  }

  /** The hub's own worker and relay process with an outside world that answers at once, and a driver for orders. */
  hub = () =>
    this.#once('hub', async () => {
      const { processes, outside, ownerUrl, appUrl, temporal } = await this.#product()
      await withProgress(
        'Starting worker and relay',
        async () => {
          await this.#start(processes.worker)
          await this.#start(processes.relay)
        },
        this.#options.out,
      )
      const pool = createPool(appUrl, DRIVER_POOL)
      this.#started.unshift({ stop: () => pool.end() })
      const notice = createInboxNotice(pool, pino({ level: 'silent' }))
      const db = this.#database(createDatabase(appUrl, DRIVER_POOL))
      const client = this.#client(temporal.address, 'default')
      const life = new OrderLife({ db, client, outside, notice, keyRing: this.keyRing() })
      return { db, ownerUrl, client, life, workerPid: () => pidOf(processes.worker), ...temporal }
    })

  /** The hub's own API process on top of `hub`. */
  api = () =>
    this.#once('api', async () => {
      await this.hub()
      const { processes, apiPort } = await this.#product()
      await this.#start(processes.api)
      return { url: `http://127.0.0.1:${apiPort}` }
    })

  /** The hub's own process between platforms and inbox on top of `hub`. */
  channels = () =>
    this.#once('channels', async () => {
      await this.hub()
      const { processes } = await this.#product()
      return this.#start(processes.channels)
    })

  /** A whole hub with servers of its own, as `npm start` brings it up and fills it. */
  seededHub = () =>
    this.#once('seeded-hub', async () => {
      const { folder, out, signal } = this.#options
      const apiPort = await freePort()
      return this.#start(startSeededHub({ root, dataDir: join(folder, 'hub'), apiPort, out, signal }))
    })

  /** An API process with a database of its own, and nobody who carries its orders anywhere. */
  checkoutApi = () =>
    this.#once('checkout-api', async () => {
      const { environment } = await this.#product()
      const { db, ownerUrl, appUrl } = await this.freshDatabase('hub_bench_http')
      const [port, metricsPort] = [await freePort(), await freePort()]
      const url = `http://127.0.0.1:${port}`
      const api = this.#supervised('checkout-api', {
        args: [join(root, 'dist/api.js')],
        env: {
          ...environment,
          DATABASE_URL: appUrl,
          API_PORT: String(port),
          METRICS_PORT: String(metricsPort),
          RATE_LIMIT_PER_MINUTE: String(NO_LIMIT),
        },
        isReady: () => answersOk(`${url}/healthz`),
      })
      await this.#start(api)
      return { url, db, ownerUrl }
    })

  /** The least of all servers. */
  bareApi = () =>
    this.#once('bare-api', async () => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const bare = this.#supervised('bare-api', {
        args: ['--import', 'tsx', join(root, 'bench/bare-server.ts')],
        env: { ...process.env, BENCH_PORT: String(port) },
        isReady: () => answersOk(`${url}/readyz`),
      })
      await this.#start(bare)
      return { url }
    })

  /** A worker process for the reference workflow on the same server, and a driver for it. */
  reference = () =>
    this.#once('reference', async () => {
      const { temporal, environment } = await this.#product()
      const client = this.#client(temporal.address, REFERENCE)
      await createNamespace(client)
      const steps = await startStepListener()
      this.#started.unshift({ stop: () => steps.close() })
      const metricsPort = await freePort()
      const worker = this.#supervised('reference-worker', {
        args: ['--import', 'tsx', join(root, 'bench/reference-worker.ts')],
        env: {
          ...environment,
          TEMPORAL_NAMESPACE: REFERENCE,
          TEMPORAL_TASK_QUEUE: REFERENCE,
          METRICS_PORT: String(metricsPort),
          BENCH_DRIVER_PORT: String(steps.port),
        },
        isReady: () => answersOk(`http://127.0.0.1:${metricsPort}/readyz`),
      })
      await withProgress('Starting the reference worker', () => this.#start(worker), this.#options.out)
      return {
        client,
        life: new ReferenceLife({ client, taskQueue: REFERENCE, steps }),
        workerPid: () => pidOf(worker),
      }
    })

  /** A figure of a run in which a process died and was started again is no figure. */
  check(): void {
    this.signal.throwIfAborted()
    if (this.#lostProcess) throw new Error(`${this.#lostProcess} ended during the measurement; see its log`)
  }

  async stop(): Promise<void> {
    // A part that is still starting registers itself first, so that it is stopped, too.
    await Promise.allSettled(this.#parts.values())
    for (const part of this.#started.splice(0)) await part.stop()
  }

  #postgres = () =>
    this.#once<PostgresPart>('postgres', () =>
      this.#start(
        startPostgres({
          dataDir: this.#options.folder,
          ownerPassword: this.#secrets.databaseOwnerPassword,
          out: this.#options.out,
        }),
      ),
    )

  #product = () =>
    this.#once('product', async () => {
      const { folder, out } = this.#options
      const begin = () =>
        Promise.all([
          this.#postgres(),
          this.#start(startRedis({ dataDir: folder, out })),
          this.#start(startTemporal({ dataDir: folder, headless: true, out })),
          build(),
        ])
      const [postgres, redis, temporal] = await withProgress('Starting the servers', begin, out)
      await migrate(postgres.ownerUrl, this.#secrets.hubAppPassword)
      const appUrl = postgres.urlFor(appRole, this.#secrets.hubAppPassword)
      const filling = createDatabase(appUrl, 2)
      await fillCatalogue(filling).finally(() => filling.destroy())
      const outside = await startOutsideWorld()
      this.#started.unshift({ stop: () => outside.close() })
      const options = {
        ...{ postgres, redis, temporal, root, out },
        dataDir: folder,
        secrets: this.#secrets,
        apiPort: await freePort(),
        simulatorPort: outside.port,
        onRevived: (name: string) => this.#lose(name),
      }
      const { processes } = await productProcesses(options)
      const temporalPid = () => pidOf({ name: 'temporal', pid: temporal.pid() })
      return {
        ...{ processes, outside, appUrl, apiPort: options.apiPort, ownerUrl: postgres.ownerUrl },
        temporal: { address: temporal.address, temporalPid },
        environment: productEnvironment(options),
      }
    })

  #supervised(
    name: string,
    child: { args: string[]; env: NodeJS.ProcessEnv; isReady: () => Promise<boolean> },
  ): Supervised {
    return new Supervised({
      ...child,
      name,
      command: process.execPath,
      cwd: root,
      folder: this.#options.folder,
      readyWithinMs: READY_MS,
      onRevived: () => this.#lose(name),
      out: this.#options.out,
    })
  }

  #once<Part>(name: string, start: () => Promise<Part>): Promise<Part> {
    const known = this.#parts.get(name)
    // Every name is used with one type of part only.
    if (known) return known as Promise<Part>
    this.signal.throwIfAborted()
    const part = start()
    this.#parts.set(name, part)
    return part
  }

  async #start<Part extends Stoppable>(part: Part | Promise<Part>): Promise<Part> {
    const started = await part
    this.#started.unshift(started)
    if (started instanceof Supervised) await started.start()
    return started
  }

  #client(address: string, namespace: string): Client {
    const client = createTemporalClient(
      { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
      KeyRing.parse(this.#secrets.payloadKeys),
    )
    this.#started.unshift({ stop: () => client.connection.close() })
    return client
  }

  #database(db: Db): Db {
    this.#started.unshift({ stop: () => db.destroy() })
    return db
  }

  #lose(name: string): void {
    this.#lostProcess ??= name
  }
}

function pidOf({ name, pid }: { name: string; pid: number | undefined }): number {
  if (pid === undefined) throw new Error(`${name} is not running`)
  return pid
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

/** Makes the reference's namespace and waits until every part of the server knows it. */
async function createNamespace(client: Client): Promise<void> {
  await client.workflowService.registerNamespace({
    namespace: REFERENCE,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  })
  for (const giveUpAt = Date.now() + NAMESPACE_MS; ; ) {
    try {
      await client.workflow.count()
      return
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
  }
}
