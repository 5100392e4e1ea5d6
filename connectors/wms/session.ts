import type { RawRow } from './rows.ts'

/** As much of a connection as small statements need. */
export type Session = {
  query(
    options: { sql: string; rowsAsArray: true },
    done: (error: Error | null, rows: unknown) => void,
  ): unknown
}

/**
 * Work in a transaction that can only read, in which the server itself ends each statement that takes too long. MySQL and
 * MariaDB each have a setting of their own for that, and do not know the other's.
 */
export async function inReadOnlyTransaction<Own extends Session, Result>(
  session: Own,
  seconds: number,
  work: (session: Own) => Promise<Result>,
): Promise<Result> {
  const [row] = await allRows(session, 'SELECT VERSION()')
  const isMariadb = /mariadb/i.test(row?.[0] ?? '')
  const limit = isMariadb
    ? `SET SESSION max_statement_time = ${seconds}`
    : `SET SESSION max_execution_time = ${Math.ceil(seconds * 1_000)}`
  await allRows(session, limit)
  await allRows(session, 'SET SESSION TRANSACTION READ ONLY')
  await allRows(session, 'START TRANSACTION READ ONLY')
  const result = await work(session)
  await allRows(session, 'COMMIT')
  return result
}

/** The few rows of a small statement. */
export function allRows(session: Session, sql: string): Promise<RawRow[]> {
  return new Promise((resolve, reject) => {
    session.query({ sql, rowsAsArray: true }, (error: Error | null, rows: unknown) => {
      if (error) reject(error)
      // A statement without rows answers with an object; with `rowsAsArray` and `typeCast` rows are arrays of text.
      else resolve(Array.isArray(rows) ? (rows as RawRow[]) : [])
    })
  })
}
