import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { parseInvoiceDate, parseRetailCsv } from '../../../scripts/replay/dataset.ts'
import type { RetailLine } from '../../../scripts/replay/retail-line.ts'

const header = 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country'

async function read(...rows: string[]): Promise<RetailLine[]> {
  const text = `${rows.join('\n')}\n`
  // In pieces of seven bytes: a record or a character may be cut anywhere.
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(index * 7, index * 7 + 7),
  )
  const lines: RetailLine[] = []
  for await (const line of parseRetailCsv(Readable.from(pieces))) lines.push(line)
  return lines
}

describe('parseRetailCsv', () => {
  test('gives integers, trimmed upper-case codes and the customer without the decimal point', async () => {
    expect(
      await read(header, '489434,79323p ,"RECORD FRAME 7"" SIZE ",48,12/1/2009 7:45,2.1,13085.0,EIRE'),
    ).toEqual([
      {
        fileLine: 1,
        sheet: 1,
        invoice: '489434',
        stockCode: '79323P',
        description: 'RECORD FRAME 7" SIZE',
        quantity: 48,
        atSeconds: Date.UTC(2009, 11, 1, 7, 45) / 1_000,
        pricePence: 210,
        customerId: '13085',
        country: 'EIRE',
      },
    ])
  })

  test('prices are exact to the penny', async () => {
    const prices = ['1.1', '0.29', '4.35', '1.005', '38970', '-53594.36', '0.0']
    const lines = await read(
      header,
      ...prices.map((price) => `489434,M,Manual,1,12/1/2009 7:45,${price},,UK`),
    )
    expect(lines.map(({ pricePence }) => pricePence)).toEqual([110, 29, 435, 100, 3_897_000, -5_359_436, 0])
    expect(lines.every(({ customerId }) => customerId === null)).toBe(true)
  })

  test('the second sheet begins where time jumps back by days, not by minutes', async () => {
    const at = (date: string) => `489434,85048,X,1,${date},1,,UK`
    const lines = await read(
      header,
      ...['12/9/2010 20:01', '12/9/2010 19:40', '12/1/2010 8:26', '12/1/2010 8:20'].map(at),
    )
    expect(lines.map(({ sheet }) => sheet)).toEqual([1, 1, 2, 2])
    expect(lines.map(({ fileLine }) => fileLine)).toEqual([1, 2, 3, 4])
  })

  test('a line that is not understood stops the reading and is named', async () => {
    const good = '489434,85048,X,1,12/1/2009 7:45,1,,UK'
    for (const bad of [
      good.replace(',1,', ',1.5,'),
      good.replace(',1,', ',,'),
      good.replace('12/1', '31/12'),
      good.replace('489434', 'Z1'),
      good.replace('85048', ''),
    ]) {
      await expect(read(header, good, bad)).rejects.toThrow('line 2')
    }
  })

  test('other columns and a broken source are errors, not an empty file', async () => {
    await expect(read('a,b,c,d,e,f,g,h')).rejects.toThrow('unexpected columns')
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from(`${header}\n`)
        throw new Error('disk on fire')
      })(),
    )
    await expect(parseRetailCsv(broken).next()).rejects.toThrow('disk on fire')
  })
})

test('a reader that stops early closes the source', async () => {
  const closed = new Promise<void>((resolve) => {
    const source = async function* () {
      try {
        yield Buffer.from(`${header}\n`)
        for (;;) yield Buffer.from('489434,85048,X,1,12/1/2009 7:45,1,,UK\n'.repeat(1_000))
      } finally {
        resolve()
      }
    }
    void (async () => {
      for await (const line of parseRetailCsv(source())) if (line.fileLine === 5) break
    })()
  })
  await closed
})

describe('parseInvoiceDate', () => {
  test('reads month before day', () => {
    expect(new Date(parseInvoiceDate('12/1/2009 7:45') * 1_000).toISOString()).toBe(
      '2009-12-01T07:45:00.000Z',
    )
  })

  test.each(['', '2009-12-01 07:45', '13/1/2009 7:45', '2/30/2010 7:45', '12/1/2009 24:00', '12/1/2009 7:5'])(
    '%j is no date',
    (value) => {
      expect(parseInvoiceDate(value)).toBeNaN()
    },
  )
})
