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

/**
 * The document that a version had or has, for what was begun by it.
 *
 * @throws NoResultError for a version that there never was, ZodError for a document that this version of the software does not
 * understand
 */
export async function policyOfVersion<Kind extends PolicyKind>(
  db: Db | Tx,
  kind: Kind,
  version: number,
): Promise<PolicyDocument<Kind>> {
  const { schema, initial } = POLICIES[kind]
  if (version === 0) return initial
  const row = await db
    .selectFrom('policy')
    .select('document')
    .where('kind', '=', kind)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return schema.parse(row.document)
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
