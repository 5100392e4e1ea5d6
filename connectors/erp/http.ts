import { z } from 'zod'
import type { ErpHttpMapping } from '../../contracts/policies/erp-mapping.ts'
import type { ErpChange } from '../../domain/erp-change.ts'
import { RefusedError, UnreachableError } from '../outside-errors.ts'
import { createSignedCall } from '../outside-http.ts'
import { type ErpWords, readErpAnswer } from './answer.ts'
import { readPath, writeDocument, writePurchase } from './document.ts'
import {
  type Erp,
  type ErpAnswer,
  type ErpCall,
  type ErpOrderAmount,
  type ErpRecord,
  refusal,
} from './erp.ts'

/**
 * An ERP, or what stands before it, that speaks signed JSON. Paths, fields and words are the policy `erp-mapping`; address
 * and secret are not in it, so that whoever edits the mapping cannot send orders elsewhere.
 *
 * @param options.baseUrl may have a path of its own in front of the mapping's
 */
export function createHttpErp(options: {
  baseUrl: string
  secret: string
  mapping: () => Promise<ErpHttpMapping>
}): Erp {
  const signedCall = createSignedCall(options.baseUrl, options.secret)
  const prefix = new URL(options.baseUrl).pathname.replace(/\/$/, '')
  const pathOf = (template: string, key: string) =>
    `${prefix}${template.replaceAll('{key}', encodeURIComponent(key))}`

  async function post(
    which: 'apply' | 'reverse',
    change: ErpChange,
    { idempotencyKey }: ErpCall,
  ): Promise<ErpAnswer> {
    const mapping = await options.mapping()
    const answer = await signedCall({
      method: 'POST',
      path: pathOf(mapping[which].path, idempotencyKey),
      body: writeDocument(mapping[which], change, idempotencyKey),
      // A reversal is a call of its own: under the change's key an ERP would answer what it answered to that.
      idempotencyKey: which === 'apply' ? idempotencyKey : `${idempotencyKey}:reversal`,
      timeoutMs: mapping.timeoutSeconds * 1_000,
    })
    return judge(mapping, which, readErpAnswer(`${which} at the ERP`, answer))
  }

  return {
    orderAmounts: async ({ from, to }, cursor) => {
      const { amounts, timeoutSeconds } = await options.mapping()
      if (!amounts) return null
      const query = new URLSearchParams({
        from: from.toISOString(),
        to: to.toISOString(),
        ...(cursor === null ? {} : { cursor }),
      })
      const path = `${prefix}${amounts.path}?${query}`
      const answer = await signedCall({ method: 'GET', path, timeoutMs: timeoutSeconds * 1_000 })
      return amountsIn(readErpAnswer('order amounts at the ERP', answer))
    },
    applyChange: (change, call) => post('apply', change, call),
    reverseChange: (change, call) => post('reverse', change, call),
    findChange: async ({ idempotencyKey }) => {
      const mapping = await options.mapping()
      if (!mapping.find) return null
      const answer = await signedCall({
        method: 'GET',
        path: pathOf(mapping.find.path, idempotencyKey),
        timeoutMs: mapping.timeoutSeconds * 1_000,
      })
      return found(mapping, mapping.find, readErpAnswer('find at the ERP', answer))
    },
    placePurchase: async (purchase, { idempotencyKey }) => {
      const mapping = await options.mapping()
      const { place } = mapping.purchase
      const answer = await signedCall({
        method: 'POST',
        path: pathOf(place.path, idempotencyKey),
        body: writePurchase(place, purchase, idempotencyKey),
        idempotencyKey,
        timeoutMs: mapping.timeoutSeconds * 1_000,
      })
      return judge(mapping, 'purchase', readErpAnswer('purchase at the ERP', answer))
    },
    findPurchase: async ({ idempotencyKey }) => {
      const mapping = await options.mapping()
      const { find } = mapping.purchase
      if (find === null) return null
      const answer = await signedCall({
        method: 'GET',
        path: pathOf(find, idempotencyKey),
        timeoutMs: mapping.timeoutSeconds * 1_000,
      })
      const words = readErpAnswer('find a purchase at the ERP', answer)
      if (words.status === 404) return null
      const reference = words.isOk ? readPath(words.body, mapping.answer.reference) : null
      if (reference !== null) return { reference }
      throw new UnreachableError(`find a purchase at the ERP: ${words.status} without a reference`)
    },
  }
}

/** Numbers arrive as the text that they were written with. */
const orderAmounts = z.object({
  orders: z
    .array(
      z.object({
        lineId: z.string().min(1).max(128),
        orderId: z.string().min(1).max(128),
        amount: z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
        changedAt: z.iso.datetime({ offset: true }),
      }),
    )
    .max(1_000),
  nextCursor: z.string().min(1).max(500).nullable(),
})

function amountsIn({ isOk, status, body }: ErpWords): {
  orders: ErpOrderAmount[]
  nextCursor: string | null
} {
  if (!isOk) throw new RefusedError(status, `order amounts at the ERP: ${status}`)
  const parsed = orderAmounts.safeParse(body)
  if (!parsed.success) throw new UnreachableError('order amounts at the ERP: the answer cannot be understood')
  const { orders, nextCursor } = parsed.data
  return {
    orders: orders.map(({ amount, ...order }) => ({ ...order, amountCents: amount })),
    nextCursor,
  }
}

function judge({ answer }: ErpHttpMapping, which: string, { isOk, status, body }: ErpWords): ErpAnswer {
  const { success, reference } = answer
  const said = success && readPath(body, success.path)
  if (isOk && (success === null || (said !== null && success.values.includes(said)))) {
    const number = readPath(body, reference)
    if (number === null) throw new UnreachableError(`${which} at the ERP: an answer without ${reference}`)
    return { ok: true, reference: number }
  }
  // Where a 2xx may be a no, an answer with neither is not understood.
  if (isOk && said === null) throw new UnreachableError(`${which} at the ERP: neither yes nor no`)
  const code = readPath(body, answer.refusalCode) ?? said ?? `http-${status}`
  if (answer.retryCodes.includes(code)) throw new UnreachableError(`${which} at the ERP: ${code}`)
  return refusal(code, readPath(body, answer.refusalText) ?? '')
}

function found(
  { answer }: ErpHttpMapping,
  find: NonNullable<ErpHttpMapping['find']>,
  { isOk, status, body }: ErpWords,
): ErpRecord | null {
  if (status === 404) return null
  const said = isOk ? readPath(body, find.state) : null
  const reference = readPath(body, answer.reference)
  if (said !== null && find.applied.includes(said)) return { state: 'applied', reference }
  if (said !== null && find.reversed.includes(said)) return { state: 'reversed', reference }
  throw new UnreachableError(`find at the ERP: ${status} without a state that is known`)
}
