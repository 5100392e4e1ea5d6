import { z } from 'zod'
import { CHANGE_TYPES } from '../domain/change.ts'
import { DECISION_WAYS } from '../domain/change-request-decision.ts'
import { CHANGE_REQUEST_STATUSES } from '../domain/change-request-state.ts'
import { ORDER_STATUSES } from '../domain/order-state.ts'
import { attachedView, attachmentIds } from './attachments.ts'
import {
  cents,
  code,
  externalId,
  instant,
  LIMITS,
  orderId,
  page,
  pageQuery,
  quantity,
  text,
  userName,
} from './common.ts'
import { contactBody } from './orders.ts'

const changeId = z.uuid()
export const changeParams = z.object({ changeId })

/** Why people ask for changes; the text beside it says the rest. */
export const CHANGE_REASON_CODES = [
  'customer_request',
  'price_error',
  'wrong_address',
  'out_of_stock',
  'quality',
  'goodwill',
  'duplicate_order',
  'other',
] as const
export const changeReasonCode = z.enum(CHANGE_REASON_CODES)

const lineNumber = z.int().min(1).max(100_000)
const unitPriceCents = z.int().min(0).max(LIMITS.unitPriceCents)
const linesOf = <Line extends z.ZodType>(line: Line) => z.array(line).min(1).max(LIMITS.orderLines)

const priceChange = z.strictObject({
  type: z.literal('price'),
  lines: z.array(z.strictObject({ lineNumber, unitPriceCents })).max(LIMITS.orderLines).default([]),
  freightCents: cents.optional(),
})
/** 0 gives the line up. */
const quantityChange = z.strictObject({
  type: z.literal('quantity'),
  lines: linesOf(z.strictObject({ lineNumber, quantity: z.int().min(0).max(LIMITS.lineQuantity) })),
})
const cancelChange = z.strictObject({ type: z.literal('cancel') })
/** For goods that stay sold. It names the payment (its serial number) that the money comes from. */
const refundChange = z.strictObject({
  type: z.literal('refund'),
  paymentId: externalId,
  amountCents: cents.min(1),
})

/** What is asked for; amounts as they are to be, never differences. */
export const changeBody = z.discriminatedUnion('type', [
  priceChange,
  z.strictObject({ type: z.literal('address'), contact: contactBody }),
  /** The lines as they are to be; a line that is not named is given up. */
  z.strictObject({
    type: z.literal('item'),
    lines: linesOf(z.strictObject({ lineNumber, skuId: code, quantity, unitPriceCents })),
  }),
  quantityChange,
  z.strictObject({ type: z.literal('gift'), lines: linesOf(z.strictObject({ skuId: code, quantity })) }),
  cancelChange,
  refundChange,
  z.strictObject({ type: z.literal('reship'), lines: linesOf(z.strictObject({ lineNumber, quantity })) }),
])
/** Those that mend what an order is worth. */
export const amountChangeBody = z.discriminatedUnion('type', [
  priceChange,
  quantityChange,
  cancelChange,
  refundChange,
])
export type ChangeBody = z.output<typeof changeBody>

const asked = {
  /** The version of the order that was looked at. */
  orderVersion: z.int().min(1),
  change: changeBody,
  reasonCode: changeReasonCode,
  reason: text(500),
  /** Files that were uploaded before (`POST /v1/attachments`), by the same caller. */
  attachmentIds: attachmentIds.optional(),
}
export const submitChangeBody = z.strictObject({ orderId, ...asked }).meta({
  examples: [
    {
      orderId: '0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11',
      orderVersion: 3,
      change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 17900 }] },
      reasonCode: 'goodwill',
      reason: '客户反映包装破损，协商让利 20 元',
    },
  ],
})
export type SubmitChangeBody = z.output<typeof submitChangeBody>
export const resubmitChangeBody = z.strictObject(asked)
export const submitChangeQuery = z.strictObject({ dryRun: z.stringbool().default(false) })

export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  /** What was looked at; anything else needs another look. */
  requestVersion: z.int().min(1),
  stepNumber: z.int().min(1),
  orderVersion: z.int().min(1),
  note: text(500, 0).default(''),
})
export const withdrawalBody = z.strictObject({ note: text(500, 0).default('') })

const orderLine = z.object({
  lineNumber: z.int(),
  skuId: z.string(),
  quantity: z.int(),
  unitPriceCents: z.int(),
})
const beforeAfter = z.object({ before: z.int(), after: z.int() })
/** Everything that the change does to the order. */
export const changeEffect = z.object({
  type: z.enum(CHANGE_TYPES),
  /** `before` is null for a new line; one whose quantity is 0 afterwards is given up. */
  lines: z.array(z.object({ lineNumber: z.int(), before: orderLine.nullable(), after: orderLine })),
  freightCents: beforeAfter,
  amountCents: beforeAfter,
  /** Negative is a reduction. */
  differenceCents: z.int(),
  refunds: z.array(z.object({ paymentId: z.string(), amountCents: z.int() })),
  stillToPayCents: z.int(),
  /** Units to reserve (above 0) or to give back. */
  stock: z.array(z.object({ lineNumber: z.int(), skuId: z.string(), quantity: z.int() })),
  contact: z.object({ contactId: z.string(), divisionCode: z.string() }).nullable(),
  pausesPicking: z.boolean(),
})

