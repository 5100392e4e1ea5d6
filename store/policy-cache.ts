import { POLICIES, type PolicyKind } from '../contracts/policies/index.ts'
import type { Db, Tx } from './database.ts'
import { type CurrentPolicy, currentPolicy, publishedVersions } from './policy.ts'

/** How old an answer may be: half of the two seconds in which a publish takes effect everywhere. */
const MAX_AGE_MS = 1_000

/** What is held of each kind. The document of a version never changes, so it is read and parsed once. */
type Held = { [Kind in PolicyKind]?: CurrentPolicy<Kind> }

/**
 * The policies in force, as one process knows them: one a process, asked at every decision.
 *
 * An answer is at most a second old. Whoever asks after that looks at the versions in force, on the connection that
 * they already have: there is no connection that listens and could be lost unnoticed, no timer that could fall behind,
 * and no second connection to wait for while holding one.
 */
export class Policies {
  readonly #now: () => number
  readonly #onUnreadable: (kind: PolicyKind, error: unknown) => void
  readonly #held: Held = {}
  /** Versions that could not be read; each is tried once. */
  readonly #unreadable = new Map<PolicyKind, number>()
  #versions: ReadonlyMap<string, number> = new Map()
  /** When the versions were asked for, by a clock that never goes back. */
  #askedAtMs = Number.NEGATIVE_INFINITY

  /** @param options.onUnreadable hears of a published document that this version of the software cannot read */
  constructor(
    options: { now?: () => number; onUnreadable?: (kind: PolicyKind, error: unknown) => void } = {},
  ) {
    this.#now = options.now ?? (() => performance.now())
    this.#onUnreadable = options.onUnreadable ?? note
  }

  /**
   * The policy of a kind that is in force, or was at most a second ago.
   *
   * @param db a pool, or a transaction at read committed: one that keeps an old snapshot would see an old version
   * @throws ZodError for a document that cannot be read, if there is none from before to go on with
   */
  async current<Kind extends PolicyKind>(db: Db | Tx, kind: Kind): Promise<CurrentPolicy<Kind>> {
    const askedAtMs = this.#now()
    if (askedAtMs - this.#askedAtMs >= MAX_AGE_MS) {
      const versions = await publishedVersions(db)
      // A slow answer does not replace one that was asked for later.
      if (askedAtMs > this.#askedAtMs) {
        this.#versions = versions
        this.#askedAtMs = askedAtMs
      }
    }
    const version = this.#versions.get(kind) ?? 0
    const held: CurrentPolicy<Kind> | undefined = this.#held[kind]
    if (held && (held.version === version || this.#unreadable.get(kind) === version)) return held
    if (version === 0) return this.#hold(kind, { version, document: POLICIES[kind].initial })
    try {
      return this.#hold(kind, await currentPolicy(db, kind))
    } catch (error) {
      // Published by a newer release while this process still runs the old one: better yesterday's rule than none.
      if (!held) throw error
      this.#unreadable.set(kind, version)
      this.#onUnreadable(kind, error)
      return held
    }
  }

  /** Forgets how old it is: the process that publishes goes by the new version at once. */
  expire(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY
  }

  #hold<Kind extends PolicyKind>(kind: Kind, policy: CurrentPolicy<Kind>): CurrentPolicy<Kind> {
    const held: { [Key in Kind]?: CurrentPolicy<Key> } = this.#held
    held[kind] = policy
    return policy
  }
}

function note(kind: PolicyKind, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  const msg = 'a published policy cannot be read: the one before goes on'
  console.error(JSON.stringify({ level: 'error', msg, kind, reason }))
}
