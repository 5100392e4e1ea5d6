import { sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import { type MasterDataQuery, skuView, storeView, warehouseView } from '../contracts/master-data.ts'
import type { Db } from './database.ts'
import { exact, Keyset, type Page, timeAndId } from './paging.ts'

/** What every kind of master data has besides its own fields. */
const AUDIT = ['active', 'createdAt', 'updatedAt']
type View = { id: string; active: boolean; createdAt: string; updatedAt: string }
type Changes = { active?: boolean | undefined; [field: string]: string | number | boolean | undefined }
export type ImportCounts = { created: number; changed: number; unchanged: number }

/** Rolls an import back after it was carried out, so that a dry run reports exactly what the real one would do. */
class DryRun extends Error {
  override readonly name = 'DryRun'
}

/**
 * Queries of one kind of master data. The three kinds differ in their columns only, and the columns are the fields
 * of their view in snake case.
 */
export class MasterData<V extends View> {
  readonly #table: string
  readonly #view: z.ZodType<V>
  readonly #fields: string[]

  constructor(table: 'sku' | 'warehouse' | 'store', view: z.ZodType<V> & { shape: object }) {
    this.#table = table
    this.#view = view
    this.#fields = Object.keys(view.shape).filter((field) => !AUDIT.includes(field))
  }

  /** One page, by id or with the newest first; `search` looks into id and name. */
  async list(db: Db, query: MasterDataQuery): Promise<Page<V>> {
    const newest = query.sort === 'newest'
    const keyset = newest
      ? new Keyset<string[]>(this.#table, query, timeAndId)
      : new Keyset<string[]>(this.#table, query, byId)
    const conditions = [sql<boolean>`true`]
    if (query.active !== undefined) conditions.push(sql`active = ${query.active}`)
    if (query.search !== undefined) {
      conditions.push(
        sql`(strpos(lower(id), lower(${query.search})) > 0 or strpos(lower(name), lower(${query.search})) > 0)`,
      )
    }
    const after = keyset.after(query.cursor)
    if (after) {
      conditions.push(
        newest ? sql`(created_at, id) < (${after[0]}::timestamptz, ${after[1]})` : sql`id > ${after[0]}`,
      )
    }
    const order = newest ? sql`created_at desc, id desc` : sql`id`
    const { rows } = await sql<Row>`
      select *, ${exact('created_at')} as at from ${sql.table(this.#table)}
      where ${sql.join(conditions, sql` and `)} order by ${order} limit ${query.limit + 1}`.execute(db)
    return keyset.page(
      rows,
      query.limit,
      (row) => (newest ? [row.at, row.id] : [row.id]),
      (row) => this.#toView(row),
    )
  }

  /** @throws ProblemError `not-found` */
  async find(db: Db, id: string): Promise<V> {
    const { rows } = await sql<Row>`select * from ${sql.table(this.#table)} where id = ${id}`.execute(db)
    if (!rows[0]) throw new ProblemError('not-found', `there is no ${this.#table} ${id}`)
    return this.#toView(rows[0])
  }

  /** @throws ProblemError `already-exists` */
  async create(db: Db, body: object): Promise<V> {
    const columns = this.#columns()
    const { rows } = await sql<Row>`
      insert into ${sql.table(this.#table)} (${columns})
      select ${columns} from json_populate_record(null::${sql.table(this.#table)}, ${toJson(body)}::json)
      on conflict (id) do nothing returning *`.execute(db)
    if (!rows[0]) throw new ProblemError('already-exists')
    return this.#toView(rows[0])
  }

  /** Changes the given fields and leaves the others. @throws ProblemError `not-found` */
  async change(db: Db, id: string, changes: Changes): Promise<V> {
    const assignments = Object.entries(changes)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => sql`${sql.ref(snake(field))} = ${value}`)
    const { rows } = await sql<Row>`
      update ${sql.table(this.#table)} set ${sql.join([...assignments, sql`updated_at = now()`])}
      where id = ${id} returning *`.execute(db)
    if (!rows[0]) throw new ProblemError('not-found', `there is no ${this.#table} ${id}`)
    return this.#toView(rows[0])
  }

  /** Creates and changes all of the rows or, with `dryRun`, only counts what that would do. Ids must be distinct. */
  async import(db: Db, bodies: { id: string }[], dryRun: boolean): Promise<ImportCounts> {
    let counts: ImportCounts = { created: 0, changed: 0, unchanged: 0 }
    const columns = this.#columns()
    const others = this.#fields.filter((field) => field !== 'id').map((field) => snake(field))
    const stored = sql.join(others.map((name) => sql.ref(`known.${name}`)))
    const given = sql.join(others.map((name) => sql.ref(`excluded.${name}`)))
    const set = sql.join(others.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))
    const work = db.transaction().execute(async (tx) => {
      // In id order: two imports at once wait for each other instead of blocking each other.
      const { rows } = await sql<{ created: boolean }>`
        insert into ${sql.table(this.#table)} as known (${columns})
        select ${columns} from json_populate_recordset(null::${sql.table(this.#table)}, ${toJson(bodies)}::json)
        order by id
        on conflict (id) do update set ${set}, updated_at = now()
          where (${stored}) is distinct from (${given})
        returning old.id is null as created`.execute(tx)
      const created = rows.filter((row) => row.created).length
      counts = { created, changed: rows.length - created, unchanged: bodies.length - rows.length }
      if (dryRun) throw new DryRun()
    })
    await work.catch((error: unknown) => {
      if (!(error instanceof DryRun)) throw error
    })
    return counts
  }

  #columns() {
    return sql.join(this.#fields.map((field) => sql.ref(snake(field))))
  }

  #toView(row: Row): V {
    const entries = [...this.#fields, ...AUDIT].map((field) => {
      const value = row[snake(field)]
      return [field, value instanceof Date ? value.toISOString() : value]
    })
    return this.#view.parse(Object.fromEntries(entries))
  }
}

type Row = { id: string; at: string; [column: string]: unknown }
const byId = z.tuple([z.string().max(64)])

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function toJson(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).map(([field, entry]) => [snake(field), entry]))
      : inner,
  )
}

export const skus = new MasterData('sku', skuView)
export const warehouses = new MasterData('warehouse', warehouseView)
export const stores = new MasterData('store', storeView)
