import { z } from 'zod'
import { HANDLER_ROLES, SEVERITIES } from '../../domain/abnormal-order.ts'
import { CONDITION_LIMITS, checkRules } from '../../domain/conditions.ts'
import { FINDING_ACTIONS } from '../../domain/order-check.ts'
import { text, userName } from '../common.ts'
import { definePolicy } from './definition.ts'
import { ABNORMAL_CONDITIONS } from './facts.ts'
import { conditionOn } from './rules.ts'

const role = z.enum(HANDLER_ROLES)
const among = z.union([
  z.strictObject({ role }),
  z.strictObject({ accounts: z.array(userName).min(1).max(100) }),
])
const handler = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), account: userName }),
  z.strictObject({ kind: z.literal('role'), role }),
  z.strictObject({ kind: z.enum(['round-robin', 'least-loaded']), among }),
])

const rule = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be a name such as phone-invalid'),
  condition: conditionOn(ABNORMAL_CONDITIONS),
  /** What people read. */
  tag: text(30),
  severity: z.enum(SEVERITIES),
  action: z.enum(FINDING_ACTIONS),
  handler: handler.nullable().default(null),
  /** Of `block`: who may let the order go. */
  releasedBy: z.array(role).min(1).max(HANDLER_ROLES.length).default(['ops', 'admin']),
})

/** What is looked at before an order goes to a warehouse; docs/abnormal-orders.md. Every rule that matches is a finding. */
const schema = z.strictObject({
  rules: z
    .array(rule)
    .max(CONDITION_LIMITS.rules)
    .superRefine((rules, context) => {
      for (const { path, message } of checkRules(rules, ABNORMAL_CONDITIONS.vocabulary)) {
        context.addIssue({ code: 'custom', path, message })
      }
      const names = rules.map(({ name }) => name)
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) !== index) {
          context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is used twice' })
        }
      }
    }),
  /** Codes of divisions, or their first two or four digits. */
  remoteDivisions: z
    .array(
      z.string().regex(/^(\d{2}|\d{4}|\d{6})$/, 'must be the first two, four or six digits of a division'),
    )
    .max(500)
    .default(['54', '65', '63', '62', '15']),
})

const is = (fact: string) => ({ var: fact })
const clerks = { kind: 'least-loaded', among: { role: 'clerk' } }
const inCategory = (...categories: string[]) => ({
  some: [is('sensitive'), { in: [is('category'), categories] }],
})
const vague = { or: [is('detailVague'), { '<': [is('detailCharacters'), 3] }] }

/** What cannot be delivered, or is not to be sent, is held; what is only unusual is noted. */
const rules = [
  {
    name: 'division-contradictory',
    condition: { '==': [is('divisionContradictory'), true] },
    tag: '省市区矛盾',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'division-ambiguous',
    condition: { '==': [is('divisionAmbiguous'), true] },
    tag: '区县不唯一',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'division-unknown',
    condition: {
      and: [
        is('addressReadable'),
        { in: [is('divisionLevel'), ['province', 'none']] },
        { '!': is('divisionAmbiguous') },
        { '!': is('divisionContradictory') },
      ],
    },
    tag: '城市不明',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'address-too-short',
    condition: vague,
    tag: '地址过于模糊',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'house-number-missing',
    condition: { and: [is('houseNumberMissing'), { '!': vague }] },
    tag: '缺少门牌号',
    severity: 'low',
    action: 'note',
    handler: clerks,
  },
  {
    name: 'phone-invalid',
    condition: { '==': [is('phoneKind'), 'invalid'] },
    tag: '电话无效',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'remark-stop',
    condition: inCategory('stop', 'address'),
    tag: '备注要求暂停或改地址',
    severity: 'high',
    action: 'hold',
    handler: clerks,
  },
  {
    name: 'remark-dangerous',
    condition: inCategory('danger'),
    tag: '备注涉及违禁品',
    severity: 'critical',
    action: 'block',
    handler: { kind: 'role', role: 'ops' },
  },
  {
    name: 'remark-sensitive',
    condition: inCategory('dispute', 'fraud', 'contact'),
    tag: '备注含敏感词',
    severity: 'medium',
    action: 'note',
    handler: clerks,
  },
  {
    name: 'amount-unusual',
    condition: { and: [{ '>=': [is('customerOrders'), 3] }, { '>=': [is('amountTimesUsual'), 5] }] },
    tag: '金额远高于该客户平常',
    severity: 'medium',
    action: 'note',
  },
  {
    name: 'quantity-unusual',
    condition: { '>=': [is('quantityTimesUsual'), 5] },
    tag: '数量远高于该商品平常',
    severity: 'medium',
    action: 'note',
  },
  {
    name: 'address-repeated',
    condition: { '>=': [is('ordersToAddressLastDay'), 10] },
    tag: '同一地址订单过多',
    severity: 'medium',
    action: 'note',
  },
  {
    name: 'phone-repeated',
    condition: { '>=': [is('ordersToPhoneLastDay'), 10] },
    tag: '同一电话订单过多',
    severity: 'medium',
    action: 'note',
  },
  {
    name: 'remote-area',
    condition: { '==': [is('remoteArea'), true] },
    tag: '偏远地区',
    severity: 'low',
    action: 'note',
  },
  {
    name: 'price-unusual',
    condition: {
      or: [{ '<': [is('lowestPricePercent'), 50] }, { '>': [is('highestPricePercent'), 200] }],
    },
    tag: '售价偏离标准价',
    severity: 'high',
    action: 'note',
  },
  {
    name: 'order-repeated',
    condition: { '>=': [is('duplicatesLastHour'), 1] },
    tag: '疑似重复下单',
    severity: 'medium',
    action: 'note',
  },
]

export const abnormalOrder = definePolicy({
  title: { en: 'Abnormal orders', zh: '异常订单规则' },
  schema,
  initial: schema.parse({ rules }),
})
