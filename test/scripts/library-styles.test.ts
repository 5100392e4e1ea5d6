import { build } from 'vite'
import { expect, test } from 'vitest'
import { libraryStyles } from '../../console/library-styles.ts'

/** Builds a page of one module, without writing it anywhere. */
async function built(code: string) {
  const page = 'virtual:page'
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      libraryStyles(),
      {
        name: 'page',
        resolveId: (id) => (id === page ? page : null),
        load: (id) => (id === page ? code : null),
      },
    ],
    build: { write: false, cssCodeSplit: true, rolldownOptions: { input: page } },
  })
  const files = [output].flat().flatMap((each) => ('output' in each ? each.output : []))
  const textOf = (ending: string) =>
    files
      .filter(({ fileName }) => fileName.endsWith(ending))
      .map((file) => (file.type === 'chunk' ? file.code : String(file.source)))
      .join('\n')
  return { styles: textOf('.css'), script: textOf('.js') }
}

test('a part comes with its own styles, its variables and no other part’s, below the console’s own', async () => {
  const { styles } = await built(`import { Button } from 'antd'; console.log(Button)`)
  expect(styles).toMatch(/^@layer library\s*\{/)
  expect(styles).toContain('.ant-btn-primary')
  expect(styles).toContain('--ant-button-')
  expect(styles).not.toContain('.ant-select')
})

test('what makes styles in the browser is not in the console', async () => {
  const { script } = await built(`import { Button, Select } from 'antd'; console.log(Button, Select)`)
  // Whole files in a message would say nothing.
  expect([
    script.includes('ant-select') || script.includes('select'),
    script.includes(':focus-visible'),
  ]).toEqual([true, false])
})

test('a part that would have no styles keeps the console from being built', async () => {
  await expect(built(`import { Rate } from 'antd'; console.log(Rate)`)).rejects.toThrow(
    'not drawn in library-styles.ts: Rate-Rate',
  )
})
