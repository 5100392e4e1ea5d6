import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/**
 * Runs work once under an operation id and remembers its result: a retry, on whichever process, gets the first
 * result and changes nothing. The id names order, step and version, never an attempt.
 */
export async function withOperation<Result extends object>(
  db: Db,
  operationId: string,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    // Two attempts of one operation run one after the other: the second finds the first one's result.
    await sql`select pg_advisory_xact_lock(hashtextextended(${operationId}, 0))`.execute(tx)
    const known = await tx
      .selectFrom('stock_operation')
      .select('result')
      .where('id', '=', operationId)
      .executeTakeFirst()
    // The row was written by this function with a Result of the same operation id.
    if (known) return known.result as Result
    const result = await work(tx)
    await tx
      .insertInto('stock_operation')
      .values({ id: operationId, result: JSON.stringify(result) })
      .execute()
    return result
  })
}
