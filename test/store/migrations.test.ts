import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrations } from '../../migrations/index.ts'
import { migrate } from '../../migrations/migrate.ts'
import { createDatabase } from '../../store/database.ts'
import { required } from '../support/database.ts'

/** The password that all test databases share: the role is one for the whole server. */
const APP_PASSWORD = 'hub-app-of-the-tests'
const ALL = Object.keys(migrations).sort()
const run = promisify(execFile)

let admin: pg.Client
const names: string[] = []

beforeAll(async () => {
  admin = new pg.Client({ connectionString: required('TEST_DATABASE_OWNER_URL') })
  await admin.connect()
})
afterAll(async () => {
  for (const name of names) await admin.query(`drop database if exists ${name} with (force)`)
  await admin.end()
})

async function emptyDatabase(): Promise<string> {
  const name = `hub_migrate_${randomBytes(6).toString('hex')}`
  names.push(name)
  await admin.query(`create database ${name}`)
  const url = new URL(required('TEST_DATABASE_OWNER_URL'))
  url.pathname = `/${name}`
  return url.href
}

/** What a schema consists of, in words. */
async function describeSchema(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ line: string }>(`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
      from information_schema.columns where table_schema = 'public'
    union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select concat_ws(' ', table_name, grantee, privilege_type) from information_schema.role_table_grants
      where table_schema = 'public' and grantee = 'hub_app'`)
  await client.end()
  return rows.map((row) => row.line).sort()
}

describe('migrations', () => {
  test('bring an empty database to the newest schema, and a second run finds nothing to do', async () => {
    const url = await emptyDatabase()
    expect(await migrate(url, APP_PASSWORD)).toEqual(ALL)
    const schema = await describeSchema(url)
    expect(await migrate(url, APP_PASSWORD)).toEqual([])
    expect(await describeSchema(url)).toEqual(schema)
  })

  test('run by two processes on one database at once, each succeeds and every migration runs once', async () => {
    const url = await emptyDatabase()
    const root = join(import.meta.dirname, '../..')
    const environment = { ...process.env, DATABASE_OWNER_URL: url, HUB_APP_PASSWORD: APP_PASSWORD }
    const command = () =>
      run(process.execPath, ['--import', 'tsx', 'migrations/main.ts'], { cwd: root, env: environment })
    const outputs = (await Promise.all([command(), command()])).map(({ stdout }) => stdout.trim())
    expect(outputs.sort()).toEqual([`migrated: ${ALL.join(', ')}`, 'the database is up to date'].sort())
  })

  test('run on several databases of one server at once, each succeeds although they share the role', async () => {
    const urls = [await emptyDatabase(), await emptyDatabase(), await emptyDatabase()]
    expect(await Promise.all(urls.map((url) => migrate(url, APP_PASSWORD)))).toEqual([ALL, ALL, ALL])
    // Now only the role is changed, by many at the same moment.
    const again = await Promise.all([...urls, ...urls].map((url) => migrate(url, APP_PASSWORD)))
    expect(again.flat()).toEqual([])
  })

  test('the time that stock is held, a deadline of the order’s life before, becomes a policy with its history', async () => {
    const db = createDatabase(await emptyDatabase(), 1)
    const published = (version: number, ttl: number) => sql`
      insert into policy (kind, version, document, author, reason, published_at)
      values ('order-life', ${version}, ${JSON.stringify({ reservationTtlSeconds: ttl, trackingIntervalSeconds: 5 })},
        'Ann', 'why', '2026-01-01')`
    for (const [name, migration] of Object.entries(migrations)) {
      if (name === '0003-policies')
        await Promise.all([published(1, 100).execute(db), published(2, 200).execute(db)])
      await migration.up(db)
      if (name === '0003-policies') break
    }
    const rows = await db
      .selectFrom('policy')
      .select(['kind', 'version', 'document', 'state', 'publisher', 'author'])
      .orderBy('kind')
      .orderBy('version')
      .execute()
    await db.destroy()
    const by = { author: 'Ann', publisher: 'Ann' }
    expect(rows).toEqual([
      { kind: 'order-life', version: 1, document: { trackingIntervalSeconds: 5 }, state: 'retired', ...by },
      { kind: 'order-life', version: 2, document: { trackingIntervalSeconds: 5 }, state: 'published', ...by },
      { kind: 'reservation', version: 1, document: { holdTtlSeconds: 100 }, state: 'retired', ...by },
      { kind: 'reservation', version: 2, document: { holdTtlSeconds: 200 }, state: 'published', ...by },
    ])
  })

  test('the application signs in with the password that was given last', async () => {
    const url = new URL(await emptyDatabase())
    await migrate(url.href, APP_PASSWORD)
    url.username = 'hub_app'
    url.password = APP_PASSWORD
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    const { rows } = await client.query('select current_user as name')
    await client.end()
    expect(rows).toEqual([{ name: 'hub_app' }])
  })
})
