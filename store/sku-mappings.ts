import { sql } from 'kysely'
import { z } from 'zod'
import type { ListMappingsQuery, MappingBody, MappingView } from '../contracts/shops.ts'
import type { Db, Tx } from './database.ts'
import { exact, exactInstant, Keyset, type Page } from './paging.ts'

export type MappingCounts = { created: number; changed: number; unchanged: number }
/** What in a mapping does not exist here. `index` is of the mapping in the list that was given. */
export type MappingProblem = { index: number; field: 'shopId' | 'skuId'; id: string }

/** Which of the shops and SKUs that mappings name are not known. */
export async function findMappingProblems(
  db: Db | Tx,
  mappings: readonly Pick<MappingBody, 'shopId' | 'parts'>[],
): Promise<MappingProblem[]> {
  const shopIds = [...new Set(mappings.map(({ shopId }) => shopId))]
  const skuIds = [...new Set(mappings.flatMap(({ parts }) => parts.map(({ skuId }) => skuId)))]
  const { rows } = await sql<{ shops: string[]; skus: string[] }>`
    select array(select id from shop where id = any(${shopIds}::text[])) as shops,
      array(select id from sku where id = any(${skuIds}::text[])) as skus`.execute(db)
  const shops = new Set(rows[0]?.shops)
  const skus = new Set(rows[0]?.skus)
  return mappings.flatMap(({ shopId, parts }, index): MappingProblem[] => [
    ...(shops.has(shopId) ? [] : [{ index, field: 'shopId' as const, id: shopId }]),
    ...parts
      .filter(({ skuId }) => !skus.has(skuId))
      .map(({ skuId }) => ({ index, field: 'skuId' as const, id: skuId })),
  ])
}

/**
 * Gives platform SKUs a new meaning: the next version of each whose newest says something else. Whoever was read with
 * an older version keeps it. The same mapping again changes nothing.
 *
 * @param input.mappings each (shop, platform SKU) once, of shops and SKUs that exist
 * @returns how many were new, changed, or as before, and which have changed
 */
export async function putMappings(
  tx: Tx,
  input: { mappings: readonly MappingBody[]; author: string },
): Promise<{ counts: MappingCounts; changed: { shopId: string; platformSkuId: string }[] }> {
  const shopIds = [...new Set(input.mappings.map(({ shopId }) => shopId))].sort()
  // One writer of a shop's mappings at a time: two who make the next version at once would make the same one.
  await sql`select 1 from shop where id = any(${shopIds}::text[]) order by id for no key update`.execute(tx)
  const given = JSON.stringify(
    input.mappings.map((mapping) => ({
      shop_id: mapping.shopId,
      platform_sku_id: mapping.platformSkuId,
      platform_item_id: mapping.platformItemId,
      parts: mapping.parts,
    })),
  )
  // The newest version in the next statement: its snapshot sees what the writer before committed.
  const { rows } = await sql<{ shopId: string; platformSkuId: string; version: number }>`
    insert into sku_mapping (shop_id, platform_sku_id, version, parts, platform_item_id, author, created_at)
    select given.shop_id, given.platform_sku_id, coalesce(newest.version, 0) + 1, given.parts,
      given.platform_item_id, ${input.author}, clock_timestamp()
    from jsonb_to_recordset(${given}::jsonb)
      as given (shop_id text, platform_sku_id text, platform_item_id text, parts jsonb)
    left join lateral (
      select version, parts, platform_item_id from sku_mapping as known
      where known.shop_id = given.shop_id and known.platform_sku_id = given.platform_sku_id
      order by version desc limit 1) as newest on true
    where newest.version is null
      or (newest.parts, newest.platform_item_id) is distinct from (given.parts, given.platform_item_id)
    returning shop_id as "shopId", platform_sku_id as "platformSkuId", version`.execute(tx)
  const created = rows.filter(({ version }) => version === 1).length
  return {
    counts: {
      created,
      changed: rows.length - created,
      unchanged: input.mappings.length - rows.length,
    },
    changed: rows.map(({ shopId, platformSkuId }) => ({ shopId, platformSkuId })),
  }
}

const byKey = z.tuple([z.string().max(64), z.string().max(128), z.string().regex(/^\d{1,9}$/)])
const byTime = z.tuple([exactInstant, ...byKey.def.items])

type Row = {
  shop_id: string
  platform_sku_id: string
  platform_item_id: string | null
  version: number
  parts: { skuId: string; quantity: number }[]
  author: string
  created_at: Date
  at: string
}

/** One page of the mappings: the newest version of each, or all versions. */
export async function listMappings(db: Db, query: ListMappingsQuery): Promise<Page<MappingView>> {
  const newestFirst = query.sort === 'newest'
  const keyset = newestFirst
    ? new Keyset<string[]>('sku-mappings', query, byTime)
    : new Keyset<string[]>('sku-mappings', query, byKey)
  const conditions = [sql<boolean>`true`]
  if (query.shopId !== undefined) conditions.push(sql`shop_id = ${query.shopId}`)
  if (query.platformSkuId !== undefined) conditions.push(sql`platform_sku_id = ${query.platformSkuId}`)
  if (query.skuId !== undefined) {
    conditions.push(sql`parts @> ${JSON.stringify([{ skuId: query.skuId }])}::jsonb`)
  }
  if (query.retired !== undefined) conditions.push(sql`(parts = '[]'::jsonb) = ${query.retired}`)
  if (!query.history) {
    conditions.push(sql`not exists (
      select from sku_mapping as later where later.shop_id = mapping.shop_id
        and later.platform_sku_id = mapping.platform_sku_id and later.version > mapping.version)`)
  }
  const after = keyset.after(query.cursor)
  if (after) {
    conditions.push(
      newestFirst
        ? sql`(created_at, shop_id, platform_sku_id, version) < (${after[0]}::timestamptz, ${after[1]}, ${after[2]}, ${after[3]}::int)`
        : sql`(shop_id, platform_sku_id, version) > (${after[0]}, ${after[1]}, ${after[2]}::int)`,
    )
  }
  const order = newestFirst
    ? sql`created_at desc, shop_id desc, platform_sku_id desc, version desc`
    : sql`shop_id, platform_sku_id, version`
  const { rows } = await sql<Row>`
    select *, ${exact('created_at')} as at from sku_mapping as mapping
    where ${sql.join(conditions, sql` and `)} order by ${order} limit ${query.limit + 1}`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => {
      const key = [row.shop_id, row.platform_sku_id, String(row.version)]
      return newestFirst ? [row.at, ...key] : key
    },
    mappingOf,
  )
}

/** The newest version of a mapping, or null. */
export async function findMapping(
  db: Db | Tx,
  { shopId, platformSkuId }: { shopId: string; platformSkuId: string },
): Promise<MappingView | null> {
  const { rows } = await sql<Row>`
    select *, ${exact('created_at')} as at from sku_mapping
    where shop_id = ${shopId} and platform_sku_id = ${platformSkuId} order by version desc limit 1`.execute(
    db,
  )
  return rows[0] ? mappingOf(rows[0]) : null
}

function mappingOf(row: Row): MappingView {
  return {
    shopId: row.shop_id,
    platformSkuId: row.platform_sku_id,
    platformItemId: row.platform_item_id,
    version: row.version,
    parts: row.parts,
    author: row.author,
    createdAt: row.created_at.toISOString(),
  }
}
