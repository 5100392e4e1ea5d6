import { z } from 'zod'
import { SEVERITIES } from '../domain/abnormal-order.ts'
import { CHECK_OUTCOMES, CHECK_STATES, FINDING_ACTIONS, FINDING_STATES } from '../domain/order-check.ts'
import { code, instant, orderId, page, pageQuery, text } from './common.ts'

const ruleName = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be the name of a rule')

const finding = z.object({
  findingId: z.uuid(),
  rule: z.string(),
  tag: z.string(),
  severity: z.enum(SEVERITIES),
  /** As it counts: what somebody has let go before is only noted. */
  action: z.enum(FINDING_ACTIONS),
  /** The facts that fired, in a few words. */
  because: z.string(),
  facts: z.record(z.string(), z.unknown()),
  /** The account that is to look at it; null: nobody, or whoever has the role. */
  handler: z.string().nullable(),
  handlerRole: z.string().nullable(),
  state: z.enum(FINDING_STATES),
  wasReleased: z.boolean().describe('a person has let the same go in an earlier check'),
  foundAt: instant,
})

export const findingView = finding.extend({
  orderId,
  storeId: z.string(),
  checkNumber: z.int(),
  policyVersion: z.int(),
})
export type FindingView = z.output<typeof findingView>
export const findingPage = page(findingView)

/** One check of an order, with everything that it found. */
export const orderCheckView = z.object({
  number: z.int(),
  outcome: z.enum(CHECK_OUTCOMES),
  state: z.enum(CHECK_STATES),
  /** Of the policies `abnormal-order` and `sensitive-words`. */
  policyVersion: z.int(),
  wordsVersion: z.int(),
  checkedAt: instant,
  settledAt: instant.nullable(),
  releasedBy: z.string().nullable(),
  releaseReason: z.string().nullable(),
  findings: z.array(finding),
})
export type OrderCheckView = z.output<typeof orderCheckView>

export const listFindingsQuery = pageQuery.extend({
  tag: text(30).optional(),
  rule: ruleName.optional(),
  severity: z.enum(SEVERITIES).optional(),
  action: z.enum(FINDING_ACTIONS).optional(),
  state: z.enum(FINDING_STATES).optional(),
  handler: text(64).optional(),
  handlerRole: text(30).optional(),
  storeId: code.optional(),
  orderId: orderId.optional(),
  foundFrom: instant.optional(),
  foundTo: instant.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListFindingsQuery = z.output<typeof listFindingsQuery>

export const abnormalOrderParams = z.object({ orderId })
export const releaseBody = z.strictObject({
  /** What was looked at: a change may have been applied meanwhile. */
  checkNumber: z.int().min(1),
  reason: text(500),
})
export type ReleaseBody = z.output<typeof releaseBody>
