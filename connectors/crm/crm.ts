import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { externalId, instant } from '../../contracts/common.ts'
import { AFTER_SALE_STATES } from '../../domain/reconciliation-states.ts'
import { UnreachableError } from '../outside-errors.ts'
import { createOutsideHttp } from '../outside-http.ts'

const known = z.object({
  lineId: externalId,
  orderId: externalId,
  /** Whose order it is, in words that name nobody; null where the CRM does not know. */
  customer: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  orderedAt: instant,
})
const afterSale = z.object({
  lineId: externalId,
  caseId: externalId,
  orderId: externalId,
  state: z.enum(AFTER_SALE_STATES),
  /** What went back for it; null while it is open. */
  refundCents: z.int().min(0).max(1_000_000_000_000).nullable(),
  openedAt: instant,
})
export type CrmOrder = z.output<typeof known>
export type CrmAfterSale = z.output<typeof afterSale>

type Span = { from: Date; to: Date }
type Page<Item> = { items: Item[]; nextCursor: string | null }

/** The merchant's CRM, as far as reconciliation needs it. Reads only. @throws UnreachableError, RefusedError */
export type Crm = {
  /** Orders that were placed in a period, page by page in an order that stays. */
  orders: (period: Span, cursor: string | null) => Promise<Page<CrmOrder>>
  /** After-sales cases that were opened in it. */
  afterSales: (period: Span, cursor: string | null) => Promise<Page<CrmAfterSale>>
  /** What the CRM calls the customer of a phone number, of which both sides make the same and nobody else makes anything. */
  customerOf: (digits: string) => string
}

/** A page may be a thousand lines. */
const TIMEOUT_MS = 15_000

/** `GET /crm/orders` and `GET /crm/after-sales`, signed as every call is; docs/reconciliation.md. */
export function createCrm({ baseUrl, secret }: { baseUrl: string; secret: string }): Crm {
  const http = createOutsideHttp(baseUrl, secret)
  const prefix = new URL(baseUrl).pathname.replace(/\/$/, '')
  const pages = <Item>(name: string, item: z.ZodType<Item>) => {
    const answer = z.object({
      lines: z.array(item).max(1_000),
      nextCursor: z.string().min(1).max(500).nullable(),
    })
    return async ({ from, to }: Span, cursor: string | null): Promise<Page<Item>> => {
      const query = new URLSearchParams({
        from: from.toISOString(),
        to: to.toISOString(),
        ...(cursor === null ? {} : { cursor }),
      })
      const path = `${prefix}/${name}?${query}`
      const parsed = answer.safeParse(await http.request({ method: 'GET', path, timeoutMs: TIMEOUT_MS }))
      if (!parsed.success) throw new UnreachableError(`the ${name} of the CRM cannot be understood`)
      return { items: parsed.data.lines, nextCursor: parsed.data.nextCursor }
    }
  }
  return {
    orders: pages('orders', known),
    afterSales: pages('after-sales', afterSale),
    customerOf: (digits) => createHmac('sha256', secret).update(`customer/${digits}`).digest('hex'),
  }
}
