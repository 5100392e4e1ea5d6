import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import { type Cell, writeSheet } from '../../connectors/spreadsheets/sheet.ts'

async function* each(rows: Cell[][]): AsyncGenerator<Cell[]> {
  yield* rows
}
/** With its byte order mark, which decoders leave out. */
const text = async (stream: Readable) => (await buffer(stream)).toString()
const sheetOf = (...rows: Cell[][]) => ({ name: '审计', columns: ['id', '名称', 'cents'], rows: each(rows) })

describe('CSV', () => {
  test('begins with a byte order mark and has quotes, commas and line ends as RFC 4180 wants them', async () => {
    const written = await text(writeSheet('csv', sheetOf(['1', 'say "x", y\nz', null])))
    expect(written).toBe('\uFEFFid,名称,cents\r\n1,"say ""x"", y\nz",\r\n')
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '=cmd|"/c calc"!A0'])(
    'holds no formula: %j is text',
    async (cell) => {
      const written = await text(writeSheet('csv', sheetOf(['1', cell, 0])))
      const [, row] = parse(written, { bom: true }) as string[][]
      expect(row?.[1]).toBe(`'${cell}`)
    },
  )

  test('leaves negative numbers as numbers', async () => {
    expect(await text(writeSheet('csv', sheetOf(['1', 'x', -5])))).toContain('1,x,-5\r\n')
  })
})

describe('XLSX', () => {
  test('is read again as it was written: text is text, whatever it begins with, numbers are numbers', async () => {
    const rows = [
      ['1', '=1+1', -5],
      ['2', '<b>&"\u4e2d\u6587 😀', 0],
      ['3', '@x', null],
    ]
    const book = await readXlsx(await buffer(writeSheet('xlsx', sheetOf(...rows))))
    expect(book.sheets[0]?.rows.map((row) => [...row].map((cell) => cell ?? null))).toEqual([
      ['id', '名称', 'cents'],
      ...rows,
    ])
  })

  test('holds nothing that XML cannot: the file stays readable', async () => {
    const book = await readXlsx(await buffer(writeSheet('xlsx', sheetOf(['1', 'a\u0000b\u000bc\ud800d', 1]))))
    expect(book.sheets[0]?.rows[1]?.[1]).toBe('a\uFFFDb\uFFFDc\uFFFDd')
  })

  test('has cells that are no longer than Excel takes', async () => {
    const book = await readXlsx(await buffer(writeSheet('xlsx', sheetOf(['1', 'x'.repeat(40_000), 1]))))
    expect(String(book.sheets[0]?.rows[1]?.[1])).toHaveLength(32_767)
  })
})

describe.each(['csv', 'xlsx'] as const)('%s of very many rows', (format) => {
  /** Rows without an end, and how many were taken. */
  function endless() {
    let taken = 0
    let closed = false
    async function* rows(): AsyncGenerator<Cell[]> {
      try {
        for (;;) {
          taken += 1
          yield [String(taken), `${taken}-${Math.random()}`.repeat(5), taken]
        }
      } finally {
        closed = true
      }
    }
    return { rows: rows(), taken: () => taken, closed: () => closed }
  }

  test('is written no faster than it is read: rows wait, not bytes', async () => {
    const source = endless()
    const stream = writeSheet(format, { name: 'x', columns: ['a', 'b', 'c'], rows: source.rows })
    let bytes = 0
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length
      if (bytes > 2_000_000) break
    }
    // Some hundred kilobytes may be on their way in buffers; a row is more than ten bytes even when compressed.
    expect(source.taken()).toBeLessThan(400_000)
    await new Promise((resolve) => setImmediate(resolve))
    const taken = source.taken()
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(source.taken() - taken).toBeLessThan(5_000)
  })

  test('passes on that its source failed', async () => {
    async function* failing(): AsyncGenerator<Cell[]> {
      yield ['1', 'x', 1]
      throw new Error('the database went away')
    }
    const stream = writeSheet(format, { name: 'x', columns: ['a', 'b', 'c'], rows: failing() })
    await expect(buffer(stream)).rejects.toThrow('the database went away')
  })
})
