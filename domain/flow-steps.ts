import { type BreakPoint, rankBreakPoints } from './flow-break-points.ts'
import type { WorkItemKind } from './order.ts'

/** The way from a map to no work by hand, in three steps. */
export const FLOW_STEPS = ['map', 'fix_worst', 'replace_manual'] as const
export type FlowStepName = (typeof FLOW_STEPS)[number]

type FlowStep = {
  step: FlowStepName
  state: 'done' | 'open'
  /** Of so many things that it is about, so many are done. */
  done: number
  total: number
  /** What to look at next: the edge, and of manual steps the kind of work item. */
  next: { edgeId: string; workItemKind: WorkItemKind | null; count: number } | null
}

/** Open work items of one kind on one edge. */
export type ManualStep = { edgeId: string; workItemKind: WorkItemKind; items: number; orders: number }

/**
 * How far the three steps are, from what the map shows: no box is ticked by hand, and one that was ticked opens again.
 *
 * @param edges those of the configuration, and whether anything of each was ever seen to succeed
 * @param closedLately incidents that ended in the last 30 days
 */
export function threeSteps(input: {
  edges: readonly { edgeId: string; hasSucceeded: boolean }[]
  breakPoints: readonly Pick<BreakPoint, 'edgeId' | 'kind' | 'ordersAffected'>[]
  closedLately: number
  manualSteps: readonly ManualStep[]
}): FlowStep[] {
  return [mapStep(input.edges), fixStep(input), replaceStep(input)]
}

function mapStep(edges: readonly { edgeId: string; hasSucceeded: boolean }[]): FlowStep {
  const unseen = edges.filter(({ hasSucceeded }) => !hasSucceeded)
  return {
    step: 'map',
    state: edges.length > 0 && unseen.length === 0 ? 'done' : 'open',
    done: edges.length - unseen.length,
    total: edges.length,
    next: unseen[0] ? { edgeId: unseen[0].edgeId, workItemKind: null, count: unseen.length } : null,
  }
}

function fixStep({ breakPoints, closedLately }: Parameters<typeof threeSteps>[0]): FlowStep {
  const [worst] = rankBreakPoints(breakPoints)
  return {
    step: 'fix_worst',
    state: worst ? 'open' : 'done',
    done: closedLately,
    total: closedLately + breakPoints.length,
    next: worst ? { edgeId: worst.edgeId, workItemKind: null, count: worst.ordersAffected } : null,
  }
}

/** Edges on which nobody has to do anything by hand are done. */
function replaceStep({ edges, manualSteps }: Parameters<typeof threeSteps>[0]): FlowStep {
  const byHand = manualSteps.filter(({ items }) => items > 0)
  const nameOf = ({ edgeId, workItemKind }: ManualStep) => `${edgeId} ${workItemKind}`
  const [most] = byHand.toSorted(
    (a, b) => b.orders - a.orders || b.items - a.items || (nameOf(a) < nameOf(b) ? -1 : 1),
  )
  const names = new Set([...edges.map(({ edgeId }) => edgeId), ...byHand.map(({ edgeId }) => edgeId)])
  return {
    step: 'replace_manual',
    state: most ? 'open' : 'done',
    done: names.size - new Set(byHand.map(({ edgeId }) => edgeId)).size,
    total: names.size,
    next: most ? { edgeId: most.edgeId, workItemKind: most.workItemKind, count: most.items } : null,
  }
}
