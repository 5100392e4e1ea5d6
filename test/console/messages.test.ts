import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from '../../console/src/i18n/en.ts'
import { zhCN } from '../../console/src/i18n/zh-CN.ts'
import { zhCNScreens } from '../../console/src/i18n/zh-CN-screens.ts'
import { WORK_ITEM_FACTS } from '../../domain/work-item-facts.ts'

const folder = join(import.meta.dirname, '../../console/src')

/** Every text by its key, as `t` names it. */
function flatten(texts: object, prefix = ''): Map<string, string> {
  const entries = Object.entries(texts).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[`${prefix}${name}`, value]] : [...flatten(value, `${prefix}${name}.`)],
  )
  return new Map(entries)
}
const chinese = flatten({ ...zhCN, ...zhCNScreens })
const english = flatten(en)
const placeholders = (text = '') => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort()

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/i18n\/|generated/.test(file))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
const code = sources.map(({ text }) => text).join('\n')

test('both languages have every text, and none is empty', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe('')
})

test('a text has the same blanks in both languages: none stays unfilled', () => {
  for (const [key, text] of chinese) expect(placeholders(english.get(key)), key).toEqual(placeholders(text))
})

test('every fact that a work item tells has words, and nothing else has', () => {
  expect(Object.keys(zhCNScreens.workItemFact).sort()).toEqual(Object.keys(WORK_ITEM_FACTS).sort())
})

test('English texts are English', () => {
  const strange = [...english].filter(
    ([key, text]) => /\p{Script=Han}/u.test(text) && !key.startsWith('language.'),
  )
  expect(strange).toEqual([])
})

test('no text stands outside the catalogue, where nobody would translate it', () => {
  const withoutComments = ({ text }: { text: string }) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  // Problems are told in both languages wherever they come from, also those that the console finds by itself.
  const others = sources.filter(({ file }) => file !== 'api/problem.ts')
  const strange = others.filter((source) => /\p{Script=Han}/u.test(withoutComments(source)))
  expect(strange.map(({ file }) => file)).toEqual([])
})

test('every text is used', () => {
  // Keys that are put together name their group: t(`orderStatus.${status}`).
  const groups = new Set([...code.matchAll(/`([\w.]+)\.\$\{/g)].map(([, group]) => group))
  const isUsed = (key: string) => {
    const group = key.slice(0, key.lastIndexOf('.'))
    return groups.has(group) || new RegExp(`['"\`]${key.replaceAll('.', '\\.')}['"\`]`).test(code)
  }
  expect([...chinese.keys()].filter((key) => !isUsed(key))).toEqual([])
})

test('what is opened first has its texts at hand, without those of the other screens', () => {
  const textOf = new Map(sources.map(({ file, text }) => [file, text]))
  const reached = new Set<string>()
  const visit = (file: string) => {
    const text = textOf.get(file)
    if (text === undefined || reached.has(file)) return
    reached.add(file)
    // Whatever comes by `withScreenTexts` brings the others along.
    const own = text.replace(/withScreenTexts\([^']*'[^']+'/g, '').replace(/import type [^']*'[^']+'/g, '')
    for (const [, path = ''] of own.matchAll(/(?:from|import\(|import) ?'(\.[^']+)'/g))
      visit(join(dirname(file), path))
  }
  visit('main.tsx')
  expect([...reached]).toContain('approvals/approval-pane.tsx')
  const later = Object.keys(zhCNScreens)
  const missing = [...reached].flatMap((file) =>
    later
      .filter((group) => new RegExp(`['"\`]${group}\\.[\\w$]`).test(textOf.get(file) ?? ''))
      .map((group) => `${file}: ${group}`),
  )
  expect(missing).toEqual([])
})
