import type { Selectable } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import { POLICIES, POLICY_KINDS, type PolicyKind } from '../contracts/policies/index.ts'
import type {
  ListPolicyVersionsQuery,
  PolicyVersionDetail,
  PolicyVersionView,
  policyKindView,
} from '../contracts/policies/versions.ts'
import type { Db, Tx } from './database.ts'
import { Keyset, type Page } from './paging.ts'
import type { Database } from './schema.ts'

type PolicyRow = Omit<Selectable<Database['policy']>, 'document' | 'kind'>
const position = z.tuple([z.int().min(1)])
const columns = [
  'version',
  'state',
  'revision',
  'author',
  'reason',
  'publisher',
  'rollback_of',
  'created_at',
  'published_at',
  'retired_at',
] as const

/** Every kind with what is in force of it. */
export async function listPolicyKinds(db: Db): Promise<z.output<typeof policyKindView>[]> {
  const rows = await db
    .selectFrom('policy')
    .select(['kind', 'state', 'version', 'publisher', 'published_at'])
    .where('state', 'in', ['draft', 'published'])
    .execute()
  return POLICY_KINDS.map((kind) => {
    const published = rows.find((row) => row.kind === kind && row.state === 'published')
    return {
      kind,
      title: POLICIES[kind].title,
      version: published?.version ?? 0,
      publisher: published?.publisher ?? null,
      publishedAt: published?.published_at?.toISOString() ?? null,
      openDrafts: rows.filter((row) => row.kind === kind && row.state === 'draft').length,
    }
  })
}

/** One page of the versions of a kind, the newest first. */
export async function listPolicyVersions(
  db: Db,
  kind: PolicyKind,
  query: ListPolicyVersionsQuery,
): Promise<Page<PolicyVersionView>> {
  const keyset = new Keyset(`policy/${kind}`, query, position)
  const after = keyset.after(query.cursor)
  let select = db
    .selectFrom('policy')
    .select(columns)
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  if (after) select = select.where('version', '<', after[0])
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.version],
    (row) => viewOf(kind, row),
  )
}

/** The version in force, as it was stored: also one that this release cannot read any more. */
export async function findPublishedPolicy(db: Db, kind: PolicyKind): Promise<PolicyVersionDetail> {
  const row = await db
    .selectFrom('policy')
    .select([...columns, 'document'])
    .where('kind', '=', kind)
    .where('state', '=', 'published')
    .executeTakeFirst()
  return row ? detailOf(kind, row) : builtIn(kind)
}

/** @throws ProblemError `policy-version-not-found` */
export async function findPolicyVersion(
  db: Db | Tx,
  kind: PolicyKind,
  version: number,
): Promise<PolicyVersionDetail> {
  if (version === 0) return builtIn(kind)
  const row = await db
    .selectFrom('policy')
    .select([...columns, 'document'])
    .where('kind', '=', kind)
    .where('version', '=', version)
    .executeTakeFirst()
  if (!row) throw new ProblemError('policy-version-not-found')
  return detailOf(kind, row)
}

function builtIn(kind: PolicyKind): PolicyVersionDetail {
  return {
    kind,
    version: 0,
    state: 'built-in',
    revision: 1,
    author: 'order-hub',
    reason: 'built in',
    publisher: null,
    rollbackOf: null,
    createdAt: null,
    publishedAt: null,
    retiredAt: null,
    document: { ...POLICIES[kind].initial },
  }
}

function detailOf(kind: PolicyKind, row: PolicyRow & { document: object }): PolicyVersionDetail {
  return { ...viewOf(kind, row), document: { ...row.document } }
}

function viewOf(kind: PolicyKind, row: PolicyRow): PolicyVersionView {
  return {
    kind,
    version: row.version,
    state: row.state,
    revision: row.revision,
    author: row.author,
    reason: row.reason,
    publisher: row.publisher,
    rollbackOf: row.rollback_of,
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    retiredAt: row.retired_at?.toISOString() ?? null,
  }
}
