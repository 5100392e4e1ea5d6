import type { SettlementError, SettlementLine, SettlementType } from '../../contracts/settlements.ts'
import { SETTLEMENT_LIMITS, settlementLine } from '../../contracts/settlements.ts'
import { chinaInstant } from '../channels/values.ts'
import type { SheetCell, SheetRow } from '../spreadsheets/read-sheet.ts'

/** Columns of a statement, each by the names that providers and spreadsheets give it. */
const COLUMNS = {
  lineId: ['lineId', '流水号', '账务流水号', '结算流水号', '入账流水号'],
  type: ['type', '类型', '业务类型', '交易类型'],
  serial: ['serial', '支付单号', '交易单号', '支付流水号', '退款单号', '微信支付业务单号', '业务流水号'],
  orderRef: ['orderRef', '订单号', '商户订单号', '订单编号'],
  amountYuan: ['amount', '金额', '金额(元)', '金额（元）', '结算金额', '结算金额(元)', '结算金额（元）'],
  amountCents: ['amountCents', '金额(分)', '金额（分）'],
  settledAt: ['settledAt', '结算时间', '入账时间', '结算日期', '记账时间'],
} as const
type Column = keyof typeof COLUMNS
const REQUIRED: readonly Column[] = ['lineId', 'type', 'settledAt']

const TYPES: Record<string, SettlementType> = {
  payment: 'payment',
  收款: 'payment',
  支付: 'payment',
  交易: 'payment',
  在线支付: 'payment',
  收入: 'payment',
  refund: 'refund',
  退款: 'refund',
  交易退款: 'refund',
  支出: 'refund',
}

/** What a row came to: a line of the statement, an error, or nothing (a total, a remark). */
export type StatementRow = { line: number; settled: SettlementLine } | { error: SettlementError }

const problem = (line: number, field: string, en: string, zh: string): { error: SettlementError } => ({
  error: { line, field, en, zh },
})

/**
 * Reads the rows of a statement. The header is looked for in the first rows, by the names of its columns, in any order; what is
 * above it and other columns are left alone. Amounts are yuan (`1,234.50`) or cents by their header, times without a zone are
 * China's.
 */
export async function* readStatement(rows: AsyncIterable<SheetRow>): AsyncGenerator<StatementRow> {
  let header: Map<Column, number> | null = null
  let count = 0
  for await (const { line, cells } of rows) {
    count += 1
    if (count > SETTLEMENT_LIMITS.rows) {
      yield problem(line, '', `has more than ${SETTLEMENT_LIMITS.rows} rows`, '行数超出上限')
      return
    }
    if (!header) {
      header = headerOf(cells)
      if (!header && count >= SETTLEMENT_LIMITS.headerWithinRows) break
      continue
    }
    if (isRemark(cells, header)) continue
    yield rowOf(line, cells, header)
  }
  if (!header) {
    const needed = [...REQUIRED, 'amountYuan' as const].map((column) => COLUMNS[column].slice(0, 2).join('/'))
    yield problem(1, '', `has no header with ${needed.join(', ')}`, `未找到表头：需要 ${needed.join('、')}`)
  }
}

function headerOf(cells: readonly SheetCell[]): Map<Column, number> | null {
  const names = cells.slice(0, SETTLEMENT_LIMITS.columns).map((cell) => bare(cell))
  const found = new Map<Column, number>()
  for (const [column, aliases] of Object.entries(COLUMNS)) {
    const known: ReadonlySet<string> = new Set(aliases)
    const at = names.findIndex((name) => known.has(name))
    if (at !== -1 && isColumn(column)) found.set(column, at)
  }
  const hasAmount = found.has('amountYuan') || found.has('amountCents')
  return hasAmount && REQUIRED.every((column) => found.has(column)) ? found : null
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name)
}

/** Totals and remarks below the lines: nothing in any column that a line needs, or a line that begins with `#`. */
function isRemark(cells: readonly SheetCell[], header: ReadonlyMap<Column, number>): boolean {
  if (bare(cells[0] ?? null).startsWith('#')) return true
  return [...header.values()].every((at) => bare(cells[at] ?? null) === '')
}