const approver = z.union([
  z.object({ role: z.string(), within: z.enum(['store', 'region', 'headquarters']) }),
  z.object({ account: z.string() }),
])
const level = z.object({
  tier: z.string(),
  title: z.string(),
  approvers: z.array(approver),
  mode: z.union([z.enum(['any', 'all']), z.object({ atLeast: z.int() })]),
  deadlineSeconds: z.number(),
  reminderSeconds: z.number().nullable(),
})
/** Each step with its level, and those that it rises to when nobody decides in time. */
export const approvalSteps = z.array(z.object({ levels: z.array(level) }))

/** What would become of an order; nothing is held or written. */
export const changePreview = z.object({
  orderId,
  orderVersion: z.int(),
  orderStatus: z.enum(ORDER_STATUSES),
  effect: changeEffect,
  /** What the merchant gives up, in money and goods: by this it finds who decides. */
  concessionCents: cents,
  /** By the stock of this moment: which warehouse holds how many more or fewer units for the order. */
  stock: z.object({
    moves: z.array(
      z.object({
        lineNumber: z.int(),
        skuId: z.string(),
        warehouseId: z.string(),
        quantity: z.int(),
      }),
    ),
    shortages: z.array(z.object({ skuId: z.string(), requested: z.int(), available: z.int() })),
  }),
  /** What the ERP would be told, where the hub has one. */
  erp: z.object({
    type: z.string(),
    previousAmountCents: z.int(),
    targetAmountCents: z.int(),
    lines: z.array(
      z.object({
        lineNumber: z.int(),
        skuId: z.string(),
        previousQuantity: z.int(),
        quantity: z.int(),
        previousUnitPriceCents: z.int(),
        unitPriceCents: z.int(),
      }),
    ),
  }),
  route: z.object({
    tier: z.string(),
    /** Nobody has to decide. */
    automatic: z.boolean(),
    steps: approvalSteps,
    policyVersion: z.int(),
    /** Each tier that was tried, with its comparisons. */
    explanation: z.array(
      z.object({
        tier: z.string(),
        title: z.string(),
        matched: z.boolean(),
        logic: z.unknown().describe('the condition of the tier, in JsonLogic'),
        reasons: z.array(
          z.object({
            condition: z.string(),
            matched: z.boolean(),
            facts: z.record(z.string(), z.unknown()),
          }),
        ),
      }),
    ),
  }),
  shipBy: instant.nullable(),
})
export type ChangePreview = z.output<typeof changePreview>

const sentence = z.object({ en: z.string(), zh: z.string() })
export const changeSummary = z.object({
  changeId,
  /** What people say on the telephone. */
  changeNumber: z.string(),
  orderId,
  storeId: z.string(),
  type: z.enum(CHANGE_TYPES),
  status: z.enum(CHANGE_REQUEST_STATUSES),
  meaning: sentence,
  requestVersion: z.int(),
  version: z.int(),
  applicant: z.string(),
  reasonCode: z.string(),
  reason: z.string(),
  orderVersion: z.int(),
  amountCents: beforeAfter,
  differenceCents: z.int(),
  concessionCents: cents,
  /** The step that is to be decided now; 0 before the first. */
  stepNumber: z.int(),
  /** When it rises to the next level, or expires. */
  dueAt: instant.nullable(),
  expiresAt: instant,
  /** When the order must have left. */
  shipBy: instant.nullable(),
  /** Why it ended as it did, where that needs a reason. */
  end: z.object({ code: z.string(), detail: z.string() }).nullable(),
  needsAttention: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  closedAt: instant.nullable(),
})
export type ChangeSummary = z.output<typeof changeSummary>

const contactView = z.object({
  contactId: z.string(),
  name: z.string(),
  phone: z.string(),
  address: z.string(),
  remark: z.string(),
  divisionCode: z.string(),
})
export const changeDetail = changeSummary.extend({
  workflowId: z.string(),
  effect: changeEffect,
  /** Whom the goods go to, and would go to, for a change of address; masked for who need not know. */
  contact: z.object({ before: contactView.nullable(), after: contactView.nullable() }).nullable(),
  tier: z.string(),
  policyVersion: z.int(),
  steps: approvalSteps,
  levelNumber: z.int(),
  /** Whether each decision was made by a person of proved identity who is not the applicant. */
  separationOfDuties: z.boolean(),
  erpReference: z.string().nullable(),
  approvers: z.array(
    z.object({
      stepNumber: z.int(),
      levelNumber: z.int(),
      requestVersion: z.int(),
      account: z.string(),
      /** Somebody who is away and whose agreement it is. */
      onBehalfOf: z.string().nullable(),
      state: z.enum(['open', 'approved', 'rejected', 'closed']),
      openedAt: instant,
      reminders: z.int(),
    }),
  ),
  decisions: z.array(
    z.object({
      requestVersion: z.int(),
      stepNumber: z.int(),
      account: z.string(),
      onBehalfOf: z.string().nullable(),
      decision: z.enum(['approve', 'reject']),
      note: z.string(),
      via: z.enum(DECISION_WAYS),
      /** Null where it counted. */
      refusal: z.object({ code: z.string(), detail: z.string() }).nullable(),
      recordedAt: instant,
    }),
  ),
  versions: z.array(
    z.object({
      requestVersion: z.int(),
      reasonCode: z.string(),
      reason: z.string(),
      orderVersion: z.int(),
      effect: changeEffect,
      submittedBy: z.string(),
      submittedAt: instant,
    }),
  ),
  events: z.array(
    z.object({
      type: z.string(),
      version: z.int(),
      body: z.record(z.string(), z.unknown()),
      operator: z.string(),
      recordedAt: instant,
    }),
  ),
  // An answer that was kept before there were attachments is still one.
  attachments: z.array(attachedView).default([]),
})
export type ChangeDetail = z.output<typeof changeDetail>
/** A dry run, or the request that was made. */
export const submitChangeAnswer = z.union([changeDetail, changePreview])

