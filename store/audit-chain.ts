import { createHash } from 'node:crypto'

/**
 * The chain of audit entries, without database or file: what is hashed, and how. Whoever wants to check an export with
 * other means needs this page only.
 *
 * Each entry's hash is SHA-256 over the UTF-8 of the canonical JSON (RFC 8785) of `{chain, entry, previousHash, sequence}`,
 * hashes in lower-case hexadecimal. The first entry names the hash of 64 zeros.
 */
const CHAIN = 'order-hub/audit/1'
export const FIRST_HASH = '0'.repeat(64)

/** An entry as it is hashed. */
export type ChainedEntry = {
  id: number
  /** RFC 3339 in UTC with milliseconds. */
  at: string
  actor: string
  action: string
  subjectKind: string
  subjectId: string
  oldValue: unknown
  newValue: unknown
  reason: string | null
  source: string
  requestId: string | null
  relatedHash: string | null
}

/** A place in the chain: what the seal says. */
export type Seal = { sequence: number; entryId: number; previousHash: string; hash: string }

/** The hash that seals an entry, in hexadecimal. */
export function sealHash(sequence: number, previousHash: string, entry: ChainedEntry): string {
  return hashOf({ chain: CHAIN, sequence, previousHash, entry }).toString('hex')
}

/** SHA-256 of a value's canonical JSON. */
export function hashOf(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest()
}

/**
 * JSON by RFC 8785: members by the UTF-16 code units of their names, numbers and text as ECMAScript writes them, no
 * white space. Members that are undefined are left out.
 *
 * @throws Error for what JSON cannot hold: numbers that are not finite, lone surrogates, functions
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') throw new Error(`not JSON: ${typeof value}`)
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined)
  // The plain comparison of text compares code units; two names are never equal.
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${canonicalJson(name)}:${canonicalJson(inner)}`).join(',')}}`
}
