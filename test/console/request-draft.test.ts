import { expect, test } from 'vitest'
import type { ChangeDetail, OrderDetail } from '../../console/src/api/types.ts'
import { changeOf, draftAgain, draftOf, possibleTypes } from '../../console/src/requests/draft.ts'

const line = (lineNumber: number, quantity = 2) => ({
  lineNumber,
  skuId: `SKU-${lineNumber}`,
  quantity,
  unitPriceCents: 1_000,
  skuName: '商品',
  presale: null,
})
const order = {
  status: 'paid',
  lines: [line(1), line(2)],
  freightCents: 800,
  divisionCode: '310115',
  contact: { contactId: 'c', name: '王小明', phone: '13800138000', address: '世纪大道100号', remark: '' },
  payments: [{ paymentId: 'PAY-1', amountCents: 4_800, method: 'wechat', paidAt: '', receivedAt: '' }],
} satisfies Pick<OrderDetail, 'status' | 'lines' | 'freightCents' | 'divisionCode' | 'contact' | 'payments'>
const draft = draftOf(order)
const [first, second] = draft.lines
if (!first || !second) throw new Error('an order of two lines makes a form of two lines')

test('a form that nobody has touched asks for nothing, whatever the kind of change', () => {
  for (const type of ['price', 'quantity', 'item', 'gift', 'reship', 'address', 'refund'] as const)
    expect([type, changeOf(type, draft, order)]).toEqual([type, null])
})

test('only what differs is asked for: prices by line, and freight', () => {
  const lines = [{ ...first, unitPriceCents: 900 }, second]
  const priced = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] }
  expect(changeOf('price', { ...draft, lines }, order)).toEqual(priced)
  expect(changeOf('price', { ...draft, freightCents: 0 }, order)).toEqual({
    type: 'price',
    lines: [],
    freightCents: 0,
  })
})

test('a field that is empty is no 0: it neither gives a line up nor makes it cost nothing', () => {
  const lines = [{ ...first, quantity: null, unitPriceCents: null }, second]
  for (const type of ['price', 'quantity', 'item'] as const)
    expect([type, changeOf(type, { ...draft, lines }, order)]).toEqual([type, null])
})

test('0 gives a line up, by the number of units and by the lines as they are to be', () => {
  const lines = [{ ...first, quantity: 0 }, second]
  expect(changeOf('quantity', { ...draft, lines }, order)).toEqual({
    type: 'quantity',
    lines: [{ lineNumber: 1, quantity: 0 }],
  })
  expect(changeOf('item', { ...draft, lines }, order)).toEqual({
    type: 'item',
    lines: [{ lineNumber: 2, skuId: 'SKU-2', quantity: 2, unitPriceCents: 1_000 }],
  })
})

test('a line that was added for other goods is no line of a change of quantity', () => {
  const added = { lineNumber: 3, skuId: 'SKU-9', quantity: 1, unitPriceCents: 500 }
  const lines = [...draft.lines, added]
  expect(changeOf('quantity', { ...draft, lines }, order)).toBeNull()
  expect(changeOf('price', { ...draft, lines }, order)).toBeNull()
  expect(changeOf('item', { ...draft, lines }, order)).toMatchObject({ lines: [{}, {}, added] })
})

test('gifts without an article, and reships of nothing, are left out', () => {
  const gifts = [
    { key: 0, skuId: '', quantity: 1 },
    { key: 1, skuId: 'SKU-5', quantity: 2 },
  ]
  expect(changeOf('gift', { ...draft, gifts }, order)).toEqual({
    type: 'gift',
    lines: [{ skuId: 'SKU-5', quantity: 2 }],
  })
  expect(changeOf('reship', { ...draft, reships: { 1: 0, 2: 1 } }, order)).toEqual({
    type: 'reship',
    lines: [{ lineNumber: 2, quantity: 1 }],
  })
})

test('a masked address is never sent as if it were one', () => {
  const masked = { contactId: 'c', name: '王*', phone: '138****8000', address: '****', remark: '****' }
  const form = draftOf({ ...order, contact: masked })
  expect(form.contact).toMatchObject({ name: '', phone: '', address: '', remark: '' })
  expect(changeOf('address', form, { ...order, contact: masked })).toBeNull()
})

test('an address is asked for once all of it is there', () => {
  const contact = { ...draft.contact, address: ' 南京路1号 ' }
  expect(changeOf('address', { ...draft, contact }, order)).toMatchObject({
    contact: { name: '王小明', address: '南京路1号', divisionCode: '310115' },
  })
  expect(changeOf('address', { ...draft, contact: { ...contact, phone: ' ' } }, order)).toBeNull()
})

test('what can be asked for follows the state of the order', () => {
  expect(possibleTypes({ status: 'reserved' })).not.toContain('refund')
  expect(possibleTypes({ status: 'delivered' })).toEqual(['refund', 'reship'])
  expect(possibleTypes({ status: 'cancelled' })).toEqual([])
})

test('what was rejected is asked for again as it was, until something of it is corrected', () => {
  const plain = ({ presale: _presale, ...rest }: ReturnType<typeof line>) => rest
  const asked = (type: ChangeDetail['effect']['type'], changes: Partial<ChangeDetail['effect']>) => ({
    effect: {
      type,
      lines: [],
      freightCents: { before: 800, after: 800 },
      amountCents: { before: 4_800, after: 4_800 },
      differenceCents: 0,
      refunds: [],
      stillToPayCents: 0,
      stock: [],
      contact: null,
      pausesPicking: true,
      ...changes,
    },
    contact: null,
  })
  const change = (request: ReturnType<typeof asked>) =>
    changeOf(request.effect.type, draftAgain(order, request), order)
  const cheaper = { before: plain(line(1)), after: { ...plain(line(1)), unitPriceCents: 900, lineNumber: 1 } }
  expect(
    change(
      asked('price', { lines: [{ lineNumber: 1, ...cheaper }], freightCents: { before: 800, after: 0 } }),
    ),
  ).toEqual({
    ...{ type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }], freightCents: 0 },
  })
  const fewer = { lineNumber: 2, before: plain(line(2)), after: { ...plain(line(2)), quantity: 0 } }
  expect(change(asked('quantity', { lines: [fewer] }))).toEqual({
    ...{ type: 'quantity', lines: [{ lineNumber: 2, quantity: 0 }] },
  })
  const gift = {
    lineNumber: 3,
    before: null,
    after: { lineNumber: 3, skuId: 'SKU-9', quantity: 1, unitPriceCents: 0 },
  }
  expect(change(asked('gift', { lines: [gift] }))).toEqual({
    type: 'gift',
    lines: [{ skuId: 'SKU-9', quantity: 1 }],
  })
  expect(change(asked('refund', { refunds: [{ paymentId: 'PAY-1', amountCents: 300 }] }))).toEqual({
    ...{ type: 'refund', paymentId: 'PAY-1', amountCents: 300 },
  })
  expect(change(asked('cancel', {}))).toEqual({ type: 'cancel' })
})
