import type { Insertable } from 'kysely'
import type { AuditAction, AuditSource, AuditValue } from '../contracts/audit.ts'
import type { Db, Tx } from './database.ts'
import type { Database } from './schema.ts'

/** Who acts, and by which way: the same for all that one call brings about. */
export type AuditOrigin = {
  /** As in the operation log: a person's user name, `system:name` of a key, or `system`. */
  actor: string
  source: AuditSource
  requestId: string | null
}

/**
 * One thing that somebody did. It stays for ever, so nothing of it may be about a customer: ids of contacts, never what
 * is in them. What a person wrote about a customer belongs to the row it explains, and here its hash.
 */
export type AuditEntry = AuditOrigin & {
  action: AuditAction
  subject: { kind: string; id: string }
  /** What was, and what is now; together up to some kilobytes. Of a whole document its version, and its hash below. */
  oldValue?: AuditValue
  newValue?: AuditValue
  /** A code, or why staff did it in their words, up to 1000 characters. Phone numbers are masked. */
  reason?: string
  /** SHA-256 of what the entry is about, 32 bytes: a document, a file, a reason that must not be kept here. */
  relatedHash?: Buffer
}

/** Whom nobody has proved to be anybody. */
export const UNKNOWN_ACTOR = 'unknown'

/** What the hub itself does. */
export const SYSTEM_ORIGIN: AuditOrigin = { actor: 'system', source: 'system', requestId: null }

/**
 * Adds an entry in the transaction of what it tells: both are there, or neither. Writers never wait for each other; the
 * entry gets its place in the chain when it is sealed, a moment after its transaction has committed.
 *
 * @throws Error when a value holds a member that is personal data by its name
 */
export async function appendAudit(tx: Tx | Db, entry: AuditEntry): Promise<void> {
  await appendAudits(tx, [entry])
}

/** The same for several entries, in this order, in one statement. */
export async function appendAudits(tx: Tx | Db, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx.insertInto('audit_entry').values(entries.map(rowOf)).execute()
}

function rowOf(entry: AuditEntry): Insertable<Database['audit_entry']> {
  return {
    actor: entry.actor,
    action: entry.action,
    subject_kind: entry.subject.kind,
    subject_id: entry.subject.id,
    old_value: jsonOf(entry.oldValue),
    new_value: jsonOf(entry.newValue),
    reason: entry.reason === undefined ? null : maskPhones(entry.reason).slice(0, MAX_REASON_CHARACTERS),
    source: entry.source,
    request_id: entry.requestId,
    related_hash: entry.relatedHash ?? null,
  }
}

const MAX_REASON_CHARACTERS = 1000

/** Members of values by which personal data would come in. A bug, and better a failed change than one that cannot be erased. */
const PERSONAL =
  /^(name|receiver|receiverName|contact|phone|mobile|tel|telephone|address|detail|email|idCard)$/i

function jsonOf(value: AuditValue | undefined): string | null {
  if (value === undefined || value === null) return null
  return JSON.stringify(value, (member, inner: unknown) => {
    if (PERSONAL.test(member)) throw new Error(`an audit entry must not hold personal data: ${member}`)
    return inner
  })
}

/** Mobile numbers as people write them, with nothing of a longer number on either side. */
function maskPhones(text: string): string {
  return text.replace(/(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)/g, '$1****$2')
}
