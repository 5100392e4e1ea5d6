import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { POLICIES, type PolicyDocument, type PolicyKind } from '../contracts/policies/index.ts'
import { type AuditOrigin, appendAudit, SYSTEM_ORIGIN } from './audit.ts'
import { hashOf } from './audit-chain.ts'
import type { Db, Tx } from './database.ts'
import { refuseUselessPolicy } from './policy-checks.ts'

/** Drafts that nobody finishes must not pile up; more than this is not work in progress. */
export const MAX_OPEN_DRAFTS = 20
/** A document of a thousand wrong lines is not answered with a thousand errors. */
const MAX_FIELDS = 50

type Origin = { author: string; reason: string }
/** By which way somebody publishes; the hub itself if it does not say. */
type Way = { via?: Pick<AuditOrigin, 'source' | 'requestId'> }

/**
 * Begins a draft. Its version number is given now and for ever; which version is in force is said by the states
 * draft → published → retired, never by the highest number.
 *
 * @returns its version
 * @throws ProblemError `policy-too-many-drafts`; `invalid-request` when the document does not fit its kind
 */
export async function createDraft(
  tx: Tx,
  draft: Origin & { kind: PolicyKind; document: unknown },
): Promise<number> {
  const { kind, author, reason } = draft
  const document = JSON.stringify(parseDocument(kind, draft.document))
  await lockPolicy(tx, kind)
  const open = await tx
    .selectFrom('policy')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('kind', '=', kind)
    .where('state', '=', 'draft')
    .executeTakeFirstOrThrow()
  if (open.count >= MAX_OPEN_DRAFTS) throw new ProblemError('policy-too-many-drafts')
  const version = await nextVersion(tx, kind)
  await tx.insertInto('policy').values({ kind, version, document, author, reason }).execute()
  return version
}

/**
 * Replaces the document of a draft, if it still is what the editor saw.
 *
 * @throws ProblemError `policy-version-not-found`, `policy-not-a-draft`, `policy-draft-changed`, `invalid-request`
 */
export async function editDraft(
  tx: Tx,
  edit: Origin & { kind: PolicyKind; version: number; revision: number; document: unknown },
): Promise<void> {
  const { kind, version, author, reason } = edit
  const document = JSON.stringify(parseDocument(kind, edit.document))
  await lockDraft(tx, edit)
  await tx
    .updateTable('policy')
    .set((eb) => ({ document, author, reason, revision: eb('revision', '+', 1) }))
    .where('kind', '=', kind)
    .where('version', '=', version)
    .execute()
}

/** Gives a draft up: retired without ever having been in force. */
export async function discardDraft(tx: Tx, draft: { kind: PolicyKind; version: number }): Promise<void> {
  await lockDraft(tx, draft)
  await tx
    .updateTable('policy')
    .set({ state: 'retired', retired_at: sql<Date>`clock_timestamp()` })
    .where('kind', '=', draft.kind)
    .where('version', '=', draft.version)
    .execute()
}

/**
 * Puts a draft in force and retires the version before. The revision says which text was looked at: one that somebody
 * has edited since is not published.
 *
 * @throws ProblemError like `editDraft`; `policy-refuses-everything`
 */
export async function publishDraft(
  tx: Tx,
  publish: Way & { kind: PolicyKind; version: number; revision: number; publisher: string },
): Promise<void> {
  const { kind, version, publisher, via } = publish
  const { document, author, reason } = await lockDraft(tx, publish)
  // The kind may have learnt new rules since the draft was begun.
  await refuseUselessPolicy(tx, kind, parseDocument(kind, document))
  const before = await retirePublished(tx, kind)
  await tx
    .updateTable('policy')
    .set({ state: 'published', publisher, published_at: sql<Date>`clock_timestamp()` })
    .where('kind', '=', kind)
    .where('version', '=', version)
    .execute()
  await auditPublication(tx, {
    ...{ kind, before, version, document, reason, via, actor: publisher },
    rollbackOf: null,
    ...(author === publisher ? {} : { author }),
  })
}

/**
 * Puts a document in force as the next version at once. Of two that do this together the second one is in force, and
 * both are in the history.
 *
 * @param policy.rollbackOf the version that the document comes from
 * @returns its version
 * @throws ProblemError `invalid-request`, `policy-refuses-everything`
 */
