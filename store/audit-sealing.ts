import { sql } from 'kysely'
import { type ChainedEntry, sealHash } from './audit-chain.ts'
import type { Db, Tx } from './database.ts'
import { tellEvent } from './outbound-events.ts'

/** Only the name of the lock; anything else that sealed would wait at the row of `audit_chain`, and then be refused. */
const TURN = 'audit/sealing'

/**
 * Gives the next entries their places in the chain, in the order in which their transactions began to write. An entry is
 * taken only once every transaction before its own has ended, so that none that commits late is left out: writers know
 * nothing of the sealer, and a writer that takes long holds up the seals of those after it, not the writers.
 *
 * One process at a time; another one that looks meanwhile finds nothing to do.
 *
 * @returns how many were sealed
 */
export async function sealAuditEntries(db: Db, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    if (!(await takeTurn(tx))) return 0
    const chain = await readChain(tx)
    const read = chain.isForeign ? readUnsealed : readAfter
    const { entries, position } = await read(tx, chain.position, limit)
    if (entries.length === 0 && !chain.isForeign) return 0
    const hashes: string[] = []
    for (const [index, entry] of entries.entries()) {
      hashes.push(sealHash(chain.sequence + index + 1, hashes.at(-1) ?? chain.hash, entry))
    }
    await sql`select hub_seal_audit(${chain.sequence}::bigint, ${entries.map((entry) => entry.id)}::bigint[],
      ${hashes.map((hash) => Buffer.from(hash, 'hex'))}::bytea[], ${position.transactionId.toString()}::xid8,
      ${position.entryId}::bigint)`.execute(tx)
    return entries.length
  })
}

/**
 * Keeps the chain's end as the head of the day before, in Shanghai, if nobody has yet, and tells whoever subscribes to
 * `audit.head`: what has left the house protects the chain. Call it when everything there was has been sealed.
 *
 * @returns whether there is a new head
 */
export async function keepAuditHead(db: Db): Promise<boolean> {
  const { rows } = await sql<{ missing: boolean }>`
    select not exists (
      select from audit_head where day >= (clock_timestamp() at time zone 'Asia/Shanghai')::date - 1
    ) as missing`.execute(db)
  if (!rows[0]?.missing) return false
  return db.transaction().execute(async (tx) => {
    const kept = await sql<{ kept: boolean }>`
      select hub_keep_audit_head((clock_timestamp() at time zone 'Asia/Shanghai')::date - 1) as kept`.execute(
      tx,
    )
    if (!kept.rows[0]?.kept) return false
    const { rows: heads } = await sql<{ day: string; sequence: number; hash: string; createdAt: Date }>`
      select day::text as day, sequence, encode(hash, 'hex') as hash, created_at as "createdAt"
      from audit_head order by audit_head.day desc limit 1`.execute(tx)
    for (const { createdAt: at, ...data } of heads) {
      await tellEvent(tx, { type: 'audit.head', key: 'audit/head', storeId: null, at, data })
    }
    return true
  })
}

/** How many entries wait for their place, and since when: a metric. */
export async function unsealedAuditEntries(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_entry, audit_chain
    where (audit_entry.transaction_id, audit_entry.id) > (position_transaction_id, position_entry_id)`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

/** A place in commit order: the writing transaction, then the entry. */
type Position = { transactionId: bigint; entryId: number }

function compare(a: Position, b: Position): number {
  if (a.transactionId !== b.transactionId) return a.transactionId < b.transactionId ? -1 : 1
  return a.entryId - b.entryId
}

async function takeTurn(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${TURN}, 0)) as taken`.execute(tx)
  return rows[0]?.taken ?? false
}

