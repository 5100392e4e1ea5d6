import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { GENERATED, regenerate } from '../../scripts/generate-docs.ts'
import { LOG_FIELDS } from '../../store/order-story-text.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test.each(Object.entries(GENERATED))('the tables in docs/%s say what the code says', (name, parts) => {
  const text = read(`docs/${name}`)
  expect(text, 'run: npx tsx scripts/generate-docs.ts').toBe(regenerate(text, parts))
})

test('a document without its marks is refused instead of being written wrongly', () => {
  const parts = { states: () => 'a table' }
  expect(regenerate('x <!-- generated: states -->old<!-- end: states --> y', parts)).toBe(
    'x <!-- generated: states -->\na table\n<!-- end: states --> y',
  )
  expect(() => regenerate('x <!-- generated: states --> y', parts)).toThrow('exactly once')
})

test('every field that an order’s decisions log is explained, and has a name in both languages', () => {
  const sources = readdirSync(join(root, 'domain')).filter((name) => /^order-.*\.ts$/.test(name))
  const fields = new Set(
    sources.flatMap((name) =>
      [...read(`domain/${name}`).matchAll(/(?:note\(|moved = )\{\s*field: '(\w+)'/g)].map(
        ([, field = '']) => field,
      ),
    ),
  )
  expect(fields.size).toBeGreaterThan(20)
  const table = read('docs/operation-log.md')
  expect([...fields].filter((field) => !table.includes(`\`${field}\``))).toEqual([])
  expect([...fields].filter((field) => !Object.hasOwn(LOG_FIELDS, field))).toEqual([])
})

/** Markdown of the project itself; folders of tools and data hold other people's. */
const documents = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !/^(node_modules|dist|coverage|\..*)$/.test(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((path) =>
          join(entry.name, path),
        )
      : [entry.name],
  )
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))

test.each(documents)('every link in %s leads to a file and a heading that exist', (path) => {
  const broken = [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !leadsSomewhere(path, target))
  expect(broken).toEqual([])
})

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#')
  const path = file === '' ? from : join(dirname(from), file)
  if (!existsSync(join(root, path))) return false
  if (heading === undefined) return true
  const anchors = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => anchorOf(text))
  return anchors.includes(heading)
}

/** As GitHub makes them: lower case, spaces as dashes, punctuation gone. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
