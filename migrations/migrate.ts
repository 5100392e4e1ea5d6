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

/** How often a role is tried that somebody else is changing at the same moment. */
const ROLE_ATTEMPTS = 20

/**
 * Roles belong to the whole server, and advisory locks to one database: when several databases are migrated at once,
 * nothing keeps them apart, so whoever comes second tries again.
 */
async function ensureAppRole(db: Kysely<unknown>, password: string): Promise<void> {
  await sql`
    do $$ begin
      create role hub_app login;
    exception when duplicate_object or unique_violation then null;
    end $$`.execute(db)
  const { rows } = await sql<{ statement: string }>`
    select format('alter role hub_app login password %L', ${password}::text) as statement`.execute(db)
  const statement = rows[0]?.statement
  if (!statement) return
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql.raw(statement).execute(db)
      return
    } catch (error) {
      if (attempt === ROLE_ATTEMPTS || !isConcurrentChange(error)) throw error
    }
  }
}

/** PostgreSQL has no code of its own for two changes of one role at once. */
function isConcurrentChange(error: unknown): boolean {
  return error instanceof Error && error.message.includes('tuple concurrently updated')
}
