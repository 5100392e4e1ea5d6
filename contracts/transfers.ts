import { z } from 'zod'
import { TRANSFER_APPROVERS } from '../domain/transfer-approval.ts'
import { TRANSFER_STATUSES } from '../domain/transfer-state.ts'
import { cents, code, instant, page, pageQuery, quantity, text } from './common.ts'

const transferId = z.uuid()
export const transferParams = z.object({ transferId })

/** What is asked for, and where it is needed. */
const wish = { skuId: code, warehouseId: code, quantity }
export const proposalBody = z.strictObject(wish)
export const transferBody = z.strictObject({ ...wish, reason: text(200) }).meta({
  examples: [{ skuId: 'SKU-0001', warehouseId: 'WH-SH', quantity: 40, reason: '直播备货' }],
})
export const transferDecisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  /** The proposal that was looked at; another one needs another look. */
  proposalNumber: z.int().min(1).max(100),
  note: text(500, 0).default(''),
})
const legNumber = z.int().min(1).max(100).default(1)
/** Without a quantity, whatever is still held for the leg. */
export const transferDispatchBody = z.strictObject({ legNumber, quantity: quantity.optional() })
export const transferReceiptBody = z.strictObject({
  legNumber,
  quantity,
  /** Goods that were called back are received at their source. */
  at: z.enum(['destination', 'source']).default('destination'),
})
export const transferLossBody = z.strictObject({ legNumber, quantity, reason: text(200) })
export const transferCancellationBody = z.strictObject({ reason: text(200) })

const sentence = z.object({ en: z.string(), zh: z.string() })
const kilometres = z.number().min(0)
const reason = z.discriminatedUnion('code', [
  z.object({ code: z.literal('inactive') }),
  z.object({ code: z.literal('shortfall'), units: z.int() }),
  z.object({ code: z.literal('sold-out') }),
  z.object({ code: z.literal('safety-stock'), available: z.int(), safetyStock: z.int() }),
  z.object({ code: z.literal('cover'), coverDays: z.number(), minimumCoverDays: z.int() }),
  z.object({ code: z.literal('no-freight'), distanceKilometres: kilometres }),
  z.object({ code: z.literal('not-enough'), canGive: z.int(), available: z.int() }),
  z.object({ code: z.literal('dearer'), extraCents: z.int() }),
  z.object({ code: z.literal('no-better'), distanceKilometres: kilometres }),
])
const rejectedAlternative = z.object({
  sourceIds: z.array(z.string()),
  path: z.array(z.string()),
  reason,
  text: sentence,
})
const proposal = z.object({
  legs: z.array(
    z.object({
      sourceId: z.string(),
      /** From the source to the destination, over a hub where that is cheaper. */
      path: z.array(z.string()),
      quantity,
      distanceKilometres: kilometres,
      freightCents: cents,
      /** Null where the source sells none. */
      coverDaysLeft: z.number().nullable(),
      availableLeft: z.int(),
      breaksSafetyStock: z.boolean(),
      text: sentence,
    }),
  ),
  freightCents: cents,
  /** What the policy charges for the cover that sources lose; no money flows. */
  coverCents: cents,
  crossRegion: z.boolean(),
  breaksSafetyStock: z.boolean(),
  rejected: z.array(rejectedAlternative),
})
export type ProposalView = z.output<typeof proposal>

const approverRoles = z.array(z.enum(TRANSFER_APPROVERS))
/** What would be proposed now; nothing is held or written. */
export const proposalView = z.object({
  /** Null where no permitted source has enough; `rejected` then says what stands in the way. */
  proposal: proposal.nullable(),
  /** Most units that permitted sources can send. */
  canGive: z.int(),
  rejected: z.array(rejectedAlternative),
  valueCents: cents,
  /** Nobody has to decide. */
  automatic: z.boolean(),
  approverRoles,
  policyVersion: z.int(),
})

export const transferSummary = z.object({
  transferId,
  skuId: z.string(),
  /** Where the units are needed. */
  warehouseId: z.string(),
  quantity,
  status: z.enum(TRANSFER_STATUSES),
  meaning: sentence,
  version: z.int(),
  requestedBy: z.string(),
  reason: z.string(),
  proposalNumber: z.int(),
  approverRoles,
  valueCents: cents,
  freightCents: cents,
  /** When the present step has taken too long. */
  dueAt: instant.nullable(),
  needsAttention: z.boolean(),
  policyVersion: z.int(),
  createdAt: instant,
  updatedAt: instant,
  closedAt: instant.nullable(),
})
export type TransferSummary = z.output<typeof transferSummary>

const count = z.int().min(0)
export const transferDetail = transferSummary.extend({
  workflowId: z.string(),
  proposal,
  legs: z.array(
    z.object({
      legNumber: z.int(),
      sourceId: z.string(),
      path: z.array(z.string()),
      reserved: count,
      dispatched: count,
      inTransit: count,
      received: count,
      lost: count,
      returned: count,
    }),
  ),
  events: z.array(
    z.object({
      type: z.string(),
      /** Null for a decision that was refused. */
      version: z.int().nullable(),
      body: z.record(z.string(), z.unknown()),
      operator: z.string(),
      recordedAt: instant,
    }),
  ),
})
export type TransferDetail = z.output<typeof transferDetail>

export const listTransfersQuery = pageQuery.extend({
  status: z.enum(TRANSFER_STATUSES).optional(),
  /** Not yet at its end. */
  open: z.stringbool().optional(),
  skuId: code.optional(),
  /** Destination or source. */
  warehouseId: code.optional(),
  requestedBy: text(100).optional(),
  needsAttention: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListTransfersQuery = z.output<typeof listTransfersQuery>
export const transferPage = page(transferSummary)
