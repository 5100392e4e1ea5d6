import { z } from 'zod'
import { instant, understood, wholeNumber } from '../answer.ts'
import type { ChangedOrder } from '../channel.ts'
import type { PopCall } from './gateway.ts'

/** The platform's maxima. */
const PAGE_SIZE = 100
const MAX_WINDOW_SECONDS = 30 * 60
const ALL = '5'

const TYPE = 'pdd.order.number.list.increment.get'
const page = z.looseObject({
  total_count: wholeNumber,
  order_sn_list: z
    .array(z.looseObject({ order_sn: z.string().min(1).max(64), updated_at: instant }))
    .nullish()
    .transform((list) => list ?? []),
})

/**
 * Orders changed in a window, in pieces of at most 30 minutes. One that changes meanwhile leaves its piece, and all behind
 * it move up: read from the last page to the first, what moves up is read twice, never missed. The platform demands that
 * order, and that a window ends three minutes ago.
 */
export async function* changedOrders(
  call: PopCall,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<ChangedOrder[]> {
  const end = Math.ceil(to.getTime() / 1_000)
  for (let start = Math.floor(from.getTime() / 1_000); start < end; start += MAX_WINDOW_SECONDS) {
    yield* changedWithin(call, start, Math.min(start + MAX_WINDOW_SECONDS, end))
  }
}

async function* changedWithin(call: PopCall, start: number, end: number): AsyncGenerator<ChangedOrder[]> {
  const ask = async (pageNumber: number) => {
    const { body } = await call(TYPE, 'order_sn_increment_get_response', {
      start_updated_at: String(start),
      end_updated_at: String(end),
      order_status: ALL,
      refund_status: ALL,
      is_lucky_flag: '0',
      page: String(pageNumber),
      page_size: String(PAGE_SIZE),
      use_has_next: 'false',
    })
    return understood(TYPE, page, body)
  }
  const first = await ask(1)
  const pages = Math.ceil(first.total_count / PAGE_SIZE)
  for (let pageNumber = pages; pageNumber > 1; pageNumber -= 1) yield changedOf(await ask(pageNumber))
  yield changedOf(pages > 1 ? await ask(1) : first)
}

function changedOf({ order_sn_list: list }: z.output<typeof page>): ChangedOrder[] {
  return list.map(({ order_sn: platformOrderId, updated_at: at }) => ({
    platformOrderId,
    modifiedAt: new Date(at),
  }))
}
