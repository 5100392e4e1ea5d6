import type { ChangeProblem } from './change.ts'
import type {
  CommandAnswer,
  Decision,
  LogEntry,
  OrderEvent,
  OrderState,
  OrderWrite,
  WorkItemKind,
} from './order.ts'
import { type OrderStatus, transition } from './order-state.ts'
import type { NamedFacts, WorkItemDetail } from './work-item-facts.ts'

/** A decision under construction: what the functions of the order's life write into. */
export type Draft = Omit<Decision, 'records'> & {
  log: LogEntry[]
  writes: OrderWrite[]
  nowMs: number
  /** Adds a line to the operation log; operator, source and cause come from the event. */
  note: (entry: Partial<LogEntry> & { field: string }) => void
}

/** Starts a decision on a copy of the state. */
export function openDraft(before: OrderState, event: OrderEvent, nowMs: number): Draft {
  const log: LogEntry[] = []
  const operator = ('operator' in event ? event.operator : undefined) ?? 'system'
  const requestId = 'requestId' in event ? event.requestId : null
  const inboxId = 'inboxId' in event ? event.inboxId : null
  const sourceTime = 'occurredAt' in event ? event.occurredAt : 'paidAt' in event ? event.paidAt : null
  return {
    // A copy, so that the caller's state stays what it was; the state is plain JSON by definition.
    state: JSON.parse(JSON.stringify(before)) as OrderState,
    log,
    writes: [],
    answers: [],
    nowMs,
    note: (entry) =>
      log.push({
        oldValue: null,
        newValue: null,
        operator,
        source: event.type,
        sourceTime,
        inboxId,
        subjectId: null,
        amountCents: null,
        requestId,
        ...entry,
      }),
  }
}

/**
 * Opens a work item and marks the order, so that it shows up wherever people look for trouble.
 *
 * @param owner who is to look at it; null: nobody in particular
 */
export function raise<Detail extends WorkItemDetail>(
  draft: Draft,
  workItemKind: WorkItemKind,
  key: string,
  detail: NamedFacts<Detail>,
  owner: string | null = null,
): void {
  draft.state.needsAttention = true
  draft.writes.push({
    ...{ kind: 'open_work_item', workItemKind, key, detail },
    ...(owner === null ? {} : { owner }),
  })
}

/** Answers that an order remembers; a caller that repeats itself does so within seconds. */
const ANSWERED_LIMIT = 50

/** Answers a waiting caller; a refusal is also a line in the log, so that nobody asks in vain unseen. */
export function answer(draft: Draft, requestId: string, reply: CommandAnswer): void {
  draft.answers.push({ requestId, answer: reply })
  draft.state.answered = [...draft.state.answered, { requestId, answer: reply }].slice(-ANSWERED_LIMIT)
  if (!reply.accepted) draft.note({ field: 'refused', newValue: `${reply.code}: ${reply.detail}` })
}

/** Answers a waiting change: nothing stands in its way, or what does. */
export function reply(draft: Draft, requestId: string, problem: ChangeProblem | null): void {
  const answered = { requestId, answer: { problem } }
  draft.answers.push(answered)
  draft.state.answered = [...draft.state.answered, answered].slice(-ANSWERED_LIMIT)
  if (problem) draft.note({ field: 'refused', newValue: `${problem.reason}: ${problem.detail}` })
}

/** Moves the order along its table, with a line in the log. */
export function moveTo(draft: Draft, to: OrderStatus, operator?: string): void {
  const { state } = draft
  const move = transition(state.status, to)
  // The table is checked by property tests against every reachable state; a miss is a bug of this folder.
  if (!move.ok) throw new Error(move.reason)
  draft.note({ field: 'status', oldValue: state.status, newValue: to, ...(operator ? { operator } : {}) })
  state.status = to
}
