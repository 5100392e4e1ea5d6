import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  beginPick,
  isComplete,
  isEmpty,
  leftOf,
  type Pick,
  reportMissing,
  scanItem,
} from '../../console/src/picking/pick.ts'
import { Wedge } from '../../console/src/picking/wedge.ts'

const begin = (quantities: Record<string, number>, state = 'created') =>
  beginPick(
    {
      pickTaskId: 'task',
      state,
      lines: Object.entries(quantities).map(([skuId, quantity], index) => ({
        lineNumber: index + 1,
        skuId,
        quantity,
      })),
    },
    { key: 'key', nowMs: 0 },
  )
const scanned = (pick: Pick, code: string): Pick => {
  const result = scanItem(pick, code)
  return result.kind === 'counted' ? result.pick : pick
}

test('each scan of a wanted article counts one unit, until it is complete', () => {
  let pick = begin({ 'SKU-1': 2, 'SKU-2': 1 })
  pick = scanned(pick, 'SKU-1')
  pick = scanned(pick, ' sku-1\t')
  expect(pick.lines.map(({ picked }) => picked)).toEqual([2, 0])
  expect(scanItem(pick, 'SKU-1')).toMatchObject({ kind: 'enough', code: 'SKU-1' })
  expect(isComplete(pick)).toBe(false)
  expect(isComplete(scanned(pick, 'SKU-2'))).toBe(true)
})

test('an article that is not wanted changes nothing and is named', () => {
  const pick = begin({ 'SKU-1': 1 })
  expect(scanItem(pick, 'SKU-9')).toEqual({ kind: 'wrong', code: 'SKU-9' })
})

test('two lines of one article are filled one after the other', () => {
  const lines = [
    { lineNumber: 1, skuId: 'SKU-1', quantity: 1 },
    { lineNumber: 2, skuId: 'SKU-1', quantity: 1 },
  ]
  const pick = beginPick({ pickTaskId: 'task', state: 'created', lines }, { key: 'key', nowMs: 0 })
  expect(isComplete(scanned(scanned(pick, 'SKU-1'), 'SKU-1'))).toBe(true)
})

test('what is missing is what is left of the line, once', () => {
  const pick = scanned(begin({ 'SKU-1': 3 }), 'SKU-1')
  const result = reportMissing(pick, 1)
  expect(result?.quantityMissing).toBe(2)
  expect(result && isComplete(result.pick)).toBe(true)
  expect(result && reportMissing(result.pick, 1)).toBeNull()
  const none = reportMissing(begin({ 'SKU-1': 3 }), 1)
  expect(none && isEmpty(none.pick)).toBe(true)
})

test('whatever is scanned, no line ever has more than was wanted', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('SKU-1', 'SKU-2', 'SKU-3', 'nonsense')), (codes) => {
      const pick = codes.reduce(scanned, begin({ 'SKU-1': 2, 'SKU-2': 1 }))
      const wanted = codes.filter((code) => code === 'SKU-1').length
      expect(pick.lines[0]?.picked).toBe(Math.min(wanted, 2))
      for (const line of pick.lines) expect(leftOf(line)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('a task that another device has picked is to be packed', () => {
  const pick = begin({ 'SKU-1': 2 }, 'picked')
  expect([pick.step, isComplete(pick)]).toEqual(['picked', true])
})

test('a scanner is told from somebody who types by its speed, and a code ends with Enter', () => {
  const codes: string[] = []
  const wedge = new Wedge((code) => codes.push(code))
  const type = (text: string, everyMs: number, fromMs = 0) => {
    for (const [index, key] of [...text].entries()) wedge.key(key, fromMs + index * everyMs)
    return wedge.key('Enter', fromMs + text.length * everyMs)
  }
  expect(type('SKU-0001', 5)).toBe(true)
  expect(type('slowly', 400, 10_000)).toBe(false)
  expect(type('ab', 5, 20_000)).toBe(false)
  wedge.key('Shift', 30_000)
  expect(type('SF123', 5, 30_005)).toBe(true)
  expect(codes).toEqual(['SKU-0001', 'SF123'])
})

test('Enter alone presses whatever button has the focus', () => {
  const wedge = new Wedge(() => expect.unreachable())
  expect(wedge.key('Enter', 0)).toBe(false)
})
