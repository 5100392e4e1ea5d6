import { expect, test } from 'vitest'
import { type StockWaitDraft, stockWaitBody } from '../../console/src/watch/stock-wait-draft.ts'

const draft: StockWaitDraft = { decision: null, warehouseIds: [], until: '', reason: '' }

test('nothing is decided while something that the decision needs is missing', () => {
  expect(stockWaitBody(draft)).toBeNull()
  for (const decision of ['other-warehouse', 'wait', 'transfer', 'partial', 'cancel'] as const)
    expect([decision, stockWaitBody({ ...draft, decision })]).toEqual([decision, null])
  expect(stockWaitBody({ ...draft, decision: 'cancel', reason: '  ' })).toBeNull()
})

test('a decision takes along what it needs, and nothing that was filled in for another one', () => {
  const filled = { warehouseIds: ['WH-1'], until: '2026-11-28T20:00', reason: ' 客户同意 ' }
  expect(stockWaitBody({ ...filled, decision: 'serve-now' })).toEqual({ decision: 'serve-now' })
  expect(stockWaitBody({ ...filled, decision: 'partial' })).toEqual({
    decision: 'partial',
    reason: '客户同意',
  })
  expect(stockWaitBody({ ...filled, decision: 'other-warehouse' })).toEqual({
    decision: 'other-warehouse',
    warehouseIds: ['WH-1'],
  })
})

test('the moment to wait until has a zone when it is sent', () => {
  const body = stockWaitBody({ ...draft, decision: 'wait', until: '2026-11-28T20:00' })
  expect(body).toEqual({ decision: 'wait', until: new Date('2026-11-28T20:00').toISOString() })
})
