import type { ChannelOrder } from '../../domain/channel-order.ts'
import { RefusedError } from '../outside-errors.ts'

/** What the hub keeps of a reason, as UTF-16 counts. */
const REASON_LENGTH = 200

/** A request of a buyer as platforms list them, for one line. */
export type RefundRequest = {
  /** Null: it is for nothing that is in the order. */
  lineId: string | null
  /** Grows from request to request. */
  at: number
  reason: string
  /** What went back by it, in cents: 0 as long as nothing did, null where the platform does not say how much. */
  refundedCents: number | null
}

/**
 * The order with why money is asked back of its lines and how much of it went back, of a platform that does not say that with
 * the order. Nobody is asked unless a line has a refund. One of which the platform tells nothing, or nothing that is understood,
 * has no reason and no amount: that holds up nothing.
 *
 * @param requestsOf asks the platform, given the ids of the lines that have a refund
 * @param isAsked whether to ask, of a platform whose orders do not say whether something was asked back
 * @throws what may pass: the order is then fetched again, since a reason counts when its refund is first heard of
 */
export async function withRefunds(
  order: ChannelOrder,
  requestsOf: (lineIds: ReadonlySet<string>) => Promise<readonly RefundRequest[]>,
  isAsked: boolean = order.lines.some(({ refund }) => refund !== 'none'),
): Promise<ChannelOrder> {
  const asked = order.lines.flatMap((line) => (line.refund === 'none' ? [] : [line.platformLineId]))
  const requests = isAsked ? await told(requestsOf(new Set(asked))) : []
  const refundedCents = refundedOf(order, requests)
  const reasons = newestReasons(requests ?? [])
  return {
    ...order,
    ...(refundedCents === null ? {} : { refundedCents }),
    lines: order.lines.map((line) => {
      if (line.refund === 'none') return line
      const refundReason = kept(reasons.get(line.platformLineId) ?? '')
      return refundReason === '' ? line : { ...line, refundReason }
    }),
  }
}

async function told(answer: Promise<readonly RefundRequest[]>): Promise<readonly RefundRequest[] | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RefusedError) return null
    throw error
  }
}

/**
 * What of an order's money went back, in cents: what its requests say, or else what follows from the order alone. An order that
 * was closed has all of it back; of a line that has something back nobody knows how much. Null: it is not known.
 *
 * @param requests null where the platform refuses to tell
 */
export function refundedOf(
  { status, paidAt, amountCents, lines }: ChannelOrder,
  requests: readonly Pick<RefundRequest, 'refundedCents'>[] | null,
): number | null {
  const each = requests?.map(({ refundedCents }) => refundedCents) ?? [null]
  const isTold = each.every((cents) => cents !== null)
  const cents = each.reduce<number>((sum, next) => sum + (next ?? 0), 0)
  if (isTold && cents > 0) return cents
  if (status === 'closed') return paidAt === null ? 0 : amountCents
  const isBack = lines.some((line) => line.refund === 'done' && line.amountCents > 0)
  return isTold && !isBack ? 0 : null
}

/** An amount as a platform writes it; null where it says none that can be read. */
export function centsBy(read: (text: string) => number, text: string): number | null {
  try {
    return read(text)
  } catch {
    return null
  }
}

/** Cut where it is too long, between two letters or within one; without what the database has no room for. */
function kept(reason: string): string {
  return reason.trim().slice(0, REASON_LENGTH).toWellFormed().replaceAll('\0', '\ufffd')
}

/** Of the requests for each line the newest one's reason: the older were withdrawn or refused. */
function newestReasons(requests: readonly RefundRequest[]): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>()
  for (const { lineId, reason } of [...requests].sort((a, b) => a.at - b.at)) {
    if (lineId !== null) reasons.set(lineId, reason)
  }
  return reasons
}
