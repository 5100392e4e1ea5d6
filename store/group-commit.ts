import { type RawBuilder, sql } from 'kysely'
import { type Db, PREPARED, type Tx } from './database.ts'

/** How much goes into one group, how many run at once, and how long each waits. */
export type GroupLimits = {
  /** Members of a group: enough to share one wait for the disk, few enough that the last is not kept long. */
  members: number
  /** Lines of a group: what it locks and writes grows with them. */
  lines: number
  /** A member of more lines than this runs alone, beside the groups. */
  linesAlone: number
  /** Groups at once; each takes a connection. They never share a key, so that first come is first served. */
  groups: number
  /** Members that wait. More are refused at once: a queue that only grows serves nobody in time. */
  waiting: number
  /** A group gives up on a row that somebody else keeps locked so long; its members are then tried singly. */
  lockMs: number
  /** Connections for members of a failed group that are tried singly. */
  singles: number
}

export const GROUP_LIMITS: GroupLimits = {
  members: 64,
  lines: 256,
  linesAlone: 60,
  groups: 2,
  waiting: 2_000,
  lockMs: 250,
  singles: 3,
}

/** Too many members wait already. Nothing was done; the caller may try again in a moment. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
}

export type GroupWork<Member, Result> = {
  /** What members compete for: two that share a key are decided in the order in which they came. */
  keysOf: (member: Member) => readonly string[]
  linesOf: (member: Member) => number
  /**
   * Decides and writes all members in arrival order; the answers are in the same order. It must recognise a member
   * that an earlier transaction has carried out, and answer as that one did: after a commit whose outcome nobody
   * knows, its members come again.
   *
   * @param settings of the transaction; goes before its first statement, with it
   */
  run: (tx: Tx, members: Member[], settings: RawBuilder<unknown>) => Promise<GroupAnswers<Result>>
}

/** What a group's members are told once it is committed, and `answered` (if its last statement went with the commit) fulfilled. */
export type GroupAnswers<Result> = { results: Result[]; answered?: Promise<unknown> | undefined }

