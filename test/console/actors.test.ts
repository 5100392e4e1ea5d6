import { expect, test } from 'vitest'
import { ActorName } from '../../console/src/components/actor-name.tsx'
import { markupOf } from './support.ts'

test('whoever did something is named in words, and what lists are filtered by is on hover where that differs', () => {
  const named = (actor: string) => markupOf(ActorName, { actor })
  expect(named('ops-1')).toBe('ops-1')
  expect(named('system')).toBe('<span title="system">系统</span>')
  expect(named('mall:app')).toBe('<span title="mall:app">商城系统（app）</span>')
})
