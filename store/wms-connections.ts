import { sql } from 'kysely'
import type { z } from 'zod'
import type { WmsConnectionBody, wmsConnectionView } from '../contracts/wms.ts'
import type { Db } from './database.ts'
import type { KeyRing } from './keyring.ts'

export type WmsConnectionView = z.output<typeof wmsConnectionView>
/** What it takes to sign in at a WMS. */
export type WmsSignIn = Pick<
  WmsConnectionBody,
  'host' | 'port' | 'database' | 'user' | 'password' | 'tls' | 'certificateAuthority'
>

/**
 * What a password is sealed for: whoever may change a connection cannot send the stored password to a server of their
 * own, for another host, user or protection needs it to be given again.
 */
function sealContext(name: string, at: Omit<WmsSignIn, 'password'>): string {
  return JSON.stringify(['wms-connection', name, at.host, at.port, at.user, at.tls, at.certificateAuthority])
}

/** Makes a connection or replaces it whole. */
export async function putWmsConnection(
  db: Db,
  keyRing: KeyRing,
  connection: { name: string; body: WmsConnectionBody; operator: string },
): Promise<void> {
  const { name, body, operator } = connection
  const { keyId, sealed } = keyRing.seal(Buffer.from(body.password), sealContext(name, body))
  const row = {
    host: body.host,
    port: body.port,
    database_name: body.database,
    user_name: body.user,
    tls: body.tls,
    certificate_authority: body.certificateAuthority,
    key_id: keyId,
    sealed,
    changed_by: operator,
  }
  await db
    .insertInto('wms_connection')
    .values({ name, ...row })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ ...row, changed_at: sql`clock_timestamp()` }),
    )
    .execute()
}

/** All connections, without their passwords. */
export async function listWmsConnections(db: Db): Promise<WmsConnectionView[]> {
  const rows = await db.selectFrom('wms_connection').selectAll().orderBy('name').execute()
  return rows.map((row) => ({
    name: row.name,
    host: row.host,
    port: row.port,
    database: row.database_name,
    user: row.user_name,
    tls: row.tls,
    hasCertificateAuthority: row.certificate_authority !== null,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }))
}

/** A connection with its password opened, or null when there is none of this name. */
export async function openWmsConnection(db: Db, keyRing: KeyRing, name: string): Promise<WmsSignIn | null> {
  const row = await db.selectFrom('wms_connection').selectAll().where('name', '=', name).executeTakeFirst()
  if (!row) return null
  const at = {
    host: row.host,
    port: row.port,
    database: row.database_name,
    user: row.user_name,
    tls: row.tls,
    certificateAuthority: row.certificate_authority,
  }
  return { ...at, password: keyRing.open(row.key_id, row.sealed, sealContext(name, at)).toString() }
}
