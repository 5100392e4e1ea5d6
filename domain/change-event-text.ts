import { changeTypeName } from './change-card.ts'
import type { ChangeRequestEvent } from './change-request.ts'

type EventType = ChangeRequestEvent['type'] | 'submitted'
type Text = { en: string; zh: string }

/** What an order's page needs to know of one event of a request: nothing that somebody wrote. */
export type ToldChangeEvent = {
  changeNumber: string
  changeType: string
  event: string
  /** Grows when a rejected request is asked for again. */
  requestVersion: number
  /** How many approval steps this version takes; with none the policy has approved it. */
  steps: number
  /** Of a decision alone: on which step, and what. */
  stepNumber: number
  decision: string
  /** Why it ended or was refused. */
  code: string | null
}

/** In the words of a request's life, or null for what only the request's own page shows. */
const EVENTS: Record<EventType, ((told: ToldChangeEvent) => Text) | null> = {
  submitted: ({ requestVersion }) =>
    requestVersion === 1
      ? { en: 'asked for', zh: '提交申请' }
      : { en: `asked for again (version ${requestVersion})`, zh: `重新提交（第 ${requestVersion} 版）` },
  hold_granted: ({ steps }) =>
    steps === 0
      ? { en: 'approved by the policy', zh: '按策略自动批准' }
      : { en: 'the order waits for the decision', zh: '订单已占用，等待审批' },
  hold_refused: ({ code }) => ({
    en: `the order cannot wait for it${because(code).en}`,
    zh: `订单无法占用，已失效${because(code).zh}`,
  }),
  decided: ({ stepNumber, decision }) =>
    decision === 'approve'
      ? { en: `step ${stepNumber} approved`, zh: `第 ${stepNumber} 步审批通过` }
      : { en: `rejected at step ${stepNumber}`, zh: `第 ${stepNumber} 步驳回` },
  reminder_due: null,
  deadline_passed: () => ({ en: 'nobody decided in the time of this level', zh: '本级超时未批' }),
  expired: () => ({ en: 'nobody decided in time', zh: '超时未批，已过期' }),
  withdrawn: () => ({ en: 'withdrawn', zh: '已撤回' }),
  people_changed: null,
  order_moved: null,
  // A look at the order is told where it ends the request.
  order_looked_at: ({ code }) => ({
    en: `means nothing any more${because(code).en}`,
    zh: `订单已变化，已失效${because(code).zh}`,
  }),
  erp_begun: null,
  erp_told: () => ({ en: 'told to the ERP', zh: '已通知 ERP' }),
  applied: () => ({ en: 'applied', zh: '已执行' }),
  apply_refused: ({ code }) => ({
    en: `could not be applied${because(code).en}`,
    zh: `执行受阻，开始撤销${because(code).zh}`,
  }),
  undone: () => ({ en: 'what was done of it is taken back', zh: '已撤销所做的部分' }),
  undo_failed: ({ code }) => ({
    en: `could not be taken back${because(code).en}`,
    zh: `撤销失败${because(code).zh}`,
  }),
  retried: () => ({ en: 'tried again', zh: '重试执行' }),
  abandoned: () => ({ en: 'given up', zh: '已放弃执行' }),
}

/** The events that are told at all; of `order_looked_at` those that end the request. */
export const TOLD_CHANGE_EVENTS: readonly string[] = Object.entries(EVENTS).flatMap(([type, text]) =>
  text === null ? [] : [type],
)

/** One event of a change request as a sentence of the order's story; an event without words is shown as it is. */
export function changeEventText(told: ToldChangeEvent): Text {
  const text = Object.entries(EVENTS).find(([type]) => type === told.event)?.[1]
  const { en, zh } = text?.(told) ?? { en: told.event, zh: told.event }
  const { changeNumber, changeType } = told
  return {
    en: `change request ${changeNumber} (${changeType}): ${en}`,
    zh: `变更申请 ${changeNumber}（${changeTypeName(changeType)}）：${zh}`,
  }
}

/** Why, behind a sentence; nothing where nobody said. */
export function because(reason: unknown): Text {
  return reason === null ? { en: '', zh: '' } : { en: ` (${reason})`, zh: `（${reason}）` }
}
