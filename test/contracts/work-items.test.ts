import { expect, test } from 'vitest'
import { WORK_ITEM_TEXT } from '../../contracts/work-items.ts'
import { WORK_ITEM_KINDS } from '../../domain/order.ts'

test('the kinds of work items and their texts are the same list', () => {
  expect(Object.keys(WORK_ITEM_TEXT).sort()).toEqual([...WORK_ITEM_KINDS].sort())
  expect(new Set(WORK_ITEM_KINDS).size).toBe(WORK_ITEM_KINDS.length)
})

test.each(WORK_ITEM_KINDS)('%s says in both languages what is wrong and what to do next', (kind) => {
  const { en, zh, nextEn, nextZh } = WORK_ITEM_TEXT[kind]
  for (const english of [en, nextEn]) expect(english).toMatch(/^[A-Z][^\p{Script=Han}]{8,}[^.]$/u)
  for (const chinese of [zh, nextZh]) expect(chinese).toMatch(/\p{Script=Han}{2,}/u)
})
