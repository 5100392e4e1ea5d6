import { type Kysely, sql } from 'kysely'

/**
 * The statement that writes holds asks itself whether their orders exist, once for all of them, and fails if one does not.
 * A reference asks for each, and locks each order's row; orders are never deleted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table reservation drop constraint reservation_order_id_fkey').execute(db)
}
