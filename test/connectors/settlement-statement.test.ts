import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { writeXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import { readStatement, type StatementRow } from '../../connectors/finance/statement.ts'
import { readSheet, UnreadableSheetError } from '../../connectors/spreadsheets/read-sheet.ts'
import { writeSheet } from '../../connectors/spreadsheets/sheet.ts'

async function read(format: 'csv' | 'xlsx', file: Uint8Array): Promise<StatementRow[]> {
  // In pieces: a character may be cut in two.
  const pieces = () => {
    const size = Math.max(1, Math.ceil(file.length / 7))
    return Readable.from(
      Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
        Buffer.from(file.subarray(index * size, (index + 1) * size)),
      ),
    )
  }
  const { rows } = await readSheet(format, async () => pieces())
  const found: StatementRow[] = []
  for await (const row of readStatement(rows)) found.push(row)
  return found
}
const csv = (text: string) => read('csv', Buffer.from(text))
const HEADER = '流水号,类型,支付单号,订单号,金额,结算时间'
const settled = {
  lineId: 'L-1',
  type: 'payment',
  serial: 'PAY-1',
  orderRef: '4201998877665544332',
  amountCents: 123_450,
  settledAt: '2026-11-01T12:00:00+08:00',
}

/** `流水号,类型,…` and one line, as a spreadsheet of this country saves it: GB18030, which Node only reads. */
const GB18030 = Buffer.from(
  'c1f7cbaebac52cc0e0d0cd2cd6a7b8b6b5a5bac52cb6a9b5a5bac52cbdf0b6ee2cbde1cbe3cab1bce40d0a' +
    '4c2d312ccad5bfee2c5041592d312c343230313939383837373636353534343333322c22312c3233342e3530222c323032362d31312d30312031323a30303a30300d0a',
  'hex',
)

test.each([
  ['UTF-8', Buffer.from(`${HEADER}\nL-1,收款,PAY-1,4201998877665544332,"1,234.50",2026-11-01 12:00:00\n`)],
  [
    'UTF-8 with a mark',
    Buffer.from(`\uFEFF${HEADER}\nL-1,收款,PAY-1,4201998877665544332,1234.5,2026/11/1 12:00\n`),
  ],
  ['GB18030', GB18030],
  [
    'UTF-16',
    Buffer.from(
      `\uFEFF${HEADER}\nL-1,收款,PAY-1,4201998877665544332,¥1234.50,2026-11-01 12:00:00\n`,
      'utf16le',
    ),
  ],
  [
    'tabs',
    Buffer.from(
      `${HEADER.replaceAll(',', '\t')}\nL-1\t收款\tPAY-1\t4201998877665544332\t1234.50\t20261101120000\n`,
    ),
  ],
  [
    'English names, in cents',
    Buffer.from(
      'lineId,type,serial,orderRef,amountCents,settledAt\nL-1,payment,PAY-1,4201998877665544332,123450,2026-11-01T12:00:00+08:00\n',
    ),
  ],
])('a statement in %s says the same', async (_name, file) => {
  expect(await read('csv', file)).toEqual([{ line: 2, settled }])
})

test('of a file without end no more is read than is taken, so that a million lines take no more memory than ten', async () => {
  const MOST_AHEAD = 5_000
  let written = 0
  const open = async (lines: number) =>
    Readable.from(
      (function* () {
        yield Buffer.from(`${HEADER}\n`)
        for (let line = 0; line < lines; line += 1) {
          written += 1
          yield Buffer.from(`L-${line},收款,PAY-${line},,1.00,2026-11-01\n`)
        }
      })(),
    )
  // The first reading only says how it is encoded, and keeps nothing.
  const lengths = [10, Number.POSITIVE_INFINITY]
  const { rows } = await readSheet('csv', () => open(lengths.shift() ?? 0))
  written = 0
  let taken = 0
  for await (const row of readStatement(rows)) {
    expect(row).toHaveProperty('settled')
    taken += 1
    if (taken === 20_000) break
  }
  expect(written).toBeLessThan(taken + MOST_AHEAD)
})

test('a title and remarks above the header, other columns, totals and remarks below are left alone', async () => {
  const rows = await csv(
    `微信支付结算单\n#起始日期：2026-11-01\n序号,${HEADER},备注\n1,\`L-1,收款,\`PAY-1,="4201998877665544332",1234.50,2026-11-01 12:00:00,x\n合计,,,,,,,1 笔\n#导出时间：2026-11-02\n`,
  )
  expect(rows).toEqual([{ line: 4, settled }])
})

test('a refund is one whatever the sign of its amount', async () => {
  const rows = await csv(`${HEADER}\nL-1,退款,R-1,,-12.30,2026-11-01\nL-2,退款,R-2,,(12.30),2026-11-01\n`)
  expect(rows).toMatchObject([
    {
      settled: { type: 'refund', amountCents: 1_230, orderRef: null, settledAt: '2026-11-01T00:00:00+08:00' },
    },
    { settled: { amountCents: 1_230 } },
  ])
})

