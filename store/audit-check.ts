import { type ChainedEntry, FIRST_HASH, type Seal, sealHash } from './audit-chain.ts'

/** What the chain was at the end of a day, as it was published; without a day what its own table says of its end. */
export type Head = { day: string | null; sequence: number; hash: string }

/** One link: a seal, and the entry that it seals, unless that is gone. */
export type Link = { seal: Seal; entry: ChainedEntry | null }

export type AuditFinding =
  /** The entry is not what was sealed. */
  | { kind: 'altered'; sequence: number; entryId: number }
  /** Seals are missing from one place to another; or the entry of a seal is. */
  | { kind: 'removed'; sequence: number; lastSequence: number; entryId: number | null }
  /** A seal that does not follow from the one before it. */
  | { kind: 'broken-link'; sequence: number; entryId: number }
  /** An entry that has no place in the chain although those after it have, or one at the place of another. */
  | { kind: 'inserted'; entryId: number; at: string | null }
  /** An entry whose time is long before that of entries that were there before it. */
  | { kind: 'backdated'; sequence: number; entryId: number; at: string }
  /** Everything between the last head that agrees and this one may have been written anew. */
  | { kind: 'head-differs'; day: string | null; sequence: number; after: number }
  /** The chain is shorter than it was. */
  | { kind: 'cut-off'; day: string | null; sequence: number; lastSequence: number }

export type AuditReport = {
  /** Links looked at. */
  count: number
  lastSequence: number
  lastHash: string
  /** Up to here the chain is what was published; nothing protects what comes after. */
  protectedTo: number
  lastHead: Head | null
  /** Newest entries that have no place in the chain yet. */
  unsealed: number
  findings: AuditFinding[]
  /** Of which `findings` has the first. */
  found: number
}

/** No transaction of the hub takes nearly as long as this to commit. */
const LATE_MS = 3_600_000
/** More than anybody reads; the first ones say enough, and the rest is counted. */
const MAX_FINDINGS = 100

/**
 * Goes along the chain from its beginning, link by link, in the order of their sequence. Knows nothing of where links and
 * heads come from; memory does not grow with their number.
 */
export class AuditCheck {
  readonly #heads: Head[]
  readonly #findings: AuditFinding[] = []
  #found = 0
  #count = 0
  #sequence = 0
  #hash = FIRST_HASH
  #protectedTo = 0
  #lastHead: Head | null = null
  #unsealed = 0
  #newestMs = 0

  /** @param heads as published, best from somewhere else than the database */
  constructor(heads: readonly Head[]) {
    this.#heads = [...heads].sort((a, b) => a.sequence - b.sequence)
    this.#passHeads()
  }

  /** The next link. */
  add({ seal, entry }: Link): void {
    this.#count += 1
    const { sequence, entryId } = seal
    if (sequence <= this.#sequence) return this.#note({ kind: 'inserted', entryId, at: entry?.at ?? null })
    if (sequence > this.#sequence + 1) {
      const lastSequence = sequence - 1
      this.#note({ kind: 'removed', sequence: this.#sequence + 1, lastSequence, entryId: null })
      // No head can vouch for what is not there.
      this.#dropHeads(lastSequence)
    } else if (seal.previousHash !== this.#hash) {
      this.#note({ kind: 'broken-link', sequence, entryId })
    }
    if (!entry) this.#note({ kind: 'removed', sequence, lastSequence: sequence, entryId })
    else if (entry.id !== entryId || sealHash(sequence, seal.previousHash, entry) !== seal.hash) {
      this.#note({ kind: 'altered', sequence, entryId })
    }
    if (entry) this.#lookAtTime(sequence, entry)
    this.#sequence = sequence
    this.#hash = seal.hash
    this.#passHeads()
  }

  /** An entry without a place in the chain: one of the newest, or one that was put in between. */
  addUnsealed(entry: { id: number; at: string }, isOverdue: boolean): void {
    if (isOverdue) this.#note({ kind: 'inserted', entryId: entry.id, at: entry.at })
    else this.#unsealed += 1
  }

  finish(): AuditReport {
    for (const { day, sequence } of this.#heads) {
      this.#note({ kind: 'cut-off', day, sequence, lastSequence: this.#sequence })
    }
    return {
      count: this.#count,
      lastSequence: this.#sequence,
      lastHash: this.#hash,
      protectedTo: this.#protectedTo,
      lastHead: this.#lastHead,
      unsealed: this.#unsealed,
      findings: this.#findings,
      found: this.#found,
    }
  }

  #lookAtTime(sequence: number, { id, at }: ChainedEntry): void {
    const atMs = Date.parse(at)
    if (atMs < this.#newestMs - LATE_MS) this.#note({ kind: 'backdated', sequence, entryId: id, at })
    else this.#newestMs = Math.max(this.#newestMs, atMs)
  }

  #passHeads(): void {
    for (let head = this.#heads[0]; head?.sequence === this.#sequence; head = this.#heads[0]) {
      this.#heads.shift()
      if (head.hash === this.#hash) {
        if (head.day === null) continue
        this.#protectedTo = head.sequence
        this.#lastHead = head
      } else {
        this.#note({ kind: 'head-differs', day: head.day, sequence: head.sequence, after: this.#protectedTo })
      }
    }
  }

  #dropHeads(upTo: number): void {
    while (this.#heads[0] && this.#heads[0].sequence <= upTo) this.#heads.shift()
  }

  #note(finding: AuditFinding): void {
    this.#found += 1
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding)
  }
}
