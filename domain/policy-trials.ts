import type { RecordedFacts } from './abnormal-facts.ts'
import { type AbnormalPolicy, judgeOrder, ORDINARY_ORDERS, outcomeOf, stops } from './abnormal-order.ts'
import { type AllocationWarehouse, planAllocation, type StockLevel } from './allocation.ts'
import type { AllocationPolicy } from './allocation-policy.ts'
import { type ApprovalTier, approvalRouteOf, type ChangeFacts, explainRoute } from './approval-route.ts'
import { decideByRules, explainRules, type Rule } from './conditions.ts'
import { type CustomerSegment, type CustomerService, type RfmScores, segmentOf } from './customer-segment.ts'
import { breakPointsOf, type DataFlowRules, type FlowFigures, thresholdsOf } from './flow-break-points.ts'
import type { FlowEdge } from './flow-map.ts'
import { type HealthComponent, type HealthRules, type HealthSums, healthScoreOf } from './health-score.ts'
import type { HoldTimePolicy } from './hold-time.ts'
import { type InspectionDraw, selectInspection } from './inspection.ts'
import type { OrderDeadlines } from './order.ts'
import { factsOf, type OrderToJudge } from './order-facts.ts'
import { placeOf } from './place.ts'
import type { Counterpart, DifferenceKind, MatchRules } from './reconciliation.ts'
import { type ReplenishmentFacts, type ReplenishmentRules, replenish } from './replenishment.ts'
import { type SafetyStockPolicy, thresholdOf } from './safety-stock.ts'
import { type ApprovalFacts, type ApprovalRules, approvalOf } from './transfer-approval.ts'

/**
 * What a policy decides about something that has happened. Two documents are compared by their outcomes on the same
 * facts; reasons only explain.
 */
export type Judgement = {
  outcome: Record<string, unknown>
  /** The policy turns this order away, or stores may not freely show this level. Null: there was nothing to turn away. */
  refused: boolean | null
  reasons: unknown[]
  /** Of rules that stop orders: those that stopped this one, by their place in the document. */
  stoppedBy?: readonly number[]
}

