import { expect, test } from 'vitest'
import { forgetForms, formKey, keepForm, readForm, sentBeside } from '../../console/src/session/kept-forms.ts'

/** A tab's storage that has room for so many characters. */
function storage(room = 1_000) {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError')
      kept.set(key, value)
    },
    removeItem: (key: string) => void kept.delete(key),
  }
}

const MINE = formKey('me', 'request.1')

test('what was typed comes back to whoever typed it, and nothing to anybody else', () => {
  const store = storage()
  keepForm(MINE, { reason: '换货' }, store)
  expect(readForm(MINE, store)).toEqual({ reason: '换货' })
  expect(readForm(formKey('you', 'request.1'), store)).toBeUndefined()
})

test('what cannot be read is nothing', () => {
  const store = storage()
  store.setItem(MINE, '{"reason":')
  expect(readForm(MINE, store)).toBeUndefined()
})

test('where there is no room for what was typed, an older state of it does not come back instead', () => {
  const store = storage(40)
  expect(keepForm(MINE, { reason: '短' }, store)).toBe(true)
  expect(keepForm(MINE, { reason: '长'.repeat(40) }, store)).toBe(false)
  expect(readForm(MINE, store)).toBeUndefined()
})

test('another person’s forms are forgotten, with what they have sent, and nothing that is no form', () => {
  const store = storage()
  const theirs = formKey('you', 'request.1')
  keepForm(MINE, 1, store)
  keepForm(theirs, 2, store)
  sentBeside(theirs, store).write({ content: '"x"', key: 'k' })
  store.setItem('order-hub.by-link', '1')
  forgetForms('me', store)
  expect(readForm(MINE, store)).toBe(1)
  expect(store.length).toBe(2)
  forgetForms(null, store)
  expect(store.length).toBe(1)
})

test('what was sent is noted beside the form until it is over', () => {
  const store = storage()
  const note = sentBeside(MINE, store)
  expect(note.read()).toBeNull()
  note.write({ content: '{}', key: 'k' })
  expect(sentBeside(MINE, store).read()).toEqual({ content: '{}', key: 'k' })
  note.write(null)
  expect(note.read()).toBeNull()
})
