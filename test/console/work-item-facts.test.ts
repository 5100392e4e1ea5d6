import { expect, test } from 'vitest'
import { formatMoment } from '../../console/src/format/time.ts'
import { FactName, FactValue } from '../../console/src/watch/work-item-facts.tsx'
import { markupOf } from './support.ts'

const shownAs = (name: string, value: string | number) => markupOf(FactValue, { name, value })
const ORDER = '0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11'
const AT = '2026-11-28T05:06:07.000Z'

test('a fact of a work item is called by its name in the language of the reader; one that has none keeps its own', () => {
  const fact = { name: 'amountCents' }
  expect(markupOf(FactName, fact)).toBe('金额')
  expect(markupOf(FactName, fact, 'en')).toBe('Amount')
  expect(markupOf(FactName, { name: 'toString' })).toBe('<span class="code">toString</span>')
})

test('a fact of a work item is shown as what it is: money, a time, a link to its order, a name, or as it stands', () => {
  expect(shownAs('amountCents', 19_950)).toContain('¥199.50')
  expect(shownAs('silentSince', AT)).toContain(formatMoment(AT))
  expect(shownAs('recordedOrderId', ORDER)).toMatch(new RegExp(`<a [^>]*href="/orders/${ORDER}"`))
  expect(shownAs('courier', 'sf')).toBe('顺丰')
  expect(shownAs('platform', 'taobao')).toBe('淘宝天猫')
  expect(shownAs('counterpart', 'wms')).toBe('仓库系统')
  expect(shownAs('inspector', 'system')).toContain('系统')
  expect(shownAs('inboxId', 4_711)).toBe('4711')
  expect(shownAs('colour', 'red')).toBe('red')
})

test('what is not known is told by a dash, and a name that the console has no word for as it is', () => {
  expect(shownAs('asOf', '')).toContain('–')
  expect(shownAs('courier', 'unheard-of')).toBe('unheard-of')
  expect(shownAs('counterpart', 'unheard-of')).toBe('unheard-of')
})
