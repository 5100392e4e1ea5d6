import { z } from 'zod'
import { COUNTERPARTS } from '../domain/reconciliation.ts'
import { ROLES } from '../domain/role.ts'
import { instant, page, pageQuery, text } from './common.ts'

/** Who an account is in the corp's WeCom. */
export const wecomMemberView = z.object({
  accountId: z.uuid(),
  userName: z.string(),
  displayName: z.string(),
  role: z.enum(ROLES),
  active: z.boolean(),
  /** The UserId in WeCom's address book; null: not mapped, so that no card reaches this person. */
  memberId: z.string().nullable(),
  mappedBy: z.string().nullable(),
  mappedAt: instant.nullable(),
})
export type WecomMemberView = z.output<typeof wecomMemberView>
export const wecomMemberPage = page(wecomMemberView)

export const listWecomMembersQuery = pageQuery.extend({
  mapped: z.stringbool().optional(),
  role: z.enum(ROLES).optional(),
  /** Part of the user name, the display name or the UserId, in any case. */
  text: text(64).optional(),
  sort: z.enum(['userName', '-userName']).default('userName'),
})
export type ListWecomMembersQuery = z.output<typeof listWecomMembersQuery>

export const mapWecomMemberBody = z
  .strictObject({
    memberId: z
      .string()
      .regex(/^[0-9A-Za-z_.@-]{1,64}$/, 'must be a UserId of WeCom: 1 to 64 letters, digits, _ . @ -'),
  })
  .meta({ examples: [{ memberId: 'wang.fang' }] })

/** What a `stock_alert` delivery carries; more than the message says. */
export const stockAlertPayload = z.looseObject({
  skuId: z.string(),
  skuName: z.string(),
  warehouseName: z.string(),
  available: z.int(),
  threshold: z.int(),
  level: z.enum(['out', 'low']),
})

/** What a `reconciliation_alert` delivery carries. */
export const reconciliationAlertPayload = z.object({
  counterpart: z.enum(COUNTERPARTS),
  from: z.iso.date(),
  to: z.iso.date(),
  differences: z.int(),
  amountCents: z.int(),
  largestCents: z.int(),
  opened: z.int(),
})

/** The buttons of a card that asks for a decision. */
export const CARD_VERDICTS = ['approve', 'reject'] as const
export type CardVerdict = (typeof CARD_VERDICTS)[number]

/** What a card about a change request asks: which version of it, at which step, of which version of the order. */
export const changeCardSubject = z.object({
  kind: z.literal('change'),
  changeId: z.uuid(),
  requestVersion: z.int(),
  stepNumber: z.int(),
  orderVersion: z.int(),
})

/** What a card says; nothing of a customer. WeCom's lengths are kept where it is written. */
export const cardContent = z.object({
  title: z.string().min(1),
  description: z.string(),
  facts: z.array(z.object({ name: z.string().min(1), value: z.string().min(1) })).max(6),
  note: z.string(),
})
export type CardContent = z.output<typeof cardContent>
