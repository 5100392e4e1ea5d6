import { sql } from 'kysely'
import { POLICIES, type PolicyDocument, type PolicyKind } from '../contracts/policies/index.ts'
import type { Db, Tx } from './database.ts'

/** The document of a kind that is in force. Version 0 is the built-in one. */
export type CurrentPolicy<Kind extends PolicyKind> = { version: number; document: PolicyDocument<Kind> }

/**
 * The published policy of a kind, read from the database now. What is asked often goes through `Policies` instead.
 *
 * @throws ZodError for a document that this version of the software does not understand
 */
export async function currentPolicy<Kind extends PolicyKind>(
  db: Db | Tx,
  kind: Kind,
): Promise<CurrentPolicy<Kind>> {
  const { schema, initial } = POLICIES[kind]
  const row = await db
    .selectFrom('policy')
    .select(['version', 'document'])
    .where('kind', '=', kind)
    .where('state', '=', 'published')
    .executeTakeFirst()
  return row
    ? { version: row.version, document: schema.parse(row.document) }
    : { version: 0, document: initial }
}

/** The version in force of every kind that has one. */
export async function publishedVersions(db: Db | Tx): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('policy')
    .select(['kind', 'version'])
    .where('state', '=', 'published')
    .execute()
  return new Map(rows.map((row) => [row.kind, row.version]))
}

/**
 * Puts a document in force as the next version of its kind, and retires the one before. Whoever comes second of two
 * that publish at once has the last word, and both are in the history.
 */
export async function publishPolicy<Kind extends PolicyKind>(
  db: Db,
  policy: { kind: Kind; document: PolicyDocument<Kind>; author: string; reason: string },
): Promise<number> {
  const { kind, author, reason } = policy
  const document = JSON.stringify(POLICIES[kind].schema.parse(policy.document))
  return db.transaction().execute(async (tx) => {
    await lockPolicy(tx, kind)
    const version = await nextVersion(tx, kind)
    await retirePublished(tx, kind)
    await tx
      .insertInto('policy')
      .values({
        kind,
        version,
        document,
        author,
        reason,
        state: 'published',
        publisher: author,
        published_at: sql<Date>`clock_timestamp()`,
      })
      .execute()
    return version
  })
}

/** One change of a kind at a time: numbering and publishing look at the kind's other rows. */
async function lockPolicy(tx: Tx, kind: PolicyKind): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`policy/${kind}`}, 0))`.execute(tx)
}

async function nextVersion(tx: Tx, kind: PolicyKind): Promise<number> {
  const newest = await tx
    .selectFrom('policy')
    .select('version')
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (newest?.version ?? 0) + 1
}

async function retirePublished(tx: Tx, kind: PolicyKind): Promise<void> {
  await tx
    .updateTable('policy')
    .set({ state: 'retired', retired_at: sql<Date>`clock_timestamp()` })
    .where('kind', '=', kind)
    .where('state', '=', 'published')
    .execute()
}
