import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { KeyRing } from './keyring.ts'

/** Longer than a call may take; whoever died while asking is not waited for any longer. */
const ASK_SECONDS = 12

/** Where all processes keep the one token of a WeCom app: sealed, and asked for by one of them at a time. */
export function wecomTokenShelf(
  db: Db,
  keyRing: KeyRing,
  { corpId, agentId }: { corpId: string; agentId: string },
) {
  const app = `${corpId}/${agentId}`
  const context = `wecom_token/${app}`
  const row = () => db.updateTable('wecom_token').where('app', '=', app)
  return {
    current: async (): Promise<{ token: string; endsAtMs: number } | null> => {
      const kept = await db.selectFrom('wecom_token').selectAll().where('app', '=', app).executeTakeFirst()
      if (!kept?.sealed || !kept.key_id || !kept.ends_at) return null
      const token = keyRing.open(kept.key_id, kept.sealed, context).toString('utf8')
      return { token, endsAtMs: kept.ends_at.getTime() }
    },
    claim: async (refused: string | null): Promise<boolean> => {
      const refusedHash = refused === null ? null : hashOf(refused)
      const { rows } = await sql`
        insert into wecom_token as kept (app, asking_until)
        values (${app}, clock_timestamp() + make_interval(secs => ${ASK_SECONDS}))
        on conflict (app) do update set asking_until = excluded.asking_until
          where coalesce(kept.asking_until, '-infinity') < clock_timestamp()
            and (kept.sealed is null or kept.ends_at < clock_timestamp() + interval '5 minutes'
              or kept.token_hash = ${refusedHash}::bytea)
        returning app`.execute(db)
      return rows.length > 0
    },
    save: async (token: string, endsAtMs: number): Promise<void> => {
      const { keyId, sealed } = keyRing.seal(Buffer.from(token), context)
      await row()
        .set({
          token_hash: hashOf(token),
          key_id: keyId,
          sealed,
          ends_at: new Date(endsAtMs),
          asking_until: null,
        })
        .execute()
    },
    giveUp: async (): Promise<void> => {
      await row().set({ asking_until: null }).execute()
    },
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
