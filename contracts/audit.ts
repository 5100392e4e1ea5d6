import { z } from 'zod'
import { externalId, instant, page, pageQuery, text } from './common.ts'

/**
 * What is audited, and how people call it. An action that was written once keeps its name: it is in the chain. New ones
 * are added here.
 */
export const AUDIT_ACTIONS = {
  'session.signed_in': { en: 'signed in', zh: '登录' },
  'session.sign_in_failed': { en: 'sign-in failed', zh: '登录失败' },
  'session.locked_out': { en: 'account locked after failed sign-ins', zh: '多次登录失败，账号已锁定' },
  'policy.published': { en: 'policy published', zh: '发布策略' },
  'policy.rolled_back': { en: 'policy rolled back', zh: '回滚策略' },
  'wecom_member.mapped': { en: 'account mapped to a member of WeCom', zh: '绑定企业微信成员' },
  'wecom_member.unmapped': { en: 'account unmapped from WeCom', zh: '解绑企业微信成员' },
  'export.requested': { en: 'export requested', zh: '申请导出' },
  'change.requested': { en: 'change of an order asked for', zh: '提交改单申请' },
  'change.attached': { en: 'files added to a change request', zh: '补充改单附件' },
  'change.decided': { en: 'change decided on', zh: '审批改单' },
  'change.decision_refused': { en: 'decision on a change refused', zh: '改单审批被拒绝' },
  'change.withdrawn': { en: 'change withdrawn', zh: '撤回改单申请' },
  'change.ended': { en: 'change ended without being applied', zh: '改单申请终止' },
  'change.told_to_erp': { en: 'ERP told of a change', zh: '改单已通知 ERP' },
  'change.applied': { en: 'change applied to its order', zh: '改单已执行' },
  'change.apply_refused': { en: 'change could not be applied', zh: '改单执行受阻' },
  'change.undone': { en: 'what was done of a change taken back', zh: '改单已回滚' },
  'change.undo_failed': { en: 'what was done of a change could not be taken back', zh: '改单回滚失败' },
  'change.retried': { en: 'change tried again', zh: '改单重试' },
  'abnormal_order.released': { en: 'abnormal order let go', zh: '放行异常订单' },
  'stock_wait.decided': { en: 'decision on an order that waits for stock', zh: '缺货订单处理决定' },
  'delegation.made': { en: 'somebody stands in for an approver', zh: '设置审批代理' },
  'delegation.started': { en: 'somebody who stands in begins to be asked', zh: '审批代理开始生效' },
  'delegation.over': { en: 'delegation over, its time has come', zh: '审批代理到期' },
  'delegation.ended': { en: 'delegation ended before its time', zh: '提前结束审批代理' },
  'customer.merged': { en: 'two customers made one', zh: '合并客户' },
  'customer.split': { en: 'customer split in two', zh: '拆分客户' },
  'customer.erased': { en: 'personal data of a customer erased', zh: '删除客户个人信息' },
  'inspection.created': { en: 'order drawn for inspection', zh: '生成稽查任务' },
  'inspection.assigned': { en: 'inspection assigned', zh: '分配稽查任务' },
  'inspection.cancelled': { en: 'inspection cancelled', zh: '取消稽查任务' },
  'inspection.submitted': { en: 'result of an inspection', zh: '提交稽查结果' },
  'attachment.erased': { en: 'file of a change request or inspection erased', zh: '删除附件内容' },
  'reconciliation.decided': { en: 'difference of a reconciliation decided on', zh: '处理对账差异' },
  'reconciliation.closed': { en: 'month of a reconciliation closed', zh: '对账月结' },
  'settlement.uploaded': { en: 'settlement statement uploaded', zh: '上传结算单' },
  'account.created': { en: 'account made', zh: '新建账号' },
  'account.changed': { en: 'account changed', zh: '修改账号' },
  'account.password_changed': { en: 'own password changed', zh: '修改本人密码' },
  'account.oidc_bound': { en: 'account bound to a company account', zh: '账号关联企业账号' },
  'second_factor.on': { en: 'second factor switched on', zh: '启用两步验证' },
  'second_factor.off': { en: 'second factor switched off', zh: '关闭两步验证' },
  'second_factor.recovery_used': { en: 'signed in by a recovery code', zh: '使用恢复码登录' },
  'api_key.created': { en: 'API key made', zh: '新建 API 密钥' },
  'api_key.rotated': { en: 'API key given a new secret', zh: '更换 API 密钥' },
  'api_key.revoked': { en: 'API key revoked', zh: '吊销 API 密钥' },
  'shop_message.replayed': { en: 'message of a shop replayed', zh: '重放店铺消息' },
  'courier_message.replayed': { en: 'push of a courier replayed', zh: '重放快递推送' },
  'shop_delivery.replayed': { en: 'delivery to a shop tried again', zh: '重试店铺推送' },
  'work_item.assigned': { en: 'work item given to somebody', zh: '指派待办' },
  'work_item.snoozed': { en: 'work item put off', zh: '稍后处理待办' },
  'work_item.woken': { en: 'work item brought back before its time', zh: '提前恢复待办' },
  'export.downloaded': { en: 'export downloaded', zh: '下载导出' },
} as const satisfies Record<string, { en: string; zh: string }>
export type AuditAction = keyof typeof AUDIT_ACTIONS
const auditAction = z.string().regex(/^[a-z_]{1,40}[.][a-z_]{1,40}$/, 'must be like policy.published')

