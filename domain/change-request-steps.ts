import { type ApprovalLevel, agreementsNeeded } from './approval-route.ts'
import type {
  ChangeContext,
  ChangeRequestEffect,
  ChangeRequestOutcome,
  ChangeRequestState,
  StepApprover,
} from './change-request.ts'
import { accept, end, move } from './change-request-outcome.ts'

/** Opens a step of the route, or approves after the last one. */
export function openStep(
  state: ChangeRequestState,
  stepNumber: number,
  context: ChangeContext,
): ChangeRequestOutcome {
  const closed = { ...state, approvers: [], dueAtMs: null, remindAtMs: null, needsAttention: false }
  if (stepNumber > state.steps.length) return move({ ...closed, applyTries: 1 }, 'approved')
  const opened = openLevel({ ...closed, stepNumber }, 1, context)
  return move(opened.state, 'in_approval', opened.effects)
}

/** The first level, from the given one, of which enough people may decide; otherwise the last, and somebody is told. */
function openLevel(
  state: ChangeRequestState,
  from: number,
  context: ChangeContext,
): { state: ChangeRequestState; effects: ChangeRequestEffect[] } {
  const levels = state.steps[state.stepNumber - 1]?.levels ?? []
  for (let levelNumber = from; levelNumber <= levels.length; levelNumber += 1) {
    const level = levels[levelNumber - 1]
    if (!level) break
    const approvers = slotsOf(level, context)
    const isEnough = agreementsNeeded(level.mode, approvers.length) !== null
    if (!isEnough && levelNumber < levels.length) continue
    const opened = withDueTime({ ...state, levelNumber, approvers }, level, context.nowMs)
    return isEnough
      ? { state: opened, effects: [] }
      : {
          state: { ...opened, needsAttention: true },
          effects: [{ kind: 'raise', workItem: 'change_no_approver' }],
        }
  }
  throw new Error(`step ${state.stepNumber} has no level ${from}`)
}

/** To the next level of the step, or to its end where there is none. */
export function escalate(state: ChangeRequestState, context: ChangeContext): ChangeRequestOutcome {
  const levels = state.steps[state.stepNumber - 1]?.levels.length ?? 0
  if (state.levelNumber >= levels) {
    return end(state, 'expired', { code: 'too-late', detail: 'nobody decided in time' })
  }
  const { state: next, effects } = openLevel(state, state.levelNumber + 1, context)
  return accept(next, effects)
}

/** One place for each whose agreement is asked for. Nobody has two, and nobody who may not decide has one. */
function slotsOf(level: ApprovalLevel, { people, conflicts }: ChangeContext): StepApprover[] {
  const candidates = (people[level.tier] ?? []).filter(({ principal }) => !conflicts[principal])
  const slots = new Map<string, StepApprover>()
  // Their own places first: a delegate who decides anyway does not decide twice.
  for (const own of [true, false]) {
    for (const { principal, account } of candidates) {
      const acting = conflicts[account] ? principal : account
      if ((acting === principal) !== own || slots.has(acting)) continue
      slots.set(acting, { principal, account: acting, state: 'open' })
    }
  }
  return [...slots.values()]
}

/** The present level with the people of now: who came, went, or has somebody stand in for them. */
export function withPresentPeople(state: ChangeRequestState, context: ChangeContext): ChangeRequestState {
  const level = presentLevel(state)
  if (state.status !== 'in_approval' || !level) return state
  const decided = state.approvers.filter((slot) => slot.state !== 'open')
  const taken = new Set(decided.flatMap(({ principal, account }) => [principal, account]))
  const open = slotsOf(level, context).filter(
    ({ principal, account }) => !taken.has(principal) && !taken.has(account),
  )
  return { ...state, approvers: [...decided, ...open] }
}

/** The level that decides now, if one does. */
export function presentLevel(state: ChangeRequestState): ApprovalLevel | null {
  return state.steps[state.stepNumber - 1]?.levels[state.levelNumber - 1] ?? null
}

function withDueTime(state: ChangeRequestState, level: ApprovalLevel, nowMs: number): ChangeRequestState {
  const soonestMs = nowMs + state.minimumDeadlineSeconds * 1_000
  const usualMs = nowMs + level.deadlineSeconds * 1_000
  const promisedMs = state.shipByMs === null ? usualMs : Math.max(state.shipByMs, soonestMs)
  const dueAtMs = Math.round(Math.min(usualMs, promisedMs))
  const { reminderSeconds } = level
  // Where the promise has taken half of the time away, half of what is left.
  const remindAtMs =
    reminderSeconds === null
      ? null
      : Math.round(nowMs + Math.min(reminderSeconds * 1_000, (dueAtMs - nowMs) / 2))
  return { ...state, dueAtMs, remindAtMs }
}

/** The next reminder of the level, where one comes before its deadline. */
export function remindAgain(state: ChangeRequestState): ChangeRequestState {
  const { remindAtMs, dueAtMs } = state
  const everyMs = (presentLevel(state)?.reminderSeconds ?? 0) * 1_000
  const nextMs = (remindAtMs ?? 0) + everyMs
  return { ...state, remindAtMs: everyMs > 0 && dueAtMs !== null && nextMs < dueAtMs ? nextMs : null }
}