type Entry<Member, Result> = {
  member: Member
  keys: readonly string[]
  lines: number
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Lets calls that arrive at the same time share a transaction, and with it the locks, the round trips and the wait
 * for the disk: what arrives while a group runs goes into the next one.
 *
 * - Members that share a key are decided in the order of their arrival, in one group or in groups one after the other.
 * - A group that fails fails nobody: each of its members is then tried alone, and only the one to blame hears of it.
 * - Nobody is answered before the commit is known to have happened.
 */
export class GroupCommit<Member, Result> {
  readonly #db: Db
  readonly #work: GroupWork<Member, Result>
  readonly #limits: GroupLimits
  /** In the order of their arrival, as are those that wait to be tried singly. */
  readonly #waiting: Entry<Member, Result>[] = []
  readonly #retrying: Entry<Member, Result>[] = []
  /** Keys of whoever has been taken out of the queue and has no answer yet, and of those that run singly. */
  readonly #busy = new Map<string, number>()
  readonly #single = new Map<string, number>()
  readonly #running = { groups: 0, alone: 0, singles: 0 }
  #scheduled = false

  constructor(db: Db, work: GroupWork<Member, Result>, limits: GroupLimits = GROUP_LIMITS) {
    this.#db = db
    this.#work = work
    this.#limits = limits
  }

  /** @throws QueueFullError, or what `run` throws for this member alone */
  submit(member: Member): Promise<Result> {
    if (this.#waiting.length >= this.#limits.waiting) {
      return Promise.reject(new QueueFullError('too many calls wait for their turn'))
    }
    return new Promise((resolve, reject) => {
      const keys = [...new Set(this.#work.keysOf(member))]
      this.#waiting.push({ member, keys, lines: this.#work.linesOf(member), resolve, reject })
      this.#schedule()
    })
  }

  /**
   * After whatever else arrives in this turn of the event loop. So those who have just been answered and ask again at
   * once go with those who waited meanwhile: callers who never pause would otherwise fall into two halves that take
   * turns, each paying for a transaction.
   */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#begin()
    })
  }

  #begin(): void {
    for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) {
      mark(this.#busy, group, 1)
      void this.#runGroup(group, this.#isAlone(group[0]) ? 'alone' : 'groups')
    }
    for (let entry = this.#nextSingle(); entry; entry = this.#nextSingle()) void this.#runSingle(entry)
  }

  #isAlone(entry: Entry<Member, Result> | undefined): boolean {
    return entry !== undefined && entry.lines > this.#limits.linesAlone
  }

  /** Takes whoever may go now, first come first; who shares a key with somebody earlier waits for that one. */
  #nextGroup(): Entry<Member, Result>[] {
    const { members, lines, groups } = this.#limits
    const group: Entry<Member, Result>[] = []
    const passed = new Set<string>()
    let room = lines
    for (let index = 0; index < this.#waiting.length && group.length < members; ) {
      const entry = this.#waiting[index]
      if (!entry) break
      const mayGo = entry.keys.every((key) => !this.#busy.has(key) && !passed.has(key))
      const alone = this.#isAlone(entry)
      if (mayGo && alone && group.length === 0 && this.#running.alone === 0) {
        this.#waiting.splice(index, 1)
        return [entry]
      }
      if (mayGo && !alone && this.#running.groups < groups && entry.lines <= room) {
        this.#waiting.splice(index, 1)
        group.push(entry)
        room -= entry.lines
        continue
      }
      for (const key of entry.keys) passed.add(key)
      index += 1
    }
    return group
  }

  async #runGroup(group: Entry<Member, Result>[], lane: 'groups' | 'alone'): Promise<void> {
    this.#running[lane] += 1
    try {
      const results = await this.#transact(group, lane === 'groups' ? this.#limits.lockMs : null)
      group.forEach((entry, index) => {
        this.#finish(entry, () => answer(entry, results[index]))
      })
    } catch {
      // Alone and with more patience each of them hears its own error, or of none.
      this.#retrying.push(...group)
    }
    this.#running[lane] -= 1
    this.#schedule()
  }

  #nextSingle(): Entry<Member, Result> | undefined {
    if (this.#running.singles >= this.#limits.singles) return undefined
    const passed = new Set<string>()
    const index = this.#retrying.findIndex((entry) => {
      const mayGo = entry.keys.every((key) => !this.#single.has(key) && !passed.has(key))
      for (const key of entry.keys) passed.add(key)
      return mayGo
    })
    return index < 0 ? undefined : this.#retrying.splice(index, 1)[0]
  }

  /** Asked again, `run` finds what was committed, or waits for a commit that is still under way on the server. */
  async #runSingle(entry: Entry<Member, Result>): Promise<void> {
    this.#running.singles += 1
    mark(this.#single, [entry], 1)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [result] = await this.#transact([entry], null)
        this.#finish(entry, () => answer(entry, result))
        break
      } catch (error) {
        if (error instanceof OutcomeUnknownError && attempt < UNKNOWN_ATTEMPTS) continue
        this.#finish(entry, () => entry.reject(error instanceof OutcomeUnknownError ? error.cause : error))
        break
      }
    }
    this.#running.singles -= 1
    mark(this.#single, [entry], -1)
    this.#schedule()
  }

  #finish(entry: Entry<Member, Result>, tell: () => void): void {
    mark(this.#busy, [entry], -1)
    tell()
  }

  /** @param lockMs how long to wait for a lock; null for as long as every transaction of the product may */
  async #transact(group: Entry<Member, Result>[], lockMs: number | null): Promise<Result[]> {
    let isDecided = false
    const members = group.map((entry) => entry.member)
    const committed = this.#db.transaction().execute(async (tx) => {
      const answers = await this.#work.run(tx, members, groupSettings(lockMs))
      isDecided = true
      return answers
    })
    const { results, answered } = await committed.catch((error: unknown) => {
      throw isDecided ? new OutcomeUnknownError(error) : error
    })
    // A last statement that failed has turned the commit into a rollback.
    await answered
    return results
  }
}

function answer<Member, Result>(entry: Entry<Member, Result>, result: Result | undefined): void {
  // `run` answers every member; a missing answer is its bug and must not leave a caller waiting for ever.
  if (result === undefined) entry.reject(new Error('a member of a group got no answer'))
  else entry.resolve(result)
}

function mark(counts: Map<string, number>, entries: { keys: readonly string[] }[], by: 1 | -1): void {
  for (const key of entries.flatMap((entry) => entry.keys)) {
    const count = (counts.get(key) ?? 0) + by
    if (count > 0) counts.set(key, count)
    else counts.delete(key)
  }
}

/**
 * Plans for any values are kept for the prepared statements of a group: those for its own would be made anew each time,
 * which takes longer than running them, because the planner looks up how far the times of all holds reach. No plan reads a
 * table from end to end: one that was made while the table was empty would, and be kept until statistics are made anew.
 */
function groupSettings(lockMs: number | null): RawBuilder<unknown> {
  const patience = lockMs === null ? sql`` : sql`, set_config('lock_timeout', ${String(lockMs)}, true)`
  return sql`${PREPARED} select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)${patience}`
}

/** How often a member is asked about whose commit broke off, before its caller is told to ask again later. */
const UNKNOWN_ATTEMPTS = 5

/** The connection broke off while the commit was under way. */
class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError'
  constructor(cause: unknown) {
    super('nobody knows whether the transaction was committed', { cause })
  }
}
