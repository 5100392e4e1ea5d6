import { expect, test } from 'vitest'
import type { ChangeEffect } from '../../domain/change.ts'
import { changeTexts } from '../../domain/change-text.ts'

const effect: ChangeEffect = {
  type: 'item',
  lines: [
    {
      lineNumber: 1,
      before: { lineNumber: 1, skuId: 'SKU-1', quantity: 2, unitPriceCents: 1_050 },
      after: { lineNumber: 1, skuId: 'SKU-1', quantity: 1, unitPriceCents: 1_050 },
    },
    { lineNumber: 2, before: null, after: { lineNumber: 2, skuId: 'SKU-2', quantity: 1, unitPriceCents: 0 } },
  ],
  freightCents: { before: 500, after: 0 },
  amountCents: { before: 2_600, after: 1_050 },
  differenceCents: -1_550,
  refunds: [{ paymentId: 'P-1', amountCents: 1_550 }],
  stillToPayCents: 0,
  stock: [],
  contact: null,
  pausesPicking: true,
}

test('what was stands beside what is to be: lines, freight and money that goes back', () => {
  expect(changeTexts(effect)).toEqual({
    before: '#1 SKU-1 ×2 @10.50; freight 5.00',
    after: '#1 SKU-1 ×1 @10.50; #2 SKU-2 ×1 @0.00; freight 0.00; refund 15.50 of P-1',
  })
})

test('another address is the id of a contact and a division, never a person', () => {
  const contact = { contactId: '0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11', divisionCode: '310115' }
  const freightCents = { before: 500, after: 500 }
  expect(changeTexts({ ...effect, lines: [], freightCents, refunds: [], contact })).toEqual({
    before: '',
    after: 'contact 0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11 in 310115',
  })
})
