import { describe, expect, test } from 'vitest'
import { ERRORS, type ErrorEntry, ProblemError, problemBody } from '../../contracts/errors.ts'
import type { RefusalCode } from '../../domain/order.ts'

const entries: [string, ErrorEntry][] = Object.entries(ERRORS)

describe('the catalogue of errors', () => {
  test.each(entries)('%s says in both languages what happened and what to do about it', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(entry.status).toBeGreaterThanOrEqual(400)
    expect(entry.status).toBeLessThan(600)
    expect(entry.en).toMatch(/^[A-Z]/)
    expect(entry.zh).toMatch(/\p{Script=Han}/u)
    expect(entry.todo).toMatch(/^[A-Z].*\.$/)
  })

  test('no two codes say the same', () => {
    for (const language of ['en', 'zh'] as const)
      expect(new Set(entries.map(([, entry]) => entry[language])).size).toBe(entries.length)
  })

  test('every refusal of an order is in it, as a conflict, a missing thing or a missing right', () => {
    const refusals: Record<RefusalCode, number> = {
      'order-already-shipped': 409,
      'order-already-closed': 409,
      'cancellation-in-progress': 409,
      'paid-cancellation-forbidden': 403,
      'return-not-allowed': 409,
      'return-quantity-too-large': 409,
      'return-not-found': 404,
      'return-wrong-state': 409,
    }
    const statusOf = new Map(entries.map(([code, entry]) => [code, entry.status]))
    for (const [code, status] of Object.entries(refusals)) expect(statusOf.get(code), code).toBe(status)
  })
})

describe('a problem', () => {
  test('carries code, both titles, status, detail, advice and where it happened', () => {
    expect(problemBody(new ProblemError('order-not-found', 'there is no order O1'), '/v1/orders/O1')).toEqual(
      {
        type: 'https://order-hub.invalid/problems/order-not-found',
        title: 'There is no such order',
        titleZh: '订单不存在',
        status: 404,
        detail: 'there is no order O1',
        todo: 'Check the order id.',
        instance: '/v1/orders/O1',
        code: 'order-not-found',
      },
    )
  })

  test('says its title when nobody gave a detail', () => {
    for (const code of ['not-found', 'internal', 'overloaded'] as const)
      expect(new ProblemError(code).message).toBe(ERRORS[code].en)
  })

  test('names the fields that are wrong, and what else belongs to it', () => {
    const fields = [{ field: 'lines.0.quantity', message: 'must be positive' }]
    const extra = { shortages: [{ skuId: 'A', requested: 2, available: 1 }] }
    expect(problemBody(new ProblemError('invalid-request', undefined, { fields }), '/x')).toMatchObject({
      errors: fields,
    })
    expect(problemBody(new ProblemError('insufficient-stock', undefined, { extra }), '/x')).toMatchObject(
      extra,
    )
  })
})
