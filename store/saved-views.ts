import { sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import {
  type ListSavedViewsQuery,
  MAX_SAVED_VIEWS,
  type SavedViewBody,
  type SavedViewView,
  storedSearch,
} from '../contracts/saved-views.ts'
import type { Db, Tx } from './database.ts'
import { Keyset, type Page } from './paging.ts'

const nameAndId = z.tuple([z.string().max(60), z.uuid()])

/** One page of a screen's views that somebody may choose: their own, and what others share; by name. */
export async function listSavedViews(
  db: Db,
  query: ListSavedViewsQuery,
  accountId: string,
): Promise<Page<SavedViewView>> {
  const keyset = new Keyset(`saved-views/${accountId}`, query, nameAndId)
  const after = keyset.after(query.cursor)
  let select = selectViews(db)
    .where('screen', '=', query.screen)
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('is_shared', '=', true)]))
    .orderBy('name')
    .orderBy('saved_view.id')
    .limit(query.limit + 1)
  if (after)
    select = select.where(sql<boolean>`(name, saved_view.id) > (${after[0]}::text, ${after[1]}::uuid)`)
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.name, row.id],
    (row) => viewOf(row, accountId),
  )
}

type Row = Awaited<ReturnType<ReturnType<typeof selectViews>['execute']>>[number]

function selectViews(db: Db | Tx) {
  return db
    .selectFrom('saved_view')
    .innerJoin('account', 'account.id', 'saved_view.account_id')
    .select(['saved_view.id', 'account_id', 'screen', 'name', 'search', 'is_shared'])
    .select(['saved_view.created_at', 'user_name'])
}

function viewOf(row: Row, accountId: string): SavedViewView {
  return {
    viewId: row.id,
    screen: row.screen,
    name: row.name,
    search: storedSearch.parse(row.search),
    isShared: row.is_shared,
    owner: row.user_name,
    isMine: row.account_id === accountId,
    createdAt: row.created_at.toISOString(),
  }
}

/** @throws ProblemError `already-exists`, `too-many-saved-views` */
export async function saveView(
  tx: Tx,
  { viewId, accountId, body }: { viewId: string; accountId: string; body: SavedViewBody },
): Promise<SavedViewView> {
  // Of two that are saved at once, the second must count the first.
  await tx.selectFrom('account').select('id').where('id', '=', accountId).forUpdate().execute()
  const { count } = await tx
    .selectFrom('saved_view')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  if (count >= MAX_SAVED_VIEWS) throw new ProblemError('too-many-saved-views')
  const { screen, name, search, isShared } = body
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('saved_view')
    .values({
      ...{ id: viewId, account_id: accountId, screen, name, is_shared: isShared },
      search: JSON.stringify(search),
    })
    .onConflict((conflict) => conflict.constraint('saved_view_name_key').doNothing())
    .executeTakeFirstOrThrow()
  if (!numInsertedOrUpdatedRows) {
    const fields = [{ field: 'name', message: `you have a view ${name} already` }]
    throw new ProblemError('already-exists', undefined, { fields })
  }
  const row = await selectViews(tx).where('saved_view.id', '=', viewId).executeTakeFirstOrThrow()
  return viewOf(row, accountId)
}

/**
 * Removes a view of one's own; with `anybody` also one that somebody shares.
 *
 * @throws ProblemError `not-found`
 */
export async function removeView(
  db: Db,
  { viewId, accountId, anybody }: { viewId: string; accountId: string; anybody: boolean },
): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_view')
    .where('id', '=', viewId)
    .where((eb) =>
      eb.or([eb('account_id', '=', accountId), ...(anybody ? [eb('is_shared', '=', true)] : [])]),
    )
    .executeTakeFirst()
  if (!numDeletedRows) throw new ProblemError('not-found')
}
