import { z } from 'zod'
import { findDivision, regions } from '../../domain/division.ts'
import { INSPECTOR_ROLES } from '../../domain/inspection.ts'
import { divisionCode, text, userName } from '../common.ts'
import { definePolicy } from './definition.ts'
import { ORDER_CONDITIONS } from './facts.ts'
import { ruleSet } from './rules.ts'

const DAY_SECONDS = 86_400
const name = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be a name such as delivered-goods')
const key = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,49}$/, 'must be a name such as goodsComplete')

const asked = {
  key,
  label: text(100),
  required: z.boolean().default(true),
  photos: z.int().min(0).max(10).default(0),
}
const finite = z.number().min(-1_000_000_000).max(1_000_000_000)
const field = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('yes_no'),
    ...asked,
    failsOn: z.enum(['yes', 'no']).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('choice'),
    ...asked,
    options: z
      .array(z.strictObject({ value: key, label: text(100), fails: z.boolean().default(false) }))
      .min(2)
      .max(30)
      .refine(
        (options) => new Set(options.map(({ value }) => value)).size === options.length,
        'must have values that differ',
      ),
  }),
  z
    .strictObject({
      kind: z.literal('number'),
      ...asked,
      minimum: finite,
      maximum: finite,
      passFrom: finite.nullable().default(null),
      passUntil: finite.nullable().default(null),
    })
    .refine(({ minimum, maximum }) => minimum <= maximum, {
      path: ['maximum'],
      message: 'must not be below minimum',
    })
    .refine(
      ({ minimum, maximum, passFrom, passUntil }) =>
        (passFrom ?? minimum) <= (passUntil ?? maximum) &&
        (passFrom ?? maximum) <= maximum &&
        (passUntil ?? minimum) >= minimum,
      { path: ['passFrom'], message: 'with passUntil must leave a number that passes' },
    ),
  z.strictObject({ kind: z.literal('text'), ...asked, maxCharacters: z.int().min(1).max(1_000) }),
])

const checklist = z.strictObject({
  name,
  title: text(50),
  fields: z
    .array(field)
    .min(1)
    .max(50)
    .superRefine((fields, context) => {
      const keys = fields.map((entry) => entry.key)
      for (const [index, given] of keys.entries()) {
        if (keys.indexOf(given) !== index)
          context.addIssue({ code: 'custom', path: [index, 'key'], message: 'is used twice' })
      }
    }),
  minimumPhotos: z.int().min(0).max(20).default(1),
  signature: z.enum(['required', 'optional', 'none']).default('optional'),
})

const draw = z.strictObject({
  /** Of a hundred orders that the rule matches so many; 0 leaves them alone. */
  sharePercent: z.number().min(0).max(100),
  checklist: name,
  /** From the order's arrival until somebody should have been there. */
  dueSeconds: z
    .number()
    .min(60)
    .max(90 * DAY_SECONDS)
    .default(3 * DAY_SECONDS),
})

const choice = z.union([
  z.strictObject({
    role: z.enum(INSPECTOR_ROLES),
    /** Of the order's store, of the region that its address lies in, or wherever they are. */
    within: z.enum(['store', 'region', 'headquarters']),
  }),
  z.strictObject({
    account: userName,
  }),
])

const area = z.strictObject({
  divisions: z
    .array(divisionCode.refine((code) => findDivision(code) !== undefined, 'is no division that is known'))
    .max(500)
    .default([]),
  regions: z.array(z.enum(regions)).max(regions.length).default([]),
  assignTo: z.array(choice).min(1).max(20),
})

const metres = z.int().min(100).max(1_000_000)
const consequence = z.enum(['fail', 'note'])

/** Which orders somebody goes to see, who goes, and what they have to find; docs/inspection.md. */
const schema = z
  .strictObject({
    /** The first rule that matches decides; what none matches is left alone. */
    rules: ruleSet(ORDER_CONDITIONS, draw).default([]),
    /** The first area that the address lies in; one that names no place is the whole country. */
    areas: z.array(area).max(200).default([]),
    checklists: z
      .array(checklist)
      .min(1)
      .max(50)
      .refine(
        (lists) => new Set(lists.map((list) => list.name)).size === lists.length,
        'must have names that differ',
      ),
    place: z.strictObject({
      /** Around the middle of the district or county that the order went to, and of the city where no more is known. */
      districtMetres: metres.default(40_000),
      cityMetres: metres.default(120_000),
      whenFar: consequence.default('fail'),
      whenUnknown: consequence.default('note'),
    }),
    /** A photograph that says that it was taken before there was the task. */
    whenPhotoOld: consequence.default('fail'),
  })
  .superRefine(({ rules, checklists }, context) => {
    for (const [index, { outcome }] of rules.entries()) {
      if (checklists.some((list) => list.name === outcome.checklist)) continue
      context.addIssue({
        code: 'custom',
        path: ['rules', index, 'outcome', 'checklist'],
        message: 'is none of the checklists',
      })
    }
  })

export const inspection = definePolicy({
  title: { en: 'Inspection of orders', zh: '订单稽查' },
  schema,
  initial: schema.parse({
    rules: [
      {
        condition: { '>=': [{ var: 'amountCents' }, 2_000_000] },
        outcome: { sharePercent: 100, checklist: 'delivered-goods' },
      },
    ],
    areas: [
      {
        assignTo: [
          { role: 'inspector', within: 'region' },
          { role: 'team_lead', within: 'store' },
        ],
      },
    ],
    checklists: [
      {
        name: 'delivered-goods',
        title: '到货稽查',
        fields: [
          { key: 'receiverReal', kind: 'yes_no', label: '收货人真实存在', failsOn: 'no' },
          { key: 'goodsReceived', kind: 'yes_no', label: '货物已收到且数量相符', failsOn: 'no', photos: 1 },
          {
            key: 'condition',
            kind: 'choice',
            label: '货物状况',
            options: [
              { value: 'good', label: '完好' },
              { value: 'damaged', label: '破损', fails: true },
              { value: 'wrong', label: '货不对板', fails: true },
            ],
          },
          { key: 'remark', kind: 'text', label: '备注', required: false, maxCharacters: 500 },
        ],
      },
    ],
    place: {},
  }),
})
