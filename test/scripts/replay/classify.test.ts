import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../contracts/common.ts'
import { classify as classifyLines, isGoods, sumOfDays } from '../../../scripts/replay/classify.ts'
import type { RetailLine } from '../../../scripts/replay/retail-line.ts'
import { selectDays } from '../../../scripts/replay/selection.ts'

const dayOne = Date.UTC(2010, 0, 4) / 1_000

/** With the tallies of all days as one. */
function classify(lines: RetailLine[]) {
  const result = classifyLines(lines)
  return { ...result, ...sumOfDays(result.days.values()) }
}

/** Lines as they would follow one another in the file, each a minute after the one before. */
function file(...lines: Partial<RetailLine>[]): RetailLine[] {
  return lines.map((line, index) => ({
    fileLine: index + 1,
    sheet: 1,
    invoice: '500001',
    stockCode: '85048',
    description: 'GLASS BALL LIGHTS',
    quantity: 1,
    atSeconds: dayOne + index * 60,
    pricePence: 695,
    customerId: '13085',
    country: 'United Kingdom',
    ...line,
  }))
}

const linesOf = (result: ReturnType<typeof classify>) =>
  Object.fromEntries(
    Object.entries(result.lines).flatMap(([bucket, { lines }]) => (lines > 0 ? [[bucket, lines]] : [])),
  )

describe('which codes are goods', () => {
  test.each(['85048', '79323P', '15056BL', 'DCGS0058', 'DCGSSGIRL', 'SP1002'])('%s is', (code) => {
    expect(isGoods(code)).toBe(true)
  })
  test.each([
    'POST',
    'M',
    'D',
    'DOT',
    'BANK CHARGES',
    'AMAZONFEE',
    'ADJUST',
    'C2',
    'CRUK',
    'S',
    'PADS',
    'B',
    'GIFT',
    'GIFT_0001_20',
    'TEST001',
    '',
  ])('%s is not', (code) => {
    expect(isGoods(code)).toBe(false)
  })
})

describe('sales', () => {
  test('an invoice becomes one order with the lines of one article at one price summed', () => {
    const result = classify(file({ quantity: 2 }, { stockCode: '22041', pricePence: 210 }, { quantity: 3 }))
    expect(result.orders).toMatchObject([
      {
        key: '500001-1',
        customerId: '13085',
        lines: [
          { stockCode: '85048', quantity: 5, pricePence: 695 },
          { stockCode: '22041', quantity: 1, pricePence: 210 },
        ],
      },
    ])
    expect(result.lines.ordered).toEqual({ lines: 3, units: 6, pence: 5 * 695 + 210 })
    expect(result.invoices).toEqual({ order: 1, return: 0, 'unmatched return': 0, apart: 0 })
  })

  test('an article at two prices goes into two orders, because an order takes a SKU once', () => {
    const { orders } = classify(file({ pricePence: 695 }, { pricePence: 500 }, { stockCode: '22041' }))
    expect(orders.map(({ key, lines }) => [key, lines.map(({ pricePence }) => pricePence)])).toEqual([
      ['500001-1', [695, 695]],
      ['500001-2', [500]],
    ])
  })

  test('more articles than an order may have go into further orders, and so do too many units', () => {
    const articles = Array.from({ length: LIMITS.orderLines + 1 }, (_, index) => ({
      stockCode: String(10_000 + index),
    }))
    expect(classify(file(...articles)).orders.map(({ lines }) => lines.length)).toEqual([
      LIMITS.orderLines,
      1,
    ])
    const many = classify(file({ quantity: LIMITS.lineQuantity }, { quantity: 7 }))
    expect(many.orders.map(({ lines }) => lines.map(({ quantity }) => quantity))).toEqual([
      [LIMITS.lineQuantity],
      [7],
    ])
  })

  test('an article has the name and price of its first sale', () => {
    const { articles } = classify(file({ description: '' }, { description: 'LIGHTS', pricePence: 500 }))
    expect(articles.get('85048')).toEqual({ stockCode: '85048', name: 'LIGHTS', pricePence: 695 })
  })
})

