import { createCache, extractStyle, StyleProvider } from '@ant-design/cssinjs'
import * as antd from 'antd'
import { createElement, Fragment, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import type { ESTree, Plugin } from 'vite'
import { theme } from './src/theme.ts'

/** `virtual:library-styles/base.css` and one sheet for each of the library's styles, fetched with the part that has them. */
const SHEET = /^virtual:library-styles\/(.+)\.css$/
const BASE = 'base'
/** Where the library makes styles in the browser; what stands there instead is below. */
const LIBRARY = /node_modules[\\/]antd[\\/]es[\\/](.+\.js)$/
/** Asked for by nobody whose theme is not the library's wireframe. */
const NEVER = 'Pagination-bordered'
/** How style modules make styles: `genStyleHooks('Button', …)`, `genSubStyleComponent(['Button', 'compact'], …)`. */
const MAKER = /^gen(StyleHooks|SubStyleComponent|ComponentStyleHook)$/

/**
 * The component library's styles, made when the console is built instead of in the browser as each part is drawn first: the parts
 * are drawn once here, and what makes styles is left out of the bundle. Why: ADR 0027.
 *
 * Fails where a part has got into the bundle that is not drawn here, and would have no styles.
 */
export function libraryStyles(): Plugin {
  let drawn: Drawn | null = null
  const named = new Map<string, string[]>()
  return {
    name: 'order-hub-library-styles',
    enforce: 'pre',
    configResolved({ command }) {
      // While the console is written, the library makes them as it is meant to.
      if (command === 'build') drawn = drawParts()
    },
    resolveId: (id) => (SHEET.test(id) ? id : null),
    load(id) {
      const name = SHEET.exec(id)?.[1]
      return name === undefined ? null : `@layer library{${drawn?.sheets.get(name) ?? ''}}`
    },
    transform(code, id) {
      if (drawn === null) return null
      const path = LIBRARY.exec(id)?.[1]?.replaceAll('\\', '/')
      if (path === undefined) return null
      if (path === 'theme/useToken.js') return tokenModule(drawn.token)
      const stand = STANDS[path]
      if (stand !== undefined) return stand
      const calls = callsOfMakers(this.parse(code))
      if (calls.length === 0) return null
      named.set(
        id,
        calls.map(({ name }) => name),
      )
      const imports = calls
        .flatMap(({ name }) => [variablesOf(name.split('-')[0]), name])
        .map((name) => `import 'virtual:library-styles/${name}.css'\n`)
      return { code: imports.join('') + withoutArguments(code, calls), moduleSideEffects: false }
    },
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const used = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => named.get(id) ?? [])))
      const missing = [...used].filter((name) => !drawn?.sheets.has(name) && name !== NEVER)
      if (missing.length > 0) this.error(`not drawn in library-styles.ts: ${missing.sort().join(', ')}`)
    },
  }
}

type MakerCall = { name: string; from: number; to: number }

/** Where a module makes styles, what the library's cache names them, and where in the module's text the arguments are. */
function callsOfMakers({ body }: ESTree.Program): MakerCall[] {
  return body
    .flatMap((statement) => madeBy(statement))
    .flatMap((call) => {
      const [first] = call.arguments
      const last = call.arguments.at(-1)
      if (call.callee.type !== 'Identifier' || !MAKER.test(call.callee.name) || !first || !last) return []
      const cells = first.type === 'ArrayExpression' ? first.elements : [first, first]
      const name = cells.map((cell) => (cell?.type === 'Literal' ? cell.value : '?')).join('-')
      return [{ name, from: first.start, to: last.end }]
    })
}

/** The calls whose outcome a statement of a module exports, or keeps under a name. */
function madeBy(statement: ESTree.Program['body'][number]): ESTree.CallExpression[] {
  const { declaration } = 'declaration' in statement ? statement : { declaration: statement }
  const made =
    declaration?.type === 'VariableDeclaration'
      ? declaration.declarations.map(({ init }) => init)
      : [declaration]
  return made.filter((each) => each?.type === 'CallExpression')
}

/** What made them is then used by nobody, and gets left out. */
function withoutArguments(code: string, calls: readonly MakerCall[]): string {
  return [...calls].reverse().reduce((text, { from, to }) => text.slice(0, from) + text.slice(to), code)
}

/** What stands in the library's files instead of what makes styles: nothing, and the names of what has been made. */
const STANDS: Readonly<Record<string, string>> = {
  'theme/util/genStyleUtils.js': `const made = ['', '${theme.cssVar.key}']
export const genStyleHooks = () => () => made
export const genComponentStyleHook = () => () => ''
export const genSubStyleComponent = () => () => null
export const genCssVar = (antCls, component) => {
  const name = (key) => '--' + antCls.replace(/\\./g, '') + '-' + component + '-' + key
  return [name, (key, fallback) => 'var(' + name(key) + (fallback ? ', ' + fallback : '') + ')']
}`,
  'theme/util/useResetIconStyle.js': 'export default () => undefined',
  // Carries one tooltip from place to place, which is only done where it is asked for.
  'tooltip/UniqueProvider/index.js': 'export default ({ children }) => children',
  'theme/themes/seed.js': 'export const defaultPresetColors = {}\nexport default {}',
  'theme/context.js': `import { createContext } from 'react'
export const defaultTheme = null
export const defaultConfig = { hashed: false }
export const DesignTokenContext = createContext(defaultConfig)`,
}

