import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'

export type PageRequest = { limit: number; cursor?: string | undefined }
export type Page<Item> = { items: Item[]; nextCursor: string | null }

/**
 * A timestamp with all of its microseconds. A JavaScript date would cut them off, and a page would then skip or
 * repeat the rows of that millisecond.
 */
export const exactInstant = z
  .string()
  .regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/)
  .refine((value) => !Number.isNaN(Date.parse(`${value.slice(0, 19).replace(' ', 'T')}Z`)))

/** Position in a list ordered by time and then by id. */
export const timeAndId = z.tuple([exactInstant, z.string().regex(/^[\x21-\x7e]{1,128}$/)])
export const timeAndUuid = z.tuple([exactInstant, z.uuid()])
export const dayAndUuid = z.tuple([z.iso.date(), z.uuid()])

/** The same for ids that are counted. */
export const timeAndNumber = timeAndId.refine(([, id]) => /^[0-9]{1,15}$/.test(id))

/** The column that `timeAndId` positions are made of. */
export function exact(column: string): RawBuilder<string> {
  return sql<string>`${sql.ref(column)}::text`
}

/**
 * The condition of rows that come after a position, in a list ordered by time and then by id, both the same way.
 *
 * @param idType as what the position's id is compared
 */
export function beyond(
  [time, id]: readonly [time: string, id: string],
  sort: 'newest' | 'oldest',
  after: readonly [at: string, id: string] | null,
  idType: 'uuid' | 'bigint' | 'text' = 'uuid',
): RawBuilder<boolean> {
  if (!after) return sql`true`
  const comparison = sort === 'newest' ? sql`<` : sql`>`
  return sql`(${sql.ref(time)}, ${sql.ref(id)}) ${comparison} (${after[0]}::timestamptz, ${after[1]}::${sql.raw(idType)})`
}

/** So many rows are read at a time for an export. */
const EXPORT_BATCH = 1_000
/** More rows than any spreadsheet shows. */
const EXPORT_ROWS = 1_000_000

/**
 * Every row of a list as an export wants it, read batch by batch as fast as they are taken.
 *
 * @param read so many rows after a position
 */
export async function* everyRow<Row, Position>(
  read: (after: Position | null, limit: number) => Promise<Row[]>,
  positionOf: (row: Row) => Position,
): AsyncGenerator<Row> {
  let after: Position | null = null
  for (let count = 0; count < EXPORT_ROWS; count += EXPORT_BATCH) {
    const rows: Row[] = await read(after, EXPORT_BATCH)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < EXPORT_BATCH) return
    after = positionOf(last)
  }
}

/**
 * Opaque cursors of one list under one set of filters. Keyset paging: rows that arrive meanwhile neither shift nor
 * repeat what was already handed out.
 */
export class Keyset<Position extends unknown[]> {
  readonly #tag: string
  readonly #position: z.ZodType<Position>

  constructor(list: string, query: PageRequest, position: z.ZodType<Position>) {
    const { limit: _limit, cursor: _cursor, ...filters } = query
    this.#tag = createHash('sha256')
      .update(JSON.stringify([list, Object.entries(filters).sort()]))
      .digest('base64url')
      .slice(0, 12)
    this.#position = position
  }

  /** @throws ProblemError `invalid-cursor` when it was not made by this list with these filters */
  after(cursor: string | undefined): Position | null {
    if (cursor === undefined) return null
    const [tag, ...position] = decode(cursor)
    const parsed = this.#position.safeParse(position)
    if (tag !== this.#tag || !parsed.success) throw new ProblemError('invalid-cursor')
    return parsed.data
  }

  /** Makes a page of `limit + 1` rows that were read. */
  page<Row, Item>(
    rows: Row[],
    limit: number,
    position: (row: Row) => Position,
    view: (row: Row) => Item,
  ): Page<Item> {
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return { items: shown.map(view), nextCursor: last ? this.cursor(position(last)) : null }
  }

  /** The cursor of a list that is cut elsewhere than after a number of rows. */
  cursor(position: Position): string {
    return Buffer.from(JSON.stringify([this.#tag, ...position])).toString('base64url')
  }
}

function decode(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return [] // the caller refuses it
  }
}