describe('what is no sale', () => {
  test('codes that are no goods are listed by code, with their money', () => {
    const result = classify(
      file(
        { stockCode: 'POST', description: 'POSTAGE', pricePence: 1800 },
        { invoice: 'C500002', stockCode: 'D', quantity: -1 },
        {},
      ),
    )
    expect(linesOf(result)).toEqual({ ordered: 1, 'not goods': 2 })
    expect(result.notGoods.get('POST')).toEqual({ lines: 1, units: 1, pence: 1800 })
    expect(result.notGoods.get('D')).toMatchObject({ units: -1, pence: -695 })
    expect(result.invoices).toEqual({ order: 1, return: 0, 'unmatched return': 0, apart: 1 })
  })

  test('goods at price 0 and corrections of the stock record are apart', () => {
    const result = classify(
      file(
        { pricePence: 0 },
        { quantity: -5, pricePence: 0 },
        { quantity: 0 },
        { pricePence: -100 },
        { invoice: 'C500002' },
      ),
    )
    expect(linesOf(result)).toEqual({ 'zero price': 1, adjustment: 4 })
    expect(result.orders).toEqual([])
  })

  test('the days that both sheets hold count once', () => {
    const once = [{ quantity: 2 }, { stockCode: '22041' }]
    const lines = file(...once, { invoice: '500002' }, ...once.map((line) => ({ ...line, sheet: 2 })))
    const sameTimes = lines.map((line) => ({ ...line, atSeconds: dayOne }))
    const result = classify(sameTimes)
    expect(linesOf(result)).toEqual({ ordered: 3, repeated: 2 })
    expect(result.invoices.order).toBe(2)
    expect(result.lines.ordered.units).toBe(4)
  })

  test('an invoice that differs between the sheets is not taken for a repetition', () => {
    const result = classify(file({ atSeconds: dayOne }, { atSeconds: dayOne, sheet: 2, quantity: 9 }))
    expect(linesOf(result)).toEqual({ ordered: 2 })
  })
})

describe('cancellations', () => {
  const cancelled = { invoice: 'C500009', quantity: -1 }

  test('come back from the latest earlier sale of the same customer and article', () => {
    const result = classify(
      file(
        { invoice: '500001' },
        { invoice: '500002' },
        { invoice: '500003', customerId: '99999' },
        cancelled,
        {
          invoice: '500004',
        },
      ),
    )
    expect(result.returns).toMatchObject([
      { invoice: 'C500009', orderKey: '500002-1', lines: [{ lineNumber: 1, quantity: 1 }] },
    ])
    expect(linesOf(result)).toEqual({ ordered: 4, returned: 1 })
  })

  test('name the line of the order that holds the article', () => {
    const result = classify(file({ stockCode: '22041' }, { quantity: 4 }, { ...cancelled, quantity: -3 }))
    expect(result.returns[0]?.lines).toEqual([{ lineNumber: 2, quantity: 3 }])
  })

  test('span several sales when one is not enough, and no unit comes back twice', () => {
    const result = classify(
      file(
        { invoice: '500001', quantity: 3 },
        { invoice: '500002', quantity: 2 },
        { ...cancelled, quantity: -4 },
        { ...cancelled, invoice: 'C500010', quantity: -2 },
        { ...cancelled, invoice: 'C500011' },
      ),
    )
    expect(
      result.returns.map(({ invoice, orderKey, lines }) => [invoice, orderKey, lines[0]?.quantity]),
    ).toEqual([
      ['C500009', '500002-1', 2],
      ['C500009', '500001-1', 2],
      ['C500010', '500001-1', 1],
    ])
    expect(linesOf(result)).toEqual({
      ordered: 2,
      returned: 1,
      'returned in part': 1,
      'return beyond sales': 1,
    })
    expect(result.returnUnits).toEqual({ matched: 5, unmatched: 2 })
    expect(result.invoices).toEqual({ order: 2, return: 2, 'unmatched return': 1, apart: 0 })
  })

  test('two lines of a cancellation for one article become one line of one return', () => {
    const result = classify(file({ quantity: 5 }, { ...cancelled, quantity: -2 }, cancelled))
    expect(result.returns).toMatchObject([{ lines: [{ lineNumber: 1, quantity: 3 }] }])
  })

  test('without a customer, without a sale and before the sale stay unmatched, with the reason', () => {
    const result = classify(
      file(
        { ...cancelled, invoice: 'C500010' },
        { customerId: null },
        { ...cancelled, customerId: null },
        {
          ...cancelled,
          stockCode: '22041',
        },
      ),
    )
    expect(linesOf(result)).toEqual({ ordered: 1, 'return without customer': 1, 'return without sale': 2 })
    expect(result.returnUnits).toEqual({ matched: 0, unmatched: 3 })
  })
})

