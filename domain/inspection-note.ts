import { chinaMinute } from './change-card.ts'

/** What somebody is told who is sent to an order: nothing of its customer. */
export type InspectionNote = {
  inspectionId: string
  /** Of the checklist. */
  title: string
  storeName: string
  externalOrderId: string | null
  /** Of the address, down to the district at most; null: unknown. */
  division: string | null
  dueAt: Date
}

/** The message to them. Two of one inspection differ in nothing, so that the messenger knows a repeated one. */
export function inspectionNoteText(note: InspectionNote): string {
  const { inspectionId, title, storeName, externalOrderId, division, dueAt } = note
  return [
    `新的稽查任务：${title}`,
    `订单：${externalOrderId ?? '（内部订单）'}（${storeName}）`,
    `区域：${division ?? '未知'}`,
    `截止：${chinaMinute(dueAt)}`,
    `任务编号：${inspectionId}`,
  ].join('\n')
}
