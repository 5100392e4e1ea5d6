import { type Selectable, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { ListRunsQuery, ReplenishmentRunView } from '../contracts/replenishment.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type RunRow = Selectable<Database['replenishment_run']>
export type ReplenishmentRun = { id: string; day: string; policyVersion: number; afterSkuId: string }

/**
 * Tonight's run, from where it stopped if it was begun before. One that is done or was cancelled is not begun again by the
 * same workflow.
 *
 * @param id names the workflow's run, so that a repeated call finds its own
 */
export async function beginRun(
  db: Db,
  { id, day, policyVersion }: { id: string; day: string; policyVersion: number },
): Promise<ReplenishmentRun | null> {
  await sql`
    insert into replenishment_run (id, day, state, policy_version, skus)
    select ${id}, ${day}::date, 'running', ${policyVersion}, (select count(distinct sku_id) from demand_level)
    on conflict (id) do nothing`.execute(db)
  const { rows } = await sql<ReplenishmentRun & { state: string }>`
    select id::text, day::text, policy_version as "policyVersion", after_sku_id as "afterSkuId", state
    from replenishment_run where id = ${id}`.execute(db)
  const [run] = rows
  return run?.state === 'running' ? run : null
}

/**
 * Moves a run past a SKU, in the transaction of what was written for it.
 *
 * @returns false when it was cancelled meanwhile, or another process is further
 */
export async function advanceRun(
  tx: Tx,
  run: ReplenishmentRun,
  done: { afterSkuId: string; skus: number; levels: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('replenishment_run')
    .set((eb) => ({
      after_sku_id: done.afterSkuId,
      skus_done: eb('skus_done', '+', done.skus),
      levels: eb('levels', '+', done.levels),
      updated_at: sql`clock_timestamp()`,
    }))
    .where('id', '=', run.id)
    .where('state', '=', 'running')
    .where('after_sku_id', '=', run.afterSkuId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The run is through: what it has not touched is no longer sold anywhere, and its old word goes. */
export async function finishRun(db: Db, runId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('replenishment_run')
      .set({ state: 'done', finished_at: sql<Date>`clock_timestamp()`, updated_at: sql`clock_timestamp()` })
      .where('id', '=', runId)
      .where('state', '=', 'running')
      .executeTakeFirst()
    if (numUpdatedRows > 0n) await tx.deleteFrom('replenishment').where('run_id', '<>', runId).execute()
  })
}

/** Gives a run up after its present batch; what it has written stays. One that has ended stays as it is. */
export async function cancelRun(db: Db | Tx, runId: string): Promise<ReplenishmentRunView> {
  await db
    .updateTable('replenishment_run')
    .set({
      state: 'cancelled',
      finished_at: sql<Date>`clock_timestamp()`,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', runId)
    .where('state', '=', 'running')
    .execute()
  const row = await select(db).where('id', '=', runId).executeTakeFirst()
  if (!row) throw new ProblemError('replenishment-run-not-found')
  return viewOf(row)
}

/** Runs, the newest first. */
export async function listRuns(db: Db, query: ListRunsQuery): Promise<Page<ReplenishmentRunView>> {
  const keyset = new Keyset('replenishment-runs', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let rows = select(db)
    .where(beyond(['started_at', 'id'], query.sort, after))
    .orderBy('started_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.state) rows = rows.where('state', '=', query.state)
  return keyset.page(await rows.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

function select(db: Db | Tx) {
  return db
    .selectFrom('replenishment_run')
    .selectAll()
    .select(exact('started_at').as('at'))
    .select(sql<string>`day::text`.as('on_day'))
}

function viewOf(row: RunRow & { on_day: string }): ReplenishmentRunView {
  return {
    runId: row.id,
    day: row.on_day,
    state: row.state,
    policyVersion: row.policy_version,
    skus: row.skus,
    skusDone: row.skus_done,
    levels: row.levels,
    startedAt: row.started_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
