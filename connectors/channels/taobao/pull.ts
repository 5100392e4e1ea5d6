import { z } from 'zod'
import { instant, understood } from '../answer.ts'
import type { ChangedOrder } from '../channel.ts'
import { chinaTimestamp } from '../values.ts'
import type { TopCall } from './gateway.ts'

/** The platform's maximum. */
const PAGE_SIZE = 100

const page = z.looseObject({
  total_results: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional(),
  trades: z
    .looseObject({ trade: z.array(z.looseObject({ tid: z.string().min(1), modified: instant })) })
    .optional(),
})

/**
 * Trades changed in a window. The platform sorts by the modified time, latest first, and a trade that changes meanwhile
 * leaves the window: all behind it move up. Read from the last page to the first, what moves up is read twice, never missed.
 *
 * `taobao.trades.sold.increment.get`, window ≤ 1 day
 */
export async function* changedTrades(
  call: TopCall,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<ChangedOrder[]> {
  const ask = async (pageNumber: number, isCounted: boolean) => {
    const { body } = await call('taobao.trades.sold.increment.get', {
      fields: 'tid,modified',
      start_modified: chinaTimestamp(from),
      end_modified: chinaTimestamp(new Date(Math.ceil(to.getTime() / 1_000) * 1_000)),
      page_no: String(pageNumber),
      page_size: String(PAGE_SIZE),
      // Counting makes the platform slow; it is asked for once.
      use_has_next: String(!isCounted),
    })
    return understood('taobao.trades.sold.increment.get', page, body)
  }
  const first = await ask(1, true)
  const pages = Math.ceil((first.total_results ?? 0) / PAGE_SIZE)
  for (let pageNumber = pages; pageNumber > 1; pageNumber -= 1) {
    yield changedOf(await ask(pageNumber, false))
  }
  yield changedOf(pages > 1 ? await ask(1, false) : first)
}

function changedOf({ trades }: z.output<typeof page>): ChangedOrder[] {
  return (trades?.trade ?? []).map(({ tid, modified }) => ({
    platformOrderId: tid,
    modifiedAt: new Date(modified),
  }))
}