export async function publishDocument(
  tx: Tx,
  policy: Origin & Way & { kind: PolicyKind; document: unknown; rollbackOf?: number },
): Promise<number> {
  const { kind, author, reason, rollbackOf = null, via } = policy
  const parsed = parseDocument(kind, policy.document)
  const document = JSON.stringify(parsed)
  await lockPolicy(tx, kind)
  await refuseUselessPolicy(tx, kind, parsed)
  const version = await nextVersion(tx, kind)
  const before = await retirePublished(tx, kind)
  await tx
    .insertInto('policy')
    .values({
      ...{ kind, version, document, author, reason, rollback_of: rollbackOf },
      state: 'published',
      publisher: author,
      published_at: sql<Date>`clock_timestamp()`,
    })
    .execute()
  await auditPublication(tx, {
    kind,
    before,
    version,
    document: parsed,
    reason,
    via,
    actor: author,
    rollbackOf,
  })
  return version
}

/** What is in force is in the trail by its version and hash; the document itself is in the table of policies. */
async function auditPublication(
  tx: Tx,
  publication: {
    kind: PolicyKind
    before: number
    version: number
    document: object
    reason: string
    actor: string
    /** Who wrote it, if somebody else put it in force. */
    author?: string
    rollbackOf: number | null
    via: Way['via']
  },
): Promise<void> {
  const { kind, before, version, document, reason, actor, author, rollbackOf, via } = publication
  await appendAudit(tx, {
    ...SYSTEM_ORIGIN,
    ...via,
    actor,
    action: rollbackOf === null ? 'policy.published' : 'policy.rolled_back',
    subject: { kind: 'policy', id: kind },
    oldValue: { version: before },
    newValue: {
      version,
      ...(rollbackOf === null ? {} : { rollbackOf }),
      ...(author === undefined ? {} : { author }),
    },
    reason,
    relatedHash: hashOf(document),
  })
}

/** The same in a transaction of its own, for a document whose type is known. */
export async function publishPolicy<Kind extends PolicyKind>(
  db: Db,
  policy: Origin & { kind: Kind; document: PolicyDocument<Kind> },
): Promise<number> {
  return db.transaction().execute((tx) => publishDocument(tx, policy))
}

/**
 * The document of a version that was in force once, for a rollback.
 *
 * @throws ProblemError `policy-version-not-found`; `policy-not-published` for a draft, given up or not
 */
export async function readRetiredDocument(tx: Tx, kind: PolicyKind, version: number): Promise<object> {
  if (version === 0) return POLICIES[kind].initial
  const row = await tx
    .selectFrom('policy')
    .select(['document', 'published_at'])
    .where('kind', '=', kind)
    .where('version', '=', version)
    .executeTakeFirst()
  if (!row) throw new ProblemError('policy-version-not-found')
  if (row.published_at === null) throw new ProblemError('policy-not-published')
  return row.document
}

/** @throws ProblemError `invalid-request` that names every field which does not fit the kind */
export function parseDocument<Kind extends PolicyKind>(kind: Kind, document: unknown): PolicyDocument<Kind> {
  const parsed = POLICIES[kind].schema.safeParse(document)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a known field' }))
        : [{ path: issue.path, message: issue.message }],
    )
    .map(({ path, message }) => ({ field: ['document', ...path].join('.'), message }))
  throw new ProblemError('invalid-request', undefined, { fields: fields.slice(0, MAX_FIELDS) })
}

/** One change of a kind at a time: numbering and publishing look at the kind's other rows. */
async function lockPolicy(tx: Tx, kind: PolicyKind): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`policy/${kind}`}, 0))`.execute(tx)
}

async function lockDraft(
  tx: Tx,
  draft: { kind: PolicyKind; version: number; revision?: number },
): Promise<{ document: object; author: string; reason: string }> {
  await lockPolicy(tx, draft.kind)
  const row = await tx
    .selectFrom('policy')
    .select(['state', 'revision', 'document', 'author', 'reason'])
    .where('kind', '=', draft.kind)
    .where('version', '=', draft.version)
    .executeTakeFirst()
  if (!row) throw new ProblemError('policy-version-not-found')
  if (row.state !== 'draft') throw new ProblemError('policy-not-a-draft', `this version is ${row.state}`)
  if (draft.revision !== undefined && draft.revision !== row.revision) {
    throw new ProblemError('policy-draft-changed', `the draft is at revision ${row.revision}`)
  }
  return row
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

/** Returns the version that was in force; 0 is the built-in one. */
async function retirePublished(tx: Tx, kind: PolicyKind): Promise<number> {
  const retired = await tx
    .updateTable('policy')
    .set({ state: 'retired', retired_at: sql<Date>`clock_timestamp()` })
    .where('kind', '=', kind)
    .where('state', '=', 'published')
    .returning('version')
    .executeTakeFirst()
  return retired?.version ?? 0
}
