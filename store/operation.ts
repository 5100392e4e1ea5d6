import { type RawBuilder, sql } from 'kysely'
import { type Db, jsonTexts, PREPARED, type Tx } from './database.ts'

/**
 * Runs work once under an operation id and remembers its result: a retry, on whichever process, gets the first
 * result and changes nothing. The id names order, step and version, never an attempt.
 */
export async function withOperation<Result extends object>(
  db: Db,
  operationId: string,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute((tx) => onceInTransaction(tx, operationId, () => work(tx)))
}

/** The same in the caller's transaction. */
export async function onceInTransaction<Result extends object>(
  tx: Tx,
  operationId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  // Two attempts of one operation run one after the other: the second finds the first one's result.
  await sql`select pg_advisory_xact_lock(hashtextextended(${operationId}, 0))`.execute(tx)
  const known = await tx
    .selectFrom('stock_operation')
    .select('result')
    .where('id', '=', operationId)
    .executeTakeFirst()
  // The row was written by this function with a Result of the same operation id.
  if (known) return known.result as Result
  const result = await work()
  await tx
    .insertInto('stock_operation')
    .values({ id: operationId, result: JSON.stringify(result) })
    .execute()
  return result
}

type KnownOperation = { id: string; result: unknown }

/** The statement that looks for operations that have been carried out. Look under the locks that both attempts take. */
export function knownOperations(operationIds: readonly string[]): RawBuilder<KnownOperation> {
  return sql`${PREPARED} select id, result from stock_operation where id = any(${operationIds}::text[])`
}

/** The results of these operations by their ids. */
export function resultsOf<Result extends object>(rows: readonly KnownOperation[]): Map<string, Result> {
  // Each row was written by rememberResults with a Result of the same operation id.
  return new Map(rows.map((row) => [row.id, row.result as Result]))
}

export type OperationResult = { id: string; result: object }

/** Remembers results in the transaction of their effects. An id that is known already fails the transaction. */
export async function rememberResults(tx: Tx, results: OperationResult[]): Promise<void> {
  await sql`${PREPARED} ${rememberedResults(results)}`.execute(tx)
}

/** The same as a part of a statement. */
export function rememberedResults(results: OperationResult[]): RawBuilder<unknown> {
  return sql`insert into stock_operation (id, result)
      select id, result::json from unnest(${results.map((entry) => entry.id)}::text[],
        ${jsonTexts(results.map((entry) => JSON.stringify(entry.result)))}) as operation (id, result)`
}
