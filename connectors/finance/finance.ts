import { z } from 'zod'
import { settlementAccount, settlementLine } from '../../contracts/settlements.ts'
import { UnreachableError } from '../outside-errors.ts'
import { createOutsideHttp } from '../outside-http.ts'

const line = settlementLine.extend({ account: settlementAccount })
export type FinanceLine = z.output<typeof line>
const answer = z.object({
  lines: z.array(line).max(1_000),
  nextCursor: z.string().min(1).max(500).nullable(),
})

/** A page may be a thousand lines. */
const TIMEOUT_MS = 15_000

/** The merchant's finance system, as far as reconciliation needs it. Reads only. */
export type Finance = {
  /**
   * What was settled in a period, page by page in an order that stays.
   *
   * @param period from the first moment to the last one's, which is not in it
   * @throws UnreachableError, RefusedError
   */
  settlementLines: (
    period: { from: Date; to: Date },
    cursor: string | null,
  ) => Promise<{ lines: FinanceLine[]; nextCursor: string | null }>
}

/** `GET /finance/settlement-lines?from=&to=&cursor=` → `{lines, nextCursor}`, signed as every call is; docs/reconciliation.md. */
export function createFinance({ baseUrl, secret }: { baseUrl: string; secret: string }): Finance {
  const http = createOutsideHttp(baseUrl, secret)
  const prefix = new URL(baseUrl).pathname.replace(/\/$/, '')
  return {
    settlementLines: async ({ from, to }, cursor) => {
      const query = new URLSearchParams({
        from: from.toISOString(),
        to: to.toISOString(),
        ...(cursor === null ? {} : { cursor }),
      })
      const path = `${prefix}/settlement-lines?${query}`
      const parsed = answer.safeParse(await http.request({ method: 'GET', path, timeoutMs: TIMEOUT_MS }))
      // An answer that cannot be understood is an outage, not a statement with fewer lines.
      if (!parsed.success) throw new UnreachableError('the answer of finance cannot be understood')
      return parsed.data
    },
  }
}