describe('every line of any file', () => {
  const line = fc.record({
    invoice: fc.constantFrom('500001', '500002', '500003', 'C500004', 'C500005', 'A500006'),
    stockCode: fc.constantFrom('85048', '22041', 'POST', 'M'),
    quantity: fc.integer({ min: -5, max: 5 }),
    pricePence: fc.constantFrom(0, 1, 695, -100),
    customerId: fc.constantFrom('13085', '13086', null),
    sheet: fc.constantFrom(1, 2),
  })

  test('ends in exactly one bucket, and no more comes back than was sold', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const rows = file(...lines)
        const result = classify(rows)
        const total = Object.values(result.lines).reduce((sum, { lines }) => sum + lines, 0)
        expect(total).toBe(rows.length)
        const units = Object.values(result.lines).reduce((sum, { units }) => sum + units, 0)
        expect(units).toBe(rows.reduce((sum, { quantity }) => sum + quantity, 0))
        const invoices = Object.values(result.invoices).reduce((sum, count) => sum + count, 0)
        expect(invoices).toBe(new Set(rows.map(({ invoice }) => invoice)).size)
        for (const order of result.orders) {
          for (const [index, { quantity }] of order.lines.entries()) {
            const back = result.returns
              .filter(({ orderKey }) => orderKey === order.key)
              .flatMap(({ lines }) => lines.filter(({ lineNumber }) => lineNumber === index + 1))
              .reduce((sum, { quantity }) => sum + quantity, 0)
            expect(back).toBeLessThanOrEqual(quantity)
          }
        }
      }),
    )
  })
})

describe('selectDays', () => {
  const dayTwo = dayOne + 86_400
  const classification = classify(
    file(
      { invoice: '500001', atSeconds: dayOne - 60, quantity: 2 },
      { invoice: '500002', atSeconds: dayOne, stockCode: '22041' },
      { invoice: '500003', atSeconds: dayTwo - 1, stockCode: '22041' },
      { invoice: 'C500004', atSeconds: dayTwo - 1, quantity: -2 },
      { invoice: 'C500005', atSeconds: dayTwo - 1, quantity: -1, stockCode: '22041' },
      { invoice: '500006', atSeconds: dayTwo },
    ),
  )

  test('takes whole days and the returns of their orders, and counts returns of earlier orders', () => {
    const selection = selectDays(classification, { fromDay: '2010-01-04', days: 1 })
    expect(selection.orders.map(({ key }) => key)).toEqual(['500002-1', '500003-1'])
    expect(selection.returns.map(({ orderKey }) => orderKey)).toEqual(['500003-1'])
    expect(selection.unitsOfEarlierOrders).toBe(2)
  })

  test('tallies what the file has in these days, and nothing of other days', () => {
    const { file: inDays, orders } = selectDays(classification, { fromDay: '2010-01-04', days: 1 })
    expect(inDays.lines.ordered).toMatchObject({ lines: 2, units: 2 })
    expect(inDays.lines.ordered.units).toBe(orders.flatMap(({ lines }) => lines).length)
    expect(inDays.lines.returned).toMatchObject({ lines: 2, units: -3 })
    expect(inDays.invoices).toEqual({ order: 2, return: 2, 'unmatched return': 0, apart: 0 })
    const all = selectDays(classification, { fromDay: '2010-01-01', days: 30 }).file
    expect(all).toEqual(sumOfDays(classification.days.values()))
  })

  test('a limit cuts orders off together with their returns', () => {
    const selection = selectDays(classification, { fromDay: '2010-01-04', days: 1, limit: 1 })
    expect(selection).toMatchObject({ orders: [{ key: '500002-1' }], returns: [], unitsOfEarlierOrders: 2 })
  })

  test.each(['', '2010-13-01', '2010-01-4', 'yesterday'])('refuses %j as a day', (fromDay) => {
    expect(() => selectDays(classification, { fromDay, days: 1 })).toThrow('not a day')
  })
})
