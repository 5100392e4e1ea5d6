import type { OrderState } from './order.ts'
import type { Draft } from './order-draft.ts'
import { hasEnded } from './order-status.ts'

/**
 * Facts about what this run does not know of yet: a worker that died had opened a pick task in the database, or had it
 * decided that the order is held, and warehouse or office were faster than its successor. They wait in the state until what
 * they are about is known here, and are then applied like any event, under their own name.
 */
export type EarlyFact = OrderState['early'][number]

/** More than any order has of them; what is beyond is a hostile sender's. */
const EARLY_LIMIT = 50

/** Keeps a fact, with a line in the log. */
export function keepForLater(draft: Draft, fact: EarlyFact): void {
  draft.state.early = [...draft.state.early, fact].slice(-EARLY_LIMIT)
  const subjectId = fact.type === 'check_released' ? String(fact.number) : fact.fulfilmentId
  draft.note({ field: 'early_report', newValue: fact.type, subjectId })
}

/** The first fact that can be told now, if there is one; those of an order that is over can. */
export function timelyFact(state: OrderState): EarlyFact | undefined {
  return state.early.find((fact) => isOver(state) || isKnown(state, fact))
}

function isKnown({ check, fulfilments }: OrderState, fact: EarlyFact): boolean {
  if (fact.type !== 'check_released')
    return fulfilments.some((entry) => entry.fulfilmentId === fact.fulfilmentId)
  return isAnswered(check, fact.number)
}

/** Whether the rules have said something to this check of an order, or a later one has taken its place. */
export function isAnswered(check: OrderState['check'], number: number): boolean {
  if (check === null || check.number < number) return false
  return check.number > number || check.state !== 'due'
}

/**
 * Whether nothing can become known any more. An expired order whose goods are being reserved again has not ended: a
 * worker whose task timed out may have opened its tasks, and what the warehouse said of them is heard before the answer is.
 */
export function isOver({ status, reservation }: Pick<OrderState, 'status' | 'reservation'>): boolean {
  const revives =
    reservation === 'reserving_again' || reservation === 'checking' || reservation === 'confirmed'
  return hasEnded(status) && !(status === 'expired' && revives)
}
