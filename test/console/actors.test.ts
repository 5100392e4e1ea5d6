import { expect, test } from 'vitest'
import { ActorName, ApplicantName } from '../../console/src/components/actor-name.tsx'
import { markupOf } from './support.ts'

test('whoever did something is named in words, and what lists are filtered by is on hover where that differs', () => {
  const named = (actor: string) => markupOf(ActorName, { actor })
  expect(named('ops-1')).toBe('ops-1')
  expect(named('system')).toBe('<span title="system">系统</span>')
  expect(named('mall:app')).toBe('<span title="mall:app">商城系统（app）</span>')
})

test('a platform is called by its name, and where it asks for a change it is said that its buyer did', () => {
  const asked = { applicant: 'doudian' }
  expect(markupOf(ApplicantName, asked)).toBe('<span title="doudian">抖音（买家申请）</span>')
  expect(markupOf(ApplicantName, asked, 'en')).toBe('<span title="doudian">Douyin (its buyer asked)</span>')
  // What it does besides is its own doing.
  expect(markupOf(ActorName, { actor: 'doudian' })).toBe('<span title="doudian">抖音</span>')
  expect(markupOf(ApplicantName, { applicant: 'li.na' })).toBe('li.na')
})