/** An order of the past. Times in ms since the epoch; null: it has not happened. */
export type PastOrder = OrderToJudge & {
  lines: readonly { lineNumber: number; skuId: string; quantity: number; unitPriceCents: number }[]
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

const instantOf = (ms: number) => new Date(ms).toISOString()

/** Until when the order's stock would have been held, and whether its payment would have come in time. */
export function tryReservation(policy: HoldTimePolicy, order: PastOrder): Judgement {
  const facts = factsOf(order)
  const { holdTtlSeconds } = decideByRules(policy.rules, policy, facts).outcome
  const expiresAtMs = order.placedAtMs + holdTtlSeconds * 1_000
  const { paidAtMs } = order
  const payment = paidAtMs === null ? 'none' : paidAtMs < expiresAtMs ? 'in-time' : 'too-late'
  return {
    outcome: { expiresAt: instantOf(expiresAtMs), payment },
    refused: payment === 'none' ? null : payment === 'too-late',
    reasons: explainRules(policy.rules, facts),
  }
}

/** How long the order would have taken returns and late money, and what of both would have come too late. */
export function tryOrderLife(deadlines: OrderDeadlines, order: PastOrder): Judgement {
  const returnsEndMs =
    order.deliveredAtMs === null ? null : order.deliveredAtMs + deadlines.afterSalesWindowSeconds * 1_000
  const moneyEndMs =
    order.endedAtMs === null ? null : order.endedAtMs + deadlines.latePaymentWindowSeconds * 1_000
  const after = (timesMs: readonly number[], endMs: number | null) =>
    endMs === null ? 0 : timesMs.filter((atMs) => atMs >= endMs).length
  const outcome = {
    returnsUntil: returnsEndMs === null ? null : instantOf(returnsEndMs),
    returnsTooLate: after(order.returnsAtMs, returnsEndMs),
    lateMoneyUntil: moneyEndMs === null ? null : instantOf(moneyEndMs),
    paymentsTooLate: after(order.paymentsAtMs, moneyEndMs),
  }
  return { outcome, refused: null, reasons: [] }
}

/** An order with the stock that it could be served from. */
export type OrderWithStock = PastOrder & {
  levels: readonly StockLevel[]
  warehouses: readonly AllocationWarehouse[]
}

/** Which warehouses would send what, or what would be short under the policy's limits. */
export function tryAllocation(policy: AllocationPolicy, order: OrderWithStock): Judgement {
  const { lines: demand, levels, warehouses, divisionCode } = order
  const plan = planAllocation({ demand, levels, warehouses, place: placeOf(divisionCode), policy })
  if (!plan.ok) return { outcome: { shortages: plan.shortages }, refused: true, reasons: [] }
  const warehouseIds = [...new Set(plan.allocations.map((entry) => entry.warehouseId))].sort()
  const parcels = warehouseIds.map((warehouseId) => ({
    warehouseId,
    lines: plan.allocations
      .filter((entry) => entry.warehouseId === warehouseId)
      .map(({ lineNumber, quantity }) => ({ lineNumber, quantity })),
  }))
  return { outcome: { parcels }, refused: false, reasons: [plan.explanation] }
}

/** Whether somebody would have gone to see an order, and with which checklist. An order that never arrived has none to see. */
export function tryInspection(
  policy: { rules: readonly Rule<InspectionDraw>[] },
  order: PastOrder & { orderId: string },
): Judgement {
  const { isSelected, draw, lot, reasons } = selectInspection(policy.rules, order.orderId, factsOf(order))
  const isInspected = isSelected && order.deliveredAtMs !== null
  const outcome = { inspected: isInspected, checklist: isInspected ? (draw?.checklist ?? null) : null }
  return { outcome, refused: null, reasons: [{ lot }, ...reasons] }
}

/** Who would have had to approve a transfer. */
export function tryTransfer(policy: { approval: ApprovalRules }, transfer: ApprovalFacts): Judgement {
  return { outcome: approvalOf(transfer, policy.approval), refused: null, reasons: [transfer] }
}

/**
 * Which way a request for a change would have taken: its tier, and step by step who would have been asked, with those
 * that a step rises to. How long each has is no part of it: it decides for nobody.
 */
export function tryApprovalRoute(policy: { tiers: readonly ApprovalTier[] }, facts: ChangeFacts): Judgement {
  const { tier, steps } = approvalRouteOf(facts, policy.tiers)
  const asked = steps.map(({ levels }) =>
    levels.map(({ tier: name, approvers, mode }) => ({ tier: name, approvers, mode })),
  )
  const outcome = { tier, automatic: steps.length === 0, steps: asked }
  return { outcome, refused: null, reasons: explainRoute(facts, policy.tiers) }
}

/** How healthy a day would have been: its score, and which part was how good. Unknown parts have none. */
export function tryHealthScore(
  rules: HealthRules,
  sums: Partial<Record<HealthComponent, HealthSums>>,
): Judgement {
  const { score, band, components } = healthScoreOf(sums, rules)
  const rounded = (points: number | null) => (points === null ? null : Math.round(points * 100) / 100)
  const parts = components.map(({ component, score: points, band: of }) => [
    component,
    { score: rounded(points), band: of },
  ])
  return {
    outcome: { score: rounded(score), band, components: Object.fromEntries(parts) },
    refused: null,
    reasons: [sums],
  }
}

/**
 * In which segment a customer would be, and what they would be given, by the scores that they have: how long the window
 * is decides nothing here, because nobody is counted anew.
 */
export function tryCustomerSegments(
  policy: { segments: readonly CustomerSegment[]; others: CustomerService },
  scores: RfmScores | null,
): Judgement {
  const found = scores === null ? null : segmentOf(scores, policy.segments)
  return {
    outcome: { segment: found?.code ?? null, service: found?.service ?? policy.others },
    refused: null,
    reasons: scores === null ? [] : [scores],
  }
}

/** Whether what was found to differ would still differ. */
export function tryReconciliation(
  policy: Record<Counterpart, Pick<MatchRules, 'tolerance' | 'toleranceDays'>>,
  { counterpart, kind, valueDifference, apartMs, differsInStatus }: FoundDifference,
): Judgement {
  const { tolerance, toleranceDays } = policy[counterpart]
  const isAlone = kind === 'missing_here' || kind === 'missing_there' || kind === 'duplicate'
  const differs =
    isAlone ||
    differsInStatus ||
    Math.abs(valueDifference) > tolerance ||
    (apartMs ?? 0) > toleranceDays * 86_400_000
  return {
    outcome: { differs },
    refused: null,
    reasons: [{ counterpart, kind, valueDifference, apartMs, tolerance, toleranceDays }],
  }
}

/** A difference of the past, by what a run has found. */
export type FoundDifference = {
  counterpart: Counterpart
  kind: DifferenceKind
  valueDifference: number
  /** Between the times of its two lines; null where one has none. */
  apartMs: number | null
  differsInStatus: boolean
}

/** What the rules would have found in an order, by the facts that were kept when it was checked. */
export function tryAbnormalOrder(policy: AbnormalPolicy, facts: RecordedFacts): Judgement {
  const findings = judgeOrder(policy, facts)
  const outcome = outcomeOf(findings)
  const stopping = findings.filter(({ action }) => action !== 'note').map(({ rule }) => rule)
  return {
    outcome: {
      outcome,
      findings: findings.map(({ rule, action, severity }) => ({ rule, action, severity })),
    },
    refused: outcome === 'held' || outcome === 'blocked',
    reasons: findings.map(({ rule, because, facts: fired }) => ({ rule, because, facts: fired })),
    stoppedBy: policy.rules.flatMap(({ name }, index) => (stopping.includes(name) ? [index] : [])),
  }
}

/** The rules that would stop an order with which nothing is wrong, by their place. */
export function rulesThatStopAnything(policy: AbnormalPolicy): number[] {
  return policy.rules.flatMap((rule, index) =>
    ORDINARY_ORDERS.every((order) => stops(policy, rule, order)) ? [index] : [],
  )
}

/** An edge of the data-flow map as it was seen last, and when that was, in ms since the epoch. */
export type PresentEdge = Pick<FlowEdge, 'id' | 'flow' | 'intervalSeconds' | 'ageTargetSeconds'> & {
  figures: FlowFigures
  checkedAtMs: number
}

/** By which rules the edge would count as broken. Its figures stay those of the window that they were counted for. */
export function tryDataFlow(rules: DataFlowRules, { figures, checkedAtMs, ...edge }: PresentEdge): Judgement {
  const found = breakPointsOf(edge, figures, rules, checkedAtMs)
  return {
    outcome: { broken: found.map(({ kind }) => kind) },
    refused: null,
    reasons: [{ thresholds: thresholdsOf(edge.flow, rules), found }],
  }
}

/** A SKU in a warehouse, as it is now. */
export type PresentLevel = { category: string; safetyStock: number; available: number }

/** Whether the level counts as low, so that listings are taken down or reduced. */
export function trySafetyStock(
  policy: Pick<SafetyStockPolicy, 'thresholds'>,
  level: PresentLevel,
): Judgement {
  const threshold = thresholdOf(level, policy)
  const { available } = level
  const low = available <= threshold
  return { outcome: { low }, refused: low, reasons: [{ threshold, available }] }
}

/** When and how much of a level would be bought, on what is known of it since last night. Forecasts stay as they are. */
export function tryReplenishment(policy: ReplenishmentRules, facts: ReplenishmentFacts): Judgement {
  const { reorderPoint, orderUpTo, suggestedUnits, excessUnits, leadTime } = replenish(facts, policy)
  return {
    outcome: { reorderPoint, orderUpTo, suggestedUnits, excessUnits },
    refused: null,
    reasons: [{ leadTime, stock: facts.stock, perDay: facts.forecast.perDay }],
  }
}
