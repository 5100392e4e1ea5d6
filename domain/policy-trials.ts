import { decideByRules, explainRules } from './conditions.ts'
import type { HoldTimePolicy } from './hold-time.ts'
import type { OrderDeadlines } from './order.ts'
import { factsOf, type OrderToJudge } from './order-facts.ts'
import { type SafetyStockPolicy, thresholdOf } from './safety-stock.ts'

/**
 * What a policy decides about something that has happened. Two documents are compared by their outcomes on the same
 * facts; reasons only explain.
 */
export type Judgement = {
  outcome: Record<string, unknown>
  /** The policy turns this order away. */
  refused: boolean
  reasons: unknown[]
}

/** An order of the past. Times in ms since the epoch; null: it has not happened. */
export type PastOrder = OrderToJudge & {
  placedAtMs: number
  /** When the money was complete, in time or not. */
  paidAtMs: number | null
  /** Every payment, also those that came too late. */
  paymentsAtMs: readonly number[]
  /** When it expired or was cancelled. */
  endedAtMs: number | null
  deliveredAtMs: number | null
  returnsAtMs: readonly number[]
}

const served = (outcome: Record<string, unknown>, reasons: unknown[] = []): Judgement => ({
  outcome,
  refused: false,
  reasons,
})
const instantOf = (ms: number) => new Date(ms).toISOString()

/** Until when the order's stock would have been held, and whether its payment would have come in time. */
export function tryReservation(policy: HoldTimePolicy, order: PastOrder): Judgement {
  const facts = factsOf(order)
  const { holdTtlSeconds } = decideByRules(policy.rules, policy, facts).outcome
  const expiresAtMs = order.placedAtMs + holdTtlSeconds * 1_000
  const { paidAtMs } = order
  const payment = paidAtMs === null ? 'none' : paidAtMs < expiresAtMs ? 'in-time' : 'too-late'
  return served({ expiresAt: instantOf(expiresAtMs), payment }, explainRules(policy.rules, facts))
}

/** How long the order would have taken returns and late money, and what of both would have come too late. */
export function tryOrderLife(deadlines: OrderDeadlines, order: PastOrder): Judgement {
  const returnsEndMs =
    order.deliveredAtMs === null ? null : order.deliveredAtMs + deadlines.afterSalesWindowSeconds * 1_000
  const moneyEndMs =
    order.endedAtMs === null ? null : order.endedAtMs + deadlines.latePaymentWindowSeconds * 1_000
  const after = (timesMs: readonly number[], endMs: number | null) =>
    endMs === null ? 0 : timesMs.filter((atMs) => atMs >= endMs).length
  return served({
    returnsUntil: returnsEndMs === null ? null : instantOf(returnsEndMs),
    returnsTooLate: after(order.returnsAtMs, returnsEndMs),
    lateMoneyUntil: moneyEndMs === null ? null : instantOf(moneyEndMs),
    paymentsTooLate: after(order.paymentsAtMs, moneyEndMs),
  })
}

/** A SKU in a warehouse, as it is now. */
export type PresentLevel = { category: string; safetyStock: number; available: number }

/** Whether the level counts as low, so that listings are taken down or reduced. */
export function trySafetyStock(
  policy: Pick<SafetyStockPolicy, 'thresholds'>,
  level: PresentLevel,
): Judgement {
  const threshold = thresholdOf(level, policy)
  return served({ low: level.available <= threshold }, [{ threshold, available: level.available }])
}
