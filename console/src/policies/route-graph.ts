import { isRecord } from './schema.ts'

/** A tier of the policy `approval-route`, as far as a picture needs it. */
export type RouteTier = {
  name: string
  title: string
  condition: unknown
  isAutomatic: boolean
  approvers: ({ role: string; within: string } | { account: string })[]
  mode: 'any' | 'all' | { atLeast: number }
  deadlineSeconds: number
}
export type RouteArrow = {
  kind: 'matches' | 'otherwise' | 'escalates' | 'after'
  /** Places of tiers, from 0. `matches` goes from a tier's condition to its own approvers. */
  from: number
  to: number
}

/** The tiers of a document and the ways between them; what is not filled in yet is left out. */
export function routeGraph(document: unknown): { tiers: RouteTier[]; arrows: RouteArrow[] } {
  const given = isRecord(document) && Array.isArray(document.tiers) ? document.tiers.filter(isRecord) : []
  const tiers = given.map(tierOf)
  const placeOf = (name: unknown) => tiers.findIndex((tier) => tier.name === name)
  const arrows = given.flatMap((tier, index): RouteArrow[] => {
    const escalation = typeof tier.escalateTo === 'string' ? placeOf(tier.escalateTo) : -1
    const before = Array.isArray(tier.after) ? tier.after.map(placeOf).filter((place) => place !== -1) : []
    return [
      { kind: 'matches', from: index, to: index },
      ...(index + 1 < tiers.length ? [{ kind: 'otherwise' as const, from: index, to: index + 1 }] : []),
      ...(escalation === -1 ? [] : [{ kind: 'escalates' as const, from: index, to: escalation }]),
      ...before.map((place) => ({ kind: 'after' as const, from: place, to: index })),
    ]
  })
  return { tiers, arrows }
}

const HOURS_4 = 4 * 3_600

function tierOf(tier: Readonly<Record<string, unknown>>): RouteTier {
  const { name, title, condition, automatic, approvers, mode, deadlineSeconds } = tier
  return {
    name: String(name ?? ''),
    title: String(title ?? ''),
    condition,
    isAutomatic: automatic === true,
    approvers: (Array.isArray(approvers) ? approvers : []).filter(isRecord).map(approverOf),
    mode: modeOf(mode),
    deadlineSeconds: typeof deadlineSeconds === 'number' ? deadlineSeconds : HOURS_4,
  }
}

function approverOf(approver: Readonly<Record<string, unknown>>): RouteTier['approvers'][number] {
  if (typeof approver.account === 'string') return { account: approver.account }
  return { role: String(approver.role ?? ''), within: String(approver.within ?? '') }
}

function modeOf(mode: unknown): RouteTier['mode'] {
  if (isRecord(mode) && typeof mode.atLeast === 'number') return { atLeast: mode.atLeast }
  return mode === 'all' ? 'all' : 'any'
}
