import { sql } from 'kysely'
import { z } from 'zod'
import type { ChainedEntry, Seal } from './audit-chain.ts'
import { AuditCheck, type AuditReport, type Head, type Link } from './audit-check.ts'
import { chainedEntry, ENTRY_COLUMNS, type EntryRow } from './audit-sealing.ts'
import type { Db } from './database.ts'

/** So many links are read at a time. */
const BATCH = 2_000
/** Entries without a seal that are named; the rest is counted. */
const UNSEALED_SHOWN = 1_000

/**
 * Checks the whole chain in the database.
 *
 * @param published heads that were kept elsewhere; those of the database are looked at besides
 */
export async function verifyAuditChain(db: Db, published: readonly Head[] = []): Promise<AuditReport> {
  const check = new AuditCheck([...(await readHeads(db)), ...published])
  for await (const link of readLinks(db)) check.add(link)
  for (const { entry, isOverdue } of await readUnsealed(db)) check.addUnsealed(entry, isOverdue)
  return check.finish()
}

/**
 * The whole chain as JSON lines that can be checked without the database: heads, then links, then what is not sealed
 * yet, and a last line that says so.
 */
export async function* exportAuditChain(db: Db): AsyncGenerator<string> {
  for (const head of await readHeads(db)) yield lineOf({ type: 'head', ...head })
  for await (const link of readLinks(db)) yield lineOf({ type: 'link', ...link })
  for (const unsealed of await readUnsealed(db)) yield lineOf({ type: 'unsealed', ...unsealed })
  yield lineOf({ type: 'end' })
}

/**
 * Checks an export.
 *
 * @throws Error that names the line which is not one of an export, or says that the last one is missing
 */
export async function verifyAuditExport(
  lines: AsyncIterable<string>,
  published: readonly Head[] = [],
): Promise<AuditReport> {
  const heads = [...published]
  let check: AuditCheck | null = null
  let number = 0
  let ended = false
  for await (const line of lines) {
    number += 1
    if (line === '') continue
    const record = parseLine(line, number)
    if (ended) throw new Error(`line ${number}: the export ended before it`)
    if (record.type === 'head') {
      if (check) throw new Error(`line ${number}: heads come first`)
      const { day, sequence, hash } = record
      heads.push({ day, sequence, hash })
      continue
    }
    check ??= new AuditCheck(heads)
    if (record.type === 'link') check.add(record)
    else if (record.type === 'unsealed') check.addUnsealed(record.entry, record.isOverdue)
    else ended = true
  }
  if (!check || !ended) throw new Error('the export is not complete: its last line is missing')
  return check.finish()
}

/**
 * Heads that were kept elsewhere, one in a line, as JSON: items of the list of heads, or events `audit.head` as they came.
 *
 * @throws Error that names the line
 */
export function parseHeads(text: string): Head[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const parsed = keptHead.safeParse(readJson(line))
    if (!parsed.success) throw new Error(`line ${index + 1} is not a head of the chain`)
    return [parsed.data]
  })
}

/** A head as one says it in a line, `day:sequence:hash`; null for anything else. */
export function parseHead(text: string): Head | null {
  const [day, sequence, hash, ...more] = text.split(':')
  const parsed = head.safeParse({ day, sequence: Number(sequence), hash })
  return parsed.success && more.length === 0 ? parsed.data : null
}

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const sequence = z.int().min(1)
const head = z.object({ day: z.iso.date().nullable(), sequence: z.int().min(0), hash })
const keptHead = z.union([
  z.object({ type: z.literal('audit.head'), data: head }).transform(({ data }) => data),
  head,
])
const entry = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  oldValue: z.json(),
  newValue: z.json(),
  reason: z.string().nullable(),
  source: z.string(),
  requestId: z.string().nullable(),
  relatedHash: z.string().nullable(),
})
const seal = z.object({ sequence, entryId: z.int(), previousHash: hash, hash })
const record = z.discriminatedUnion('type', [
  head.extend({ type: z.literal('head') }),
  z.object({ type: z.literal('link'), seal, entry: entry.nullable() }),
  z.object({ type: z.literal('unsealed'), entry, isOverdue: z.boolean() }),
  z.object({ type: z.literal('end') }),
])
type AuditRecord = z.output<typeof record>

function lineOf(
  written: AuditRecord | ({ type: 'link' } & Link) | ({ type: 'unsealed' } & Unsealed),
): string {
  return `${JSON.stringify(written)}\n`
}

function parseLine(line: string, number: number): AuditRecord {
  const parsed = record.safeParse(readJson(line))
  if (!parsed.success) throw new Error(`line ${number} is not one of an export of the audit chain`)
  return parsed.data
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null // refused by the caller, who knows the line
  }
}

/** The heads of days, and what the chain's own row says of its end; before the links, which only grow. */
async function readHeads(db: Db): Promise<Head[]> {
  const { rows } = await sql<{ day: string | null; sequence: number; hash: string }>`
    select day::text as day, sequence, encode(hash, 'hex') as hash from audit_head
    union all select null, sequence, encode(hash, 'hex') from audit_chain
    order by sequence, day`.execute(db)
  return rows
}

async function* readLinks(db: Db): AsyncGenerator<Link> {
  for (let after = 0; ; ) {
    const { rows } = await sql<SealRow & (EntryRow | { id: null })>`
      select seal.sequence, seal.entry_id, encode(seal.previous_hash, 'hex') as previous_hash,
        encode(seal.hash, 'hex') as hash, ${ENTRY_COLUMNS}
      from audit_seal as seal left join audit_entry as entry on entry.id = seal.entry_id
      where seal.sequence > ${after}::bigint order by seal.sequence limit ${BATCH}`.execute(db)
    for (const row of rows) yield { seal: sealOf(row), entry: row.id === null ? null : chainedEntry(row) }
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = last.sequence
  }
}

type SealRow = { sequence: number; entry_id: number; previous_hash: string; hash: string }

function sealOf(row: SealRow): Seal {
  const { sequence, entry_id: entryId, previous_hash: previousHash, hash } = row
  return { sequence, entryId, previousHash, hash }
}

type Unsealed = { entry: ChainedEntry; isOverdue: boolean }

/** Overdue is what the sealer has gone past: it was put there later, with a transaction of long ago. */
async function readUnsealed(db: Db): Promise<Unsealed[]> {
  const { rows } = await sql<{ is_overdue: boolean } & EntryRow>`
    select (entry.transaction_id, entry.id) <= (position_transaction_id, position_entry_id) as is_overdue, ${ENTRY_COLUMNS}
    from audit_entry as entry, audit_chain
    where not exists (select from audit_seal where entry_id = entry.id)
    order by 1 desc, entry.id limit ${UNSEALED_SHOWN}`.execute(db)
  return rows.map((row) => ({ entry: chainedEntry(row), isOverdue: row.is_overdue }))
}