describe('what cannot be meant is told with its line', () => {
  test.each([
    ['L-1,收款,PAY-1,4.20199887766554E+18,1.00,2026-11-01', 'orderRef', /lost digits/],
    ['1.2E+15,收款,PAY-1,,1.00,2026-11-01', 'lineId', /lost digits/],
    [',收款,PAY-1,,1.00,2026-11-01', 'lineId', /merged must be unmerged/],
    ['L-1,转账,PAY-1,,1.00,2026-11-01', 'type', /neither/],
    ['L-1,收款,PAY-1,,1.005,2026-11-01', 'amount', /two decimals/],
    ['L-1,收款,PAY-1,,0,2026-11-01', 'amount', /other than 0/],
    ['L-1,收款,PAY-1,,#N/A,2026-11-01', 'amount', /amount/],
    ['L-1,收款,PAY-1,,1.00,2026-02-30', 'settledAt', /must be a time/],
    ['L-1,收款,PAY-1,,1.00,yesterday', 'settledAt', /must be a time/],
    ['有 空格,收款,PAY-1,,1.00,2026-11-01', 'lineId', /printable/],
  ])('%s', async (row, field, message) => {
    const [found] = await csv(`${HEADER}\n${row}\n`)
    expect(found).toMatchObject({ error: { line: 2, field, en: expect.stringMatching(message) } })
  })

  test('a file without a header that is known', async () => {
    expect(await csv('a,b,c\n1,2,3\n')).toMatchObject([
      { error: { line: 1, zh: expect.stringContaining('表头') } },
    ])
  })
})

test('an encoding that is none is told, and so is what is no workbook', async () => {
  await expect(read('csv', Buffer.from([0x61, 0xff, 0xff, 0x0a]))).rejects.toMatchObject({
    reason: 'encoding',
  })
  await expect(read('xlsx', Buffer.from('PK\x03\x04 not really'))).rejects.toBeInstanceOf(
    UnreadableSheetError,
  )
})

describe('a workbook', () => {
  const names = HEADER.split(',')
  const book = async (rows: unknown[][], more: object = {}) => {
    const sheets = [{ name: '结算', rows: [names, ...rows], ...more }]
    // The library's own types are wider than what a test writes.
    return read('xlsx', await writeXlsx({ sheets } as Parameters<typeof writeXlsx>[0]))
  }
  const at = new Date('2026-11-01T12:00:00Z')

  test('says the same as text, with numbers and dates of its own', async () => {
    expect(
      await book([['L-1', '收款', 'PAY-1', '4201998877665544332', 1234.5, '2026-11-01 12:00:00']]),
    ).toEqual([{ line: 2, settled }])
    expect(await book([['L-1', '收款', 'PAY-1', '4201998877665544332', 1234.5, at]])).toEqual([
      { line: 2, settled },
    ])
  })

  test('an id of up to fifteen digits may be a number, a longer one has lost some', async () => {
    const rows = await book([
      [123_456_789_012_345, '收款', 'P', null, 1, '2026-11-01'],
      [1_234_567_890_123_456, '收款', 'P', null, 1, '2026-11-01'],
    ])
    expect(rows).toMatchObject([
      { settled: { lineId: '123456789012345' } },
      { error: { line: 3, field: 'lineId', zh: expect.stringContaining('科学计数法') } },
    ])
  })

  test('cells that are merged leave the lines below without, which is told', async () => {
    const rows = [
      ['L-1', '收款', 'PAY-1', 'O-1', 1, '2026-11-01'],
      [null, '收款', 'PAY-2', null, 1, '2026-11-01'],
    ]
    const merges = [{ startRow: 1, endRow: 2, startCol: 0, endCol: 0 }]
    expect(await book(rows, { merges })).toMatchObject([
      { line: 2 },
      { error: { line: 3, field: 'lineId', zh: expect.stringContaining('合并单元格') } },
    ])
  })

  test('a formula counts as its result; one without is empty', async () => {
    const cells = new Map([
      ['1,4', { value: 12.5, formula: 'SUM(A1:A2)', formulaResult: 12.5 }],
      ['2,4', { value: null, formula: 'SUM(A1:A2)' }],
    ])
    const rows = await book(
      [
        ['L-1', '收款', 'PAY-1', null, null, '2026-11-01'],
        ['L-2', '收款', 'PAY-2', null, null, '2026-11-01'],
      ],
      { cells },
    )
    expect(rows).toMatchObject([{ settled: { amountCents: 1_250 } }, { error: { line: 3, field: 'amount' } }])
  })

  test('what the hub itself exports can be read again', async () => {
    const cells = [['L-1', 'payment', 'PAY-1', '4201998877665544332', 123_450, '2026-11-01T12:00:00+08:00']]
    const columns = ['lineId', 'type', 'serial', 'orderRef', 'amountCents', 'settledAt']
    for (const format of ['csv', 'xlsx'] as const) {
      const sheet = { name: 'settled', columns, rows: Readable.from(cells) }
      expect(await read(format, await buffer(writeSheet(format, sheet)))).toEqual([{ line: 2, settled }])
    }
  })
})
