import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../migrations/migrate.ts'
import { createDatabase, type Db } from '../../store/database.ts'

export type TestDatabase = { ownerUrl: string; appUrl: string; db: Db; destroy: () => Promise<void> }

/** The application role is one for the whole server, so every test database signs in with the same password. */
const APP_PASSWORD = 'hub-app-of-the-tests'
/** Named after the migrations, so that a server that is kept between runs never serves an old schema. */
const TEMPLATE = `hub_template_${migrationsHash()}`

function migrationsHash(): string {
  const folder = join(import.meta.dirname, '../../migrations')
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}

/** A database of its own, with the newest schema and nothing in it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = required('TEST_DATABASE_OWNER_URL')
  const name = `hub_test_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  try {
    await ensureTemplate(admin, serverUrl)
    await admin.query(`create database ${name} template ${TEMPLATE}`)
  } finally {
    await admin.end()
  }
  const ownerUrl = withDatabase(serverUrl, name)
  const appUrl = withUser(ownerUrl, 'hub_app', APP_PASSWORD)
  const db = createDatabase(appUrl, 10)
  return { ownerUrl, appUrl, db, destroy: () => dropDatabase(db, serverUrl, name) }
}

/** Migrating once and copying is ten times faster than migrating for each test file. */
async function ensureTemplate(admin: pg.Client, serverUrl: string): Promise<void> {
  await admin.query('select pg_advisory_lock(4711)')
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPLATE])
    if (rowCount === 0) {
      await admin.query(`create database ${TEMPLATE}_making`)
      await migrate(withDatabase(serverUrl, `${TEMPLATE}_making`), APP_PASSWORD)
      await admin.query(`alter database ${TEMPLATE}_making rename to ${TEMPLATE}`)
    }
  } finally {
    await admin.query('select pg_advisory_unlock(4711)')
  }
}

async function dropDatabase(db: Db, serverUrl: string, name: string): Promise<void> {
  await db.destroy()
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.end()
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}

export function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; run the tests through npm test`)
  return value
}
