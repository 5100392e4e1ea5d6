import type { ChannelOrder } from '../../domain/channel-order.ts'
import { RefusedError } from '../outside-errors.ts'

/** What the hub keeps of a reason, as UTF-16 counts. */
const REASON_LENGTH = 200

/** Reasons by the platform's id of the line. */
export type RefundReasons = ReadonlyMap<string, string>

/**
 * The order with why money is asked back of its lines, of a platform that does not say it with the order. Nobody is asked
 * unless a line has a refund. One of which the platform tells no reason, or none that is understood, has none: that holds
 * up nothing.
 *
 * @param reasonsOf asks the platform, given the ids of the lines that have a refund
 * @throws what may pass: the order is then fetched again, since a reason counts when its refund is first heard of
 */
export async function withReasons(
  order: ChannelOrder,
  reasonsOf: (lineIds: ReadonlySet<string>) => Promise<RefundReasons>,
): Promise<ChannelOrder> {
  const asked = order.lines.flatMap((line) => (line.refund === 'none' ? [] : [line.platformLineId]))
  if (asked.length === 0) return order
  const reasons = await told(reasonsOf(new Set(asked)))
  return {
    ...order,
    lines: order.lines.map((line) => {
      if (line.refund === 'none') return line
      const refundReason = kept(reasons.get(line.platformLineId) ?? '')
      return refundReason === '' ? line : { ...line, refundReason }
    }),
  }
}

async function told(answer: Promise<RefundReasons>): Promise<RefundReasons> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RefusedError) return new Map()
    throw error
  }
}

/** Cut where it is too long, between two letters or within one; without what the database has no room for. */
function kept(reason: string): string {
  return reason.trim().slice(0, REASON_LENGTH).toWellFormed().replaceAll('\0', '\ufffd')
}

/** A request of a buyer as platforms list them, for one line. */
export type RefundRequest = {
  /** Null: it is for nothing that is in the order. */
  lineId: string | null
  /** Grows from request to request. */
  at: number
  reason: string
}

/** Of the requests for each line the newest one's reason: the older were withdrawn or refused. */
export function newestReasons(requests: readonly RefundRequest[]): RefundReasons {
  const reasons = new Map<string, string>()
  for (const { lineId, reason } of [...requests].sort((a, b) => a.at - b.at)) {
    if (lineId !== null) reasons.set(lineId, reason)
  }
  return reasons
}
