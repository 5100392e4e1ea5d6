import { z } from 'zod'
import {
  COUNTERPARTS,
  DIFFERENCE_KINDS,
  DIFFERENCE_STATES,
  FACETS,
  LINE_KINDS,
  MOST_DAYS,
} from '../domain/reconciliation.ts'
import { month } from './change-reports.ts'
import { amountChangeBody, changeReasonCode } from './change-requests.ts'
import { code, instant, orderId, page, pageQuery, text } from './common.ts'

const counterpart = z.enum(COUNTERPARTS)
const sentence = z.object({ en: z.string(), zh: z.string() })

export const RUN_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]
/** What a run does, in this order: both sides are read, lines are compared by key, what is left by order, then it is settled. */
export const RUN_PHASES = ['hub', 'counterpart', 'keys', 'groups', 'settle', 'clean'] as const
export type RunPhase = (typeof RUN_PHASES)[number]
const DAY_MS = 86_400_000
export const startRunBody = z
  .strictObject({
    counterpart,
    /** Days of China, both counted. */
    from: z.iso.date(),
    to: z.iso.date(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' })
  .refine(({ from, to }) => (Date.parse(to) - Date.parse(from)) / DAY_MS < MOST_DAYS, {
    path: ['from'],
    message: `must be within ${MOST_DAYS} days of to`,
  })
export type StartRunBody = z.output<typeof startRunBody>

export const runView = z.object({
  runId: z.uuid(),
  counterpart,
  from: z.iso.date(),
  to: z.iso.date(),
  origin: z.enum(['schedule', 'person']),
  requestedBy: z.string(),
  state: z.enum(RUN_STATES),
  phase: z.enum(RUN_PHASES),
  progress: z.object({
    hubLines: z.int(),
    counterpartLines: z.int(),
    /** Of both sides together. */
    comparedLines: z.int(),
    /** Null until both sides are read. */
    percent: z.int().nullable(),
  }),
  result: z.object({
    pairs: z.int(),
    differences: z.int(),
    /** Of those, what no earlier run has found. */
    opened: z.int(),
    /** Lines that are alone, but not for too long. */
    awaited: z.int(),
    autoClosed: z.int(),
  }),
  policyVersion: z.int().nullable(),
  lastError: z.string().nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
})
export type RunView = z.output<typeof runView>
export const runPage = page(runView)
export const runParams = z.object({ runId: z.uuid() })
export const listRunsQuery = pageQuery.extend({
  counterpart: counterpart.optional(),
  state: z.enum(RUN_STATES).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListRunsQuery = z.output<typeof listRunsQuery>

/** A line as a difference keeps it. */
export const keptLine = z.object({
  ref: z.string(),
  key: z.string(),
  value: z.int().nullable(),
  status: z.string().nullable(),
  at: instant.nullable(),
})
export type KeptLine = z.output<typeof keptLine>

export const differenceView = z.object({
  differenceId: z.uuid(),
  counterpart,
  kind: z.enum(DIFFERENCE_KINDS),
  /** Everything that the two sides disagree in; empty where one of them has nothing. */
  facets: z.array(z.enum(FACETS)),
  meaning: sentence,
  lineKind: z.enum(LINE_KINDS),
  /** What values are counted in. */
  unit: z.enum(['cents', 'units']).nullable(),
  hub: keptLine.nullable(),
  there: keptLine.nullable(),
  /** What the other side says more than the hub. */
  valueDifference: z.int(),
  /** The money that it is about. */
  atStakeCents: z.int(),
  orderId: orderId.nullable(),
  storeId: z.string().nullable(),
  occurredOn: z.iso.date(),
  ageDays: z.int(),
  suggestion: sentence,
  state: z.enum(DIFFERENCE_STATES),
  version: z.int(),
  changeId: z.uuid().nullable(),
  /** Found when the period had been closed already. */
  afterClose: z.boolean(),
  firstRunId: z.uuid(),
  lastRunId: z.uuid(),
  foundAt: instant,
  seenAt: instant,
  settledAt: instant.nullable(),
})
export type DifferenceView = z.output<typeof differenceView>
export const differencePage = page(differenceView)
export const differenceDetail = differenceView.extend({
  /** The order behind it as the hub has it; null where there is none. */
  order: z
    .object({
      orderId,
      externalOrderId: z.string().nullable(),
      status: z.string(),
      amountCents: z.int(),
      paidCents: z.int(),
      refundedCents: z.int(),
      placedAt: instant,
      logUrl: z.string(),
    })
    .nullable(),
  moves: z.array(
    z.object({
      from: z.enum(DIFFERENCE_STATES),
      to: z.enum(DIFFERENCE_STATES),
      reason: z.string(),
      operator: z.string(),
      movedAt: instant,
    }),
  ),
})
export type DifferenceDetail = z.output<typeof differenceDetail>

export const differenceParams = z.object({ differenceId: z.uuid() })
export const listDifferencesQuery = pageQuery.extend({
  counterpart: counterpart.optional(),
  kind: z.enum(DIFFERENCE_KINDS).optional(),
  lineKind: z.enum(LINE_KINDS).optional(),
  /** `unsettled`: open, or waiting for a change of the order. */
  state: z.enum([...DIFFERENCE_STATES, 'unsettled']).default('unsettled'),
  storeId: code.optional(),
  orderId: orderId.optional(),
  runId: z.uuid().optional(),
  /** Days of China on which it happened, both counted. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  minimumCents: z.coerce.number().int().min(0).max(1_000_000_000_000).optional(),
  afterClose: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest', 'largest']).default('largest'),
})
export type ListDifferencesQuery = z.output<typeof listDifferencesQuery>

/** A month of China, for one counterpart. */
const period = { counterpart, month }
export const closePeriodBody = z.strictObject({ ...period, reason: text(500) })
export type ClosePeriodBody = z.output<typeof closePeriodBody>

/** What is signed: figures of what a month came to, in whole numbers and texts only, so that it is written in one way. */
export const periodSummary = z.object({
  ...period,
  runId: z.uuid(),
  comparedFrom: z.iso.date(),
  comparedTo: z.iso.date(),
  hubLines: z.int(),
  counterpartLines: z.int(),
  pairs: z.int(),
  /** Of the month's days, by what became of them. */
  differences: z.array(
    z.object({
      kind: z.enum(DIFFERENCE_KINDS),
      state: z.enum(DIFFERENCE_STATES),
      count: z.int(),
      valueDifference: z.int(),
      atStakeCents: z.int(),
    }),
  ),
  closedBy: z.string(),
  closedAt: instant,
})
export type PeriodSummary = z.output<typeof periodSummary>
export const periodView = z.object({
  periodId: z.uuid(),
  ...period,
  summary: periodSummary,
  /** The text that is signed, as it is stored. */
  canonical: z.string(),
  signature: z.object({
    algorithm: z.literal('HMAC-SHA256'),
    keyId: z.string(),
    value: z.string(),
    /** Whether it is this text's, checked just now. */
    isValid: z.boolean(),
  }),
  reason: z.string(),
  /** Differences that were found since. */
  afterClose: z.int(),
})
export type PeriodView = z.output<typeof periodView>
export const periodPage = page(periodView)
export const periodParams = z.object({ periodId: z.uuid() })
export const listPeriodsQuery = pageQuery.extend({
  counterpart: counterpart.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListPeriodsQuery = z.output<typeof listPeriodsQuery>

const looked = {
  /** What was looked at: somebody else may have been faster. */
  version: z.int().min(1),
  reason: text(500),
}
export const decideDifferenceBody = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('accept'), ...looked }),
  z.strictObject({ decision: z.literal('fixed'), ...looked }),
  z.strictObject({
    decision: z.literal('request_change'),
    ...looked,
    /** As in `POST /v1/change-requests`: the request is opened with the decision, or neither is. */
    orderVersion: z.int().min(1),
    change: amountChangeBody,
    reasonCode: changeReasonCode,
  }),
])
export type DecideDifferenceBody = z.output<typeof decideDifferenceBody>
