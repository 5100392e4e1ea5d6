import { z } from 'zod'
import { CHANGE_APPROVERS, CHANGE_FACTS } from '../../domain/approval-route.ts'
import { APPLY_WITHIN_SECONDS } from '../../domain/change-request-state.ts'
import { CONDITION_LIMITS, checkRules } from '../../domain/conditions.ts'
import { text, userName } from '../common.ts'
import { definePolicy } from './definition.ts'
import { CHANGE_CONDITIONS } from './facts.ts'
import { conditionOn } from './rules.ts'

const HOUR_SECONDS = 3_600
const DAY_SECONDS = 24 * HOUR_SECONDS
const seconds = z
  .number()
  .min(0.1)
  .max(30 * DAY_SECONDS)

const tierName = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be a name such as store-manager')
const approver = z.union([
  z.strictObject({
    role: z.enum(CHANGE_APPROVERS),
    /** Of the order's store, of its region, or wherever they are. */
    within: z.enum(['store', 'region', 'headquarters']),
  }),
  z.strictObject({
    account: userName,
  }),
])

const tier = z
  .strictObject({
    name: tierName,
    /** What approvers and applicants read. */
    title: text(50),
    condition: conditionOn(CHANGE_CONDITIONS),
    /** Nobody has to decide. */
    automatic: z.boolean().default(false),
    approvers: z.array(approver).max(20).default([]),
    mode: z
      .union([z.enum(['any', 'all']), z.strictObject({ atLeast: z.int().min(2).max(20) })])
      .default('any'),
    deadlineSeconds: seconds.default(4 * HOUR_SECONDS),
    reminderSeconds: seconds.nullable().default(HOUR_SECONDS),
    after: z.array(tierName).max(10).default([]),
    escalateTo: tierName.nullable().default(null),
  })
  .refine(({ automatic, approvers }) => automatic === (approvers.length === 0), {
    path: ['approvers'],
    message: 'must be named, except where nobody has to decide',
  })
  .refine(
    ({ deadlineSeconds, reminderSeconds }) => reminderSeconds === null || reminderSeconds < deadlineSeconds,
    { path: ['reminderSeconds'], message: 'must be before the deadline' },
  )

/** Who decides on a change of an order. The first tier whose condition matches; docs/change-requests.md. */
const schema = z.strictObject({
  tiers: z
    .array(tier)
    .min(1)
    .max(CONDITION_LIMITS.rules)
    .superRefine((tiers, context) => {
      const refuse = (path: (string | number)[], message: string) =>
        context.addIssue({ code: 'custom', path, message })
      for (const { path, message } of checkRules(tiers, CHANGE_FACTS)) refuse(path, message)
      const names = tiers.map(({ name }) => name)
      for (const [index, { name, after, escalateTo }] of tiers.entries()) {
        if (names.indexOf(name) !== index) refuse([index, 'name'], 'is used twice')
        if (after.some((other) => !names.slice(0, index).includes(other))) {
          refuse([index, 'after'], 'may name earlier tiers only')
        }
        if (escalateTo === null) continue
        const next = tiers[names.indexOf(escalateTo, index + 1)]
        if (!names.slice(index + 1).includes(escalateTo) || !next || next.automatic) {
          refuse([index, 'escalateTo'], 'may name a later tier that has approvers only')
        }
      }
      if (tiers.at(-1)?.condition !== true) {
        refuse(
          [tiers.length - 1, 'condition'],
          'of the last tier must be true, so that each change has a way',
        )
      }
    }),
  /** A request that is open for so long ends, whoever was still to decide; the order is free again. */
  expirySeconds: seconds.default(7 * DAY_SECONDS),
  /** How often a rejected request may be changed and asked for again. */
  maximumVersions: z.int().min(1).max(20).default(5),
  /** When an order must have left, counted from its payment, where its platform does not say. */
  shipWithinSeconds: seconds.default(2 * DAY_SECONDS),
  /** After this a supplement that is still unpaid is raised: until it is paid nothing is packed. */
  supplementWithinSeconds: seconds.default(DAY_SECONDS),
  /** However near that is: so long approvers have at least. */
  minimumDeadlineSeconds: seconds.default(HOUR_SECONDS / 4),
  /** What is approved and reaches ERP or order for so long no more is taken back, and somebody hears of it. */
  applyWithinSeconds: seconds.default(APPLY_WITHIN_SECONDS),
})

const concession = { var: 'concessionCents' }
const ofStore = (role: 'team_lead' | 'store_manager') => [{ role, within: 'store' as const }]

export const approvalRoute = definePolicy({
  title: { en: 'Approval of changes', zh: '改单审批' },
  schema,
  initial: schema.parse({
    tiers: [
      {
        name: 'buyer-cancellation',
        title: '买家取消',
        condition: {
          and: [{ '==': [{ var: 'type' }, 'cancel'] }, { '==': [{ var: 'applicantRole' }, 'buyer'] }],
        },
        automatic: true,
      },
      {
        name: 'refund',
        title: '总部财务',
        condition: { '==': [{ var: 'type' }, 'refund'] },
        approvers: [{ role: 'finance', within: 'headquarters' }],
      },
      {
        name: 'address',
        title: '组长',
        condition: { '==': [{ var: 'type' }, 'address'] },
        approvers: ofStore('team_lead'),
        escalateTo: 'store-manager',
      },
      {
        name: 'team-lead',
        title: '组长',
        condition: { '<': [concession, 5_000] },
        approvers: ofStore('team_lead'),
        escalateTo: 'store-manager',
      },
      {
        name: 'store-manager',
        title: '门店经理',
        condition: { '<=': [concession, 10_000] },
        approvers: ofStore('store_manager'),
        escalateTo: 'regional-director',
      },
      {
        name: 'regional-director',
        title: '区域总监',
        condition: { '<=': [concession, 50_000] },
        approvers: [{ role: 'regional_director', within: 'region' }],
        escalateTo: 'headquarters-finance',
      },
      {
        name: 'headquarters-finance',
        title: '总部财务',
        condition: true,
        approvers: [{ role: 'finance', within: 'headquarters' }],
      },
    ],
  }),
})
