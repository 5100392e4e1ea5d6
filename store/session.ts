import { createHash } from 'node:crypto'
import type { Db } from './database.ts'

/** Session ids are stored hashed: whoever reads the table cannot sign in with it. */
function hashId(sessionId: string): Buffer {
  return createHash('sha256').update(sessionId).digest()
}

/** Stores a session, or replaces it. */
export async function saveSession(
  db: Db,
  session: { id: string; accountId: string | null; data: object; expiresAt: Date },
): Promise<void> {
  const values = {
    account_id: session.accountId,
    data: JSON.stringify(session.data),
    expires_at: session.expiresAt,
  }
  await db
    .insertInto('session')
    .values({ id_hash: hashId(session.id), ...values })
    .onConflict((conflict) => conflict.column('id_hash').doUpdateSet(values))
    .execute()
}

/** The stored data of a session that has not expired, or null. */
export async function loadSession(db: Db, id: string, now: Date): Promise<object | null> {
  const row = await db
    .selectFrom('session')
    .select('data')
    .where('id_hash', '=', hashId(id))
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row?.data ?? null
}

/** Ends a session at once, on every process. */
export async function deleteSession(db: Db, id: string): Promise<void> {
  await db.deleteFrom('session').where('id_hash', '=', hashId(id)).execute()
}