function tokenModule(token: Record<string, unknown>): string {
  return `const token = ${JSON.stringify(token)}
token.motion = !matchMedia('(prefers-reduced-motion: reduce)').matches
const all = [null, token, '', token, ${JSON.stringify(theme.cssVar)}, true]
export default () => all
export const unitless = {}
export const ignore = {}
export const getComputedToken = () => token`
}

type Drawn = { sheets: ReadonlyMap<string, string>; token: Record<string, unknown> }

/** Draws every part that the console uses, and takes over the styles that it asked for. */
function drawParts(): Drawn {
  const cache = createCache()
  let token: Record<string, unknown> = {}
  const Token = () => {
    token = { ...antd.theme.useToken().token }
    return null
  }
  const page = createElement(
    antd.ConfigProvider,
    { theme: { ...theme, hashed: false } },
    createElement(Token),
    ...PARTS.map((part, place) => createElement(Fragment, { key: place }, part())),
  )
  renderToString(createElement(StyleProvider, { cache }, page))
  const keysOf = new Map<string, string[]>()
  for (const key of cache.cache.keys()) {
    const name = sheetOf(key)
    keysOf.set(name, [...(keysOf.get(name) ?? []), key])
  }
  const sheets = new Map([...keysOf].map(([name, keys]) => [name, sheetOfKeys(cache, keys)]))
  return { sheets, token: shown(token) }
}

/** The sheet of a part's own variables, which all of its styles have in common. */
const variablesOf = (part = '') => `${part}-variables`

/** Which sheet an entry of the library's cache belongs to: its key is its kind and a path that begins with the part's name.
 * What links have in common (`Shared`) is in no sheet: without the library's hash it would be of every link, and take its outline. */
function sheetOf(key: string): string {
  const [kind, ...path] = key.split('%')
  if (kind === 'cssVar') return variablesOf(path[0])
  const name = path[1] ?? ''
  return kind === 'token' || name === 'ant-design-icons' ? BASE : name
}

function sheetOfKeys(all: ReturnType<typeof createCache>, keys: readonly string[]): string {
  const some = createCache()
  for (const key of keys) {
    const entry = all.cache.get(key)
    if (entry) some.cache.set(key, entry)
  }
  // Without the note by which the library would find in the browser what was made before.
  return extractStyle(some, true).replace(/\.data-ant-cssinjs-cache-path\{[^}]*\}/, '')
}

/** Without the shades of its palettes, which only styles use. */
function shown(token: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(token).filter(([key]) => !/^_|\d$/.test(key)))
}

const h = createElement
/** What of the library the console is drawn with, each so that all of its styles are asked for. */
const PARTS: readonly (() => ReactNode)[] = [
  () => h(antd.Alert, { title: '-' }),
  () => h(antd.Button),
  () => h(antd.Space.Compact, null, h(antd.Button), h(antd.Space.Addon, null, '-')),
  () => h(antd.Space),
  () => h(antd.Cascader, { options: [] }),
  () => h(antd.Cascader.Panel, { options: [] }),
  () => h(antd.Checkbox),
  () => h(antd.Collapse, { items: [] }),
  () => h(antd.DatePicker.RangePicker),
  () => h(antd.DatePicker),
  () => h(antd.Descriptions, { items: [] }),
  () => h(antd.Drawer),
  () => h(antd.Dropdown, { menu: { items: [] } }, h('i')),
  () => h(antd.Form, null, h(antd.Form.Item)),
  () => h(antd.Image),
  () => h(antd.Input),
  () => h(antd.Input.Search),
  () => h(antd.Input.TextArea),
  () => h(antd.Input.Password),
  () => h(antd.Input.OTP),
  () => h(antd.InputNumber),
  () => h(antd.Modal),
  () => h(antd.Modal._InternalPanelDoNotUseOrYouWillBeFired),
  () => h(antd.Modal._InternalPanelDoNotUseOrYouWillBeFired, { type: 'confirm' }),
  () => h(antd.message._InternalPanelDoNotUseOrYouWillBeFired),
  () => h(antd.Pagination),
  () => h(antd.Popconfirm, { title: '-' }, h('i')),
  () => h(antd.Progress),
  () => h(antd.QRCode, { value: '-' }),
  () => h(antd.Radio.Group, { options: ['-'] }),
  () => h(antd.Segmented, { options: ['-'] }),
  () => h(antd.Select),
  () => h(antd.Skeleton),
  () => h(antd.Spin),
  () => h(antd.Steps, { items: [] }),
  () => h(antd.Switch),
  () => h(antd.Table),
  () => h(antd.Timeline, { items: [] }),
  () => h(antd.Tooltip, { title: '-' }, h('i')),
  () => h(antd.Tour, { open: true, steps: [{ title: '-' }] }),
  () => h(antd.Tree, { treeData: [] }),
  () => h(antd.Typography.Text),
]