async function readChain(
  tx: Tx,
): Promise<{ sequence: number; hash: string; position: Position; isForeign: boolean }> {
  const { rows } = await sql<{
    sequence: number
    hash: string
    transaction_id: string
    entry_id: number
    is_foreign: boolean
  }>`
    select sequence, encode(hash, 'hex') as hash, position_transaction_id::text as transaction_id,
      position_entry_id as entry_id, position_transaction_id > pg_snapshot_xmax(pg_current_snapshot()) as is_foreign
    from audit_chain`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('the audit chain has no row')
  return {
    sequence: row.sequence,
    hash: row.hash,
    position: { transactionId: BigInt(row.transaction_id), entryId: row.entry_id },
    isForeign: row.is_foreign,
  }
}

export type EntryRow = {
  id: number
  at: Date
  actor: string
  action: string
  subject_kind: string
  subject_id: string
  old_value: unknown
  new_value: unknown
  reason: string | null
  source: string
  request_id: string | null
  related_hash: string | null
}

type Placed = { horizon: string; transaction_id: string } & (EntryRow | { id: null })

/** What the sealer and whoever checks the chain read of an entry. */
export const ENTRY_COLUMNS =
  sql.raw(`entry.id, entry.at, entry.actor, entry.action, entry.subject_kind, entry.subject_id,
  entry.old_value, entry.new_value, entry.reason, entry.source, entry.request_id,
  encode(entry.related_hash, 'hex') as related_hash`)

async function readAfter(
  tx: Tx,
  after: Position,
  limit: number,
): Promise<{ entries: ChainedEntry[]; position: Position }> {
  const { rows } = await sql<Placed>`
    with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xid)
    select horizon.xid::text as horizon, found.* from horizon left join lateral (
      select entry.transaction_id::text, ${ENTRY_COLUMNS} from audit_entry as entry
      where (entry.transaction_id, entry.id) > (${after.transactionId.toString()}::xid8, ${after.entryId}::bigint)
        and entry.transaction_id < horizon.xid
      order by entry.transaction_id, entry.id limit ${limit}
    ) as found on true`.execute(tx)
  return endOf(rows, limit, after)
}

/**
 * On another server than before: transactions are counted anew there, and the position says nothing. Every transaction
 * of the old server has ended.
 */
async function readUnsealed(
  tx: Tx,
  before: Position,
  limit: number,
): Promise<{ entries: ChainedEntry[]; position: Position }> {
  const { rows } = await sql<Placed>`
    with horizon as materialized (
      select pg_snapshot_xmin(pg_current_snapshot()) as xid, pg_snapshot_xmax(pg_current_snapshot()) as next
    )
    select horizon.xid::text as horizon, found.* from horizon left join lateral (
      select entry.transaction_id::text, ${ENTRY_COLUMNS} from audit_entry as entry
      where not exists (select from audit_seal where entry_id = entry.id)
        and (entry.transaction_id < horizon.xid or entry.transaction_id >= horizon.next)
      order by entry.id limit ${limit}
    ) as found on true`.execute(tx)
  const read = endOf(rows, limit, { transactionId: 0n, entryId: 0 })
  // As long as that is not all of them the old position stays, and with it this way of reading.
  return read.entries.length === limit ? { ...read, position: before } : read
}

/** The entries read, and the place to go on from: past them, or up to the horizon when there were few. */
function endOf(
  rows: Placed[],
  limit: number,
  after: Position,
): { entries: ChainedEntry[]; position: Position } {
  const found = rows.filter((row): row is Placed & EntryRow => row.id !== null)
  const entries = found.map(chainedEntry)
  const last = found.at(-1)
  if (last && found.length === limit) {
    return { entries, position: { transactionId: BigInt(last.transaction_id), entryId: last.id } }
  }
  const horizon = { transactionId: BigInt(rows[0]?.horizon ?? 0), entryId: 0 }
  return { entries, position: compare(horizon, after) > 0 ? horizon : after }
}

/** A row of the table as it is hashed. */
export function chainedEntry(row: EntryRow): ChainedEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    oldValue: row.old_value,
    newValue: row.new_value,
    reason: row.reason,
    source: row.source,
    requestId: row.request_id,
    relatedHash: row.related_hash,
  }
}