function rowOf(line: number, cells: readonly SheetCell[], header: ReadonlyMap<Column, number>): StatementRow {
  const cell = (column: Column): SheetCell => {
    const at = header.get(column)
    return at === undefined ? null : (cells[at] ?? null)
  }
  for (const column of ['lineId', 'serial', 'orderRef'] as const) {
    if (hasLostDigits(cell(column))) {
      return problem(
        line,
        column,
        'is a number that has lost digits (such as 1.23E+17): make the column text and export it again',
        '编号为科学计数法，已丢失位数：请将该列设为文本后重新导出',
      )
    }
  }
  for (const column of REQUIRED) {
    if (bare(cell(column)) !== '') continue
    const [en, zh] = ['is empty; cells that are merged must be unmerged', '为空；合并单元格请先取消合并']
    return problem(line, column, en, zh)
  }
  const type = TYPES[bare(cell('type'))]
  if (!type)
    return problem(line, 'type', 'is neither 收款 (payment) nor 退款 (refund)', '既不是收款也不是退款')
  const amountCents = centsOf(cell('amountCents'), cell('amountYuan'))
  if (amountCents === null) {
    const en = 'must be an amount other than 0 with at most two decimals, below 10 billion yuan'
    return problem(line, 'amount', en, '金额须为非零且最多两位小数')
  }
  const settledAt = instantOf(cell('settledAt'))
  if (settledAt === null) {
    return problem(
      line,
      'settledAt',
      'must be a time such as 2026-11-01 12:00:00',
      '时间格式应如 2026-11-01 12:00:00',
    )
  }
  const parsed = settlementLine.safeParse({
    lineId: bare(cell('lineId')),
    type,
    serial: bare(cell('serial')) || null,
    orderRef: bare(cell('orderRef')) || null,
    amountCents,
    settledAt,
  })
  if (parsed.success) return { line, settled: parsed.data }
  const [issue] = parsed.error.issues
  return problem(line, issue?.path.join('.') ?? '', issue?.message ?? 'is not valid', '格式无效')
}

/** A cell's text, without what exports put before it to keep spreadsheets from making a number of it. */
function bare(cell: SheetCell): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  const text = String(cell).slice(0, SETTLEMENT_LIMITS.cellCharacters).trim()
  const [, quoted] = /^="(.*)"$/.exec(text) ?? []
  return (quoted ?? text).replace(/^[`']/, '').trim()
}

/** Excel keeps fifteen digits of a number: an id with more of them is another one now. */
const EXACT_DIGITS = 15
function hasLostDigits(cell: SheetCell): boolean {
  if (typeof cell === 'number') {
    return !Number.isInteger(cell) || Math.abs(cell) >= 10 ** EXACT_DIGITS
  }
  return /^\d(\.\d+)?E\+?\d+$/i.test(bare(cell))
}

const MOST_CENTS = 1_000_000_000_000
function centsOf(inCents: SheetCell, inYuan: SheetCell): number | null {
  const hasCents = bare(inCents) !== ''
  const text = amountText(hasCents ? inCents : inYuan)
  const match = /^[+-]?(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(text)
  if (!match) return null
  const [, whole = '', fraction = ''] = match
  if (hasCents && Number(fraction) !== 0) return null
  const cents = hasCents ? Number(whole) : Number(whole) * 100 + Number(fraction.padEnd(2, '0'))
  return cents > 0 && cents <= MOST_CENTS ? cents : null
}

/** `¥1,234.50`, `(12.00)` and the number 1234.5 as `1234.50`; a float is rounded only from what a float adds. */
function amountText(cell: SheetCell): string {
  if (typeof cell === 'number') {
    const rounded = cell.toFixed(2)
    return Math.abs(Number(rounded) - cell) < 1e-6 ? rounded : String(cell)
  }
  return bare(cell)
    .replace(/^\((.*)\)$/, '$1')
    .replace(/[¥￥,\s]/g, '')
    .replace(/元$/, '')
}

const CHINA_MS = 8 * 3_600_000

/** RFC 3339; times without a zone are China's, days begin at midnight. Null where it is no time. */
function instantOf(cell: SheetCell): string | null {
  // A sheet knows no zone: what it shows is what was meant.
  if (cell instanceof Date) {
    return Number.isNaN(cell.getTime()) ? null : chinaInstant(new Date(cell.getTime() - CHINA_MS))
  }
  const text = bare(cell)
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) {
    return Number.isNaN(Date.parse(text)) ? null : text
  }
  const match =
    /^(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(?:[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/.exec(text) ??
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text)
  if (!match) return null
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0'] = match
  const two = (part: string) => part.padStart(2, '0')
  const at = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}+08:00`
  // A 31st of a month that has none is rolled over by some and refused by others: never taken here.
  const back = new Date(Date.parse(at) + CHINA_MS)
  return Number.isNaN(back.getTime()) || back.getUTCDate() !== Number(day) ? null : at
}
