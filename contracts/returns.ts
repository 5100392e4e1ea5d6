import { z } from 'zod'
import { LIMITS, orderId, quantity, text } from './common.ts'

const lineNumber = z.int().min(1).max(LIMITS.orderLines)
const onePerLine = (lines: { lineNumber: number }[]) =>
  new Set(lines.map((line) => line.lineNumber)).size === lines.length

export const returnRequestBody = z.strictObject({
  reason: text(200),
  lines: z
    .array(z.strictObject({ lineNumber, quantity }))
    .min(1)
    .max(LIMITS.orderLines)
    .refine(onePerLine, 'each line may appear once'),
})
export const returnDecisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  note: text(200, 0).default(''),
})
const units = z.int().min(0).max(LIMITS.lineQuantity)
export const returnInspectionBody = z.strictObject({
  lines: z
    .array(z.strictObject({ lineNumber, restocked: units, writtenOff: units }))
    .min(1)
    .max(LIMITS.orderLines)
    .refine(onePerLine, 'each line may appear once'),
})
export const returnAnswer = z.object({
  orderId,
  returnId: z.string(),
  state: z.enum(['requested', 'approved', 'rejected', 'received', 'settled']),
})