/** By what requests are found. Of a query a flag is a text, of a body it is one. */
const changeFilters = <Flag extends z.ZodType<boolean>>(flag: Flag) => ({
  status: z.enum(CHANGE_REQUEST_STATUSES).optional(),
  /** Not yet at its end. */
  open: flag.optional(),
  type: z.enum(CHANGE_TYPES).optional(),
  orderId: orderId.optional(),
  storeId: code.optional(),
  changeNumber: z
    .string()
    .regex(/^CR-[0-9]{8}-[0-9]{4,9}$/, 'must be a number such as CR-20261122-0042')
    .optional(),
  applicant: text(200).optional(),
  needsAttention: flag.optional(),
  createdFrom: instant.optional(),
  createdTo: instant.optional(),
})
export const listChangesQuery = pageQuery.extend({
  ...changeFilters(z.stringbool()),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListChangesQuery = z.output<typeof listChangesQuery>
export const exportedChangeFilters = z.strictObject(changeFilters(z.boolean()))
export type ChangeFilters = z.output<typeof exportedChangeFilters>
export const exportChangesQuery = z.strictObject({
  ...changeFilters(z.stringbool()),
  format: z.enum(['csv', 'xlsx']).default('csv'),
})
export const changePage = page(changeSummary)

export const inboxQuery = pageQuery.extend({
  type: z.enum(CHANGE_TYPES).optional(),
  storeId: code.optional(),
  applicant: text(200).optional(),
  /** Only what waits past its time. */
  overdue: z.stringbool().default(false),
  sort: z.enum(['newest', 'oldest']).default('oldest'),
})
export type InboxQuery = z.output<typeof inboxQuery>
/** What waits for the caller's decision. */
export const inboxPage = page(
  changeSummary.extend({ askedAt: instant, onBehalfOf: z.string().nullable(), tierTitle: z.string() }),
)

/** Nobody decides differently on more than these. */
export const MOST_COUNTED_APPROVALS = 10_000
export const inboxCountsQuery = inboxQuery.pick({ type: true, storeId: true, applicant: true, overdue: true })
export type InboxCountsQuery = z.output<typeof inboxCountsQuery>
/** How much waits for the caller's decision, and how much of it past its time. A number of `most` means that many or more. */
export const inboxCounts = z.object({ most: z.int(), total: z.int(), overdue: z.int() })
export type InboxCounts = z.output<typeof inboxCounts>

const awaySeconds = 90 * 86_400
export const delegationBody = z
  .strictObject({
    /** Who stands in. */
    delegate: userName,
    startsAt: instant.optional(),
    endsAt: instant,
    reason: text(200),
  })
  .refine(
    ({ startsAt, endsAt }) =>
      startsAt === undefined ||
      (Date.parse(endsAt) > Date.parse(startsAt) &&
        Date.parse(endsAt) - Date.parse(startsAt) <= awaySeconds * 1_000),
    { path: ['endsAt'], message: 'must be after startsAt, and at most 90 days later' },
  )
export type DelegationBody = z.output<typeof delegationBody>
export const delegationParams = z.object({ delegationId: z.uuid() })
export const delegationView = z.object({
  delegationId: z.uuid(),
  principal: z.string(),
  delegate: z.string(),
  reason: z.string(),
  startsAt: instant,
  endsAt: instant,
  createdBy: z.string(),
  createdAt: instant,
  /** Ended before its time. */
  endedBy: z.string().nullable(),
  endedAt: instant.nullable(),
})
export type DelegationView = z.output<typeof delegationView>
export const listDelegationsQuery = pageQuery.extend({
  principal: userName.optional(),
  delegate: userName.optional(),
  /** Holding now. */
  running: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListDelegationsQuery = z.output<typeof listDelegationsQuery>
export const delegationPage = page(delegationView)

export const accountParams = z.object({ userName })
/** Who a colleague is as a customer. */
export const accountContactBody = contactBody.pick({
  name: true,
  phone: true,
  divisionCode: true,
  address: true,
})
export const accountContactView = z.object({ userName: z.string(), contactId: z.uuid() })
