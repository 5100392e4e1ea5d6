import type { Selectable } from 'kysely'
import { z } from 'zod'
import {
  type ApiKeyView,
  apiKeyView,
  type CreateApiKeyBody,
  type ListApiKeysQuery,
} from '../contracts/accounts.ts'
import { ProblemError } from '../contracts/errors.ts'
import { requireStores } from './accounts.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { hashApiKey, newApiKeySecret } from './identity.ts'
import { Keyset, type Page } from './paging.ts'
import type { Database } from './schema.ts'

const byName = z.tuple([z.string().max(200)])

/** One page of the keys by which other systems call, by name. */
export async function listApiKeys(db: Db, query: ListApiKeysQuery): Promise<Page<ApiKeyView>> {
  const keyset = new Keyset('api-keys', query, byName)
  const after = keyset.after(query.cursor)
  const isDown = query.sort === '-name'
  let select = db
    .selectFrom('api_key')
    .selectAll()
    .orderBy('name', isDown ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.system) select = select.where('system', '=', query.system)
  if (query.active !== undefined) select = select.where('disabled', '=', !query.active)
  if (after) select = select.where('name', isDown ? '<' : '>', after[0])
  return keyset.page(await select.execute(), query.limit, (row) => [row.name], viewOf)
}

function viewOf(row: Selectable<Database['api_key']>): ApiKeyView {
  return {
    keyId: row.id,
    name: row.name,
    system: apiKeyView.shape.system.parse(row.system),
    storeIds: row.store_ids,
    active: !row.disabled,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}

type Changed = { keyId: string; origin: AuditOrigin }
type WithSecret = ApiKeyView & { secret: string }

/**
 * @returns the key with its secret, of which only a hash is kept
 * @throws ProblemError `already-exists`, `unknown-store`
 */
export async function makeApiKey(
  tx: Tx,
  { keyId, body, origin }: Changed & { body: CreateApiKeyBody },
): Promise<WithSecret> {
  const { name, system, storeIds } = body
  await requireStores(tx, storeIds)
  const secret = newApiKeySecret(system)
  const row = await tx
    .insertInto('api_key')
    .values({ id: keyId, name, system, store_ids: storeIds, key_hash: hashApiKey(secret) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) {
    const fields = [{ field: 'name', message: `${name} is the name of another key` }]
    throw new ProblemError('already-exists', undefined, { fields })
  }
  await appendAudit(tx, {
    ...{ ...origin, action: 'api_key.created', subject: subjectOf(keyId) },
    newValue: { keyName: name, system, storeIds },
  })
  return { ...viewOf(row), secret }
}

/**
 * Another secret in the place of the old one, which opens nothing any more.
 *
 * @throws ProblemError `not-found`; `api-key-revoked`, because what was taken away does not come back by a new secret
 */
export async function rotateApiKey(tx: Tx, { keyId, origin }: Changed): Promise<WithSecret> {
  const key = await lockKey(tx, keyId)
  if (key.disabled) throw new ProblemError('api-key-revoked')
  const secret = newApiKeySecret(key.system)
  const row = await tx
    .updateTable('api_key')
    .set({ key_hash: hashApiKey(secret) })
    .where('id', '=', keyId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendAudit(tx, { ...origin, action: 'api_key.rotated', subject: subjectOf(keyId) })
  return { ...viewOf(row), secret }
}

/** Whoever calls by it is refused, at the latest some seconds later. Again it changes nothing. @throws ProblemError `not-found` */
export async function revokeApiKey(tx: Tx, { keyId, origin }: Changed): Promise<ApiKeyView> {
  const key = await lockKey(tx, keyId)
  if (key.disabled) return viewOf(key)
  const row = await tx
    .updateTable('api_key')
    .set({ disabled: true })
    .where('id', '=', keyId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendAudit(tx, { ...origin, action: 'api_key.revoked', subject: subjectOf(keyId) })
  return viewOf(row)
}

async function lockKey(tx: Tx, keyId: string): Promise<Selectable<Database['api_key']>> {
  const key = await tx
    .selectFrom('api_key')
    .selectAll()
    .where('id', '=', keyId)
    .forUpdate()
    .executeTakeFirst()
  if (!key) throw new ProblemError('not-found', `there is no key ${keyId}`)
  return key
}

const subjectOf = (keyId: string) => ({ kind: 'api_key', id: keyId })
