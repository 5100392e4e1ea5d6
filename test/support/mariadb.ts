import { randomBytes } from 'node:crypto'
import { type Connection, createConnection } from 'mysql2/promise'
import type { WmsConnection } from '../../connectors/wms/reader.ts'
import { required } from './database.ts'

/** A database of a WMS for one test file, on the shared MariaDB: its owner's connection, and how the hub would read it. */
export async function createWmsDatabase() {
  const url = new URL(required('TEST_MARIADB_URL'))
  const name = `wms_${randomBytes(5).toString('hex')}`
  const password = randomBytes(9).toString('base64url')
  const owner: Connection = await createConnection({
    uri: url.href,
    multipleStatements: true,
    timezone: '+08:00',
  })
  await owner.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name};
    CREATE USER ${name}@'127.0.0.1' IDENTIFIED BY '${password}'; GRANT SELECT, SHOW VIEW ON ${name}.* TO ${name}@'127.0.0.1'`)
  const connection: WmsConnection = {
    host: url.hostname,
    port: Number(url.port),
    database: name,
    user: name,
    password,
    tls: 'verify',
    certificateAuthority: required('TEST_MARIADB_CA'),
  }
  return {
    name,
    connection,
    run: async (sql: string, values: unknown[] = []) => (await owner.query(sql, values))[0],
    destroy: async () => {
      await owner.query(`DROP DATABASE ${name}; DROP USER ${name}@'127.0.0.1'`)
      await owner.end()
    },
  }
}
export type WmsDatabase = Awaited<ReturnType<typeof createWmsDatabase>>