/** The way by which somebody acted. */
const AUDIT_SOURCES = ['console', 'wecom', 'temporal-cli', 'api', 'system'] as const
export type AuditSource = (typeof AUDIT_SOURCES)[number]

/** JSON, as it is stored and hashed. */
export type AuditValue =
  | null
  | boolean
  | number
  | string
  | readonly AuditValue[]
  | { readonly [name: string]: AuditValue | undefined }

/** The same, read again. */
const storedValue = z.json()
export type StoredAuditValue = z.output<typeof storedValue>

export const auditFilters = {
  /** A person's user name, or a system with its key's name (`mall:shop-1`). */
  actor: text(200).optional(),
  action: auditAction.optional(),
  /** Of what kind the thing is that was acted on, e.g. `policy`. */
  subjectKind: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional(),
  subjectId: externalId.optional(),
  from: instant.optional(),
  to: instant.optional(),
}
export const auditQuery = pageQuery.extend({
  ...auditFilters,
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type AuditQuery = z.output<typeof auditQuery>
export type AuditFilters = Omit<AuditQuery, 'limit' | 'cursor' | 'sort'>

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const auditEntryView = z.object({
  id: z.string(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  actionText: z.object({ en: z.string(), zh: z.string() }),
  subjectKind: z.string(),
  subjectId: z.string(),
  // Whatever JSON was stored. Told as such: of `z.json()` the document would say where its definition is, and not have it.
  oldValue: z.unknown(),
  newValue: z.unknown(),
  reason: z.string().nullable(),
  source: z.string(),
  requestId: z.string().nullable(),
  relatedHash: sha256.nullable().describe('SHA-256 of what the entry is about: a document, a file'),
  sequence: z.int().nullable().describe('its place in the chain; null until it is sealed'),
  hash: sha256.nullable(),
})
export type AuditEntryView = z.output<typeof auditEntryView>
export const auditPage = page(auditEntryView)

export const auditHead = z.object({
  day: z.iso.date(),
  sequence: z.int(),
  hash: sha256,
  createdAt: instant,
})
export type AuditHead = z.output<typeof auditHead>
export const auditHeadPage = page(auditHead)
export const auditHeadQuery = pageQuery.extend({
  /** Days, both counted. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type AuditHeadQuery = z.output<typeof auditHeadQuery>

export const auditExportQuery = z.strictObject({
  ...auditFilters,
  format: z.enum(['csv', 'xlsx']).default('csv'),
})
