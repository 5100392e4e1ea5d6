import { Kysely, Migrator, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { migrations } from './index.ts'

/**
 * Brings a database to the newest schema and makes the application role.
 *
 * @param ownerUrl connection of the role that owns the schema; it needs CREATEROLE for the first run
 * @param appPassword password that `hub_app` signs in with; set again on every run, which is how it is rotated
 * @returns the names of the migrations that ran
 */
export async function migrate(ownerUrl: string, appPassword: string): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: ownerUrl, max: 1 }) }),
  })
  try {
    await ensureAppRole(db, appPassword)
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
    const { error, results } = await migrator.migrateToLatest()
    if (error) throw error
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

async function ensureAppRole(db: Kysely<unknown>, password: string): Promise<void> {
  // Roles belong to the whole server: several databases may be migrated at once, and one of them comes second.
  await sql`
    do $$ begin
      perform pg_advisory_xact_lock(hashtext('hub_app'));
      if not exists (select from pg_roles where rolname = 'hub_app') then create role hub_app login; end if;
    end $$`.execute(db)
  const { rows } = await sql<{ statement: string }>`
    select format('alter role hub_app login password %L', ${password}::text) as statement`.execute(db)
  const statement = rows[0]?.statement
  if (statement) await sql.raw(statement).execute(db)
}
