import { z } from 'zod/mini'
import type { ChangeDetail, OrderDetail } from '../api/types.ts'
import { draftAgain, draftOf } from './draft.ts'

const units = z.nullable(z.number())
const cents = z.nullable(z.number())
const requestContent = z.object({
  /** What was typed stands beside what the order said at this version. */
  orderVersion: z.number(),
  draft: z.object({
    lines: z.array(
      z.object({ lineNumber: z.number(), skuId: z.string(), quantity: units, unitPriceCents: cents }),
    ),
    freightCents: cents,
    gifts: z.array(z.object({ key: z.number(), skuId: z.string(), quantity: units })),
    reships: z.record(z.string(), units),
    contact: z.object({
      name: z.string(),
      phone: z.string(),
      divisionCode: z.string(),
      address: z.string(),
      remark: z.string(),
    }),
    refund: z.object({ paymentId: z.string(), amountCents: cents }),
  }),
  reasonCode: z.string(),
  reason: z.string(),
  attached: z.array(
    z.object({ key: z.string(), name: z.string(), bytes: z.number(), attachmentId: z.nullable(z.string()) }),
  ),
})

/** All that is typed into the form of a request. */
export type RequestContent = z.output<typeof requestContent>

/** A form that says what the order says or, of a request that is asked for again, what that had said. */
export function untouched(order: OrderDetail, before: ChangeDetail | undefined): RequestContent {
  return {
    orderVersion: order.version,
    draft: before ? draftAgain(order, before) : draftOf(order),
    reasonCode: before?.reasonCode ?? '',
    reason: before?.reason ?? '',
    attached: [],
  }
}

/**
 * What was kept of the form. Where the order has moved on, what was typed beside its lines is not asked for beside other ones: the
 * reason and its files remain. What was sent without an answer comes back as it was sent: it may be that very request that moved
 * the order, and the API knows.
 */
export function readRequest(
  kept: unknown,
  begin: RequestContent,
  isUnanswered: boolean,
): RequestContent | null {
  const { success, data } = requestContent.safeParse(kept)
  if (!success) return null
  if (isUnanswered || data.orderVersion === begin.orderVersion) return data
  const { reasonCode, reason, attached } = data
  return { ...begin, reasonCode, reason, attached }
}
