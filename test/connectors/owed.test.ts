import { expect, test } from 'vitest'
import { OwedConfirmations } from '../../connectors/channels/owed.ts'

test('what could not be confirmed is confirmed on the next connection, once and in order', () => {
  const owed = new OwedConfirmations<number>()
  const heard: number[] = []
  let isOpen = false
  const say = (item: number) => isOpen && heard.push(item) > 0
  for (const item of [1, 2, 3]) owed.confirm(item, say)
  owed.settle(say)
  expect(heard).toEqual([])
  isOpen = true
  owed.settle(say)
  owed.settle(say)
  owed.confirm(4, say)
  expect(heard).toEqual([1, 2, 3, 4])
})
