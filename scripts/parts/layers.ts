import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** What a folder's files may import while they run, and what they may import as types besides. */
interface Layer {
  folders: string[]
  /** Folders whose types only may be used. */
  typesFrom?: string[]
  /** Single files of other folders. */
  files?: string[]
  /** npm packages; absent: any, but see `builtins`. */
  packages?: string[]
  /** npm packages that one file may use. */
  packagesOf?: Record<string, string[]>
  builtins?: false
}

const outerRing = ['store', 'connectors', 'contracts', 'domain']

/** What can be said to an order's workflow: names and types, shared by those who speak and the one who listens. */
const messages = 'workflows/messages.ts'

/** `api, workers → store, connectors → contracts → domain`; `workflows → domain`. */
export const layers: Record<string, Layer> = {
  domain: {
    folders: [],
    packages: [],
    packagesOf: {
      'domain/conditions.ts': ['json-logic-engine'],
      'domain/phone.ts': ['libphonenumber-js'],
      'domain/sensitive-words.ts': ['modern-ahocorasick'],
    },
    builtins: false,
  },
  contracts: { folders: ['domain'], builtins: false },
  // Zod would triple the bundle and its memory for each order; I/O would break replay.
  workflows: {
    folders: ['domain'],
    typesFrom: ['activities', 'contracts'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    builtins: false,
  },
  store: { folders: ['contracts', 'domain'] },
  connectors: { folders: ['contracts', 'domain'], files: [messages] },
  activities: { folders: outerRing },
  workers: { folders: [...outerRing, 'activities'], files: [messages] },
  api: { folders: outerRing },
  migrations: { folders: [] },
  // Runs in a browser, and asks the API for all but pure decisions.
  console: { folders: ['domain'], builtins: false },
  // The outside world: it must not share the hub's view of a protocol, or the two would be wrong together.
  simulator: { folders: ['contracts', 'domain'] },
}

/** Files that workflows may not reach, by whatever way: each open order's worker would load what they bring. */
const tooHeavyForWorkflows = [
  'domain/conditions.ts',
  'domain/division.ts',
  'domain/phone.ts',
  'domain/sensitive-words.ts',
]

/** One import: `from` and, for our own files, `to` are paths from the root; packages and builtins keep their name. */
export interface Import {
  from: string
  to: string
  external: boolean
  /** Gone when the file runs. */
  typeOnly: boolean
}

const builtins = new Set(builtinModules)
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')
const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '(root)')

/** What is wrong with this import, if anything. */
export function violation({ from, to, external, typeOnly }: Import): string | undefined {
  const layer = layers[folderOf(from)]
  if (!layer) return undefined // scripts, tests and benchmarks may use everything
  if (external) return externalViolation(layer, from, to, typeOnly)
  const target = folderOf(to)
  const allowed = [folderOf(from), ...layer.folders, ...(typeOnly ? (layer.typesFrom ?? []) : [])]
  if (allowed.includes(target) || layer.files?.includes(to)) return undefined
  const hint = !typeOnly && layer.typesFrom?.includes(target) ? ' (types only: use `import type`)' : ''
  return `${from}: ${folderOf(from)}/ may not import ${to}${hint}`
}

function externalViolation(layer: Layer, from: string, to: string, typeOnly: boolean): string | undefined {
  const name = to.replace(/^node:/, '')
  const isBuiltin = to.startsWith('node:') || builtins.has(packageOf(name))
  const folder = folderOf(from)
  if (isBuiltin)
    return layer.builtins === false ? `${from}: ${folder}/ may not use Node's ${name}` : undefined
  if (typeOnly && layer.typesFrom) return undefined
  if (!layer.packages || layer.packages.includes(packageOf(to))) return undefined
  if (layer.packagesOf?.[from]?.includes(packageOf(to))) return undefined
  return `${from}: ${folder}/ may not use the package ${packageOf(to)}`
}

/** Import cycles between files, each once, as a line; types may go round, running code may not. */
export function cycles(imports: Import[]): string[] {
  const graph = new Map<string, string[]>()
  for (const { from, to, external, typeOnly } of imports) {
    if (!external && !typeOnly) graph.set(from, [...(graph.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: string[]) => {
    const at = path.indexOf(file)
    if (at !== -1) found.push(`import cycle: ${[...path.slice(at), file].join(' → ')}`)
    if (at !== -1 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

/** Each way from a workflow to a file that is too heavy for it, as a line. */
export function heavyWays(imports: Import[]): string[] {
  const running = imports.filter(({ external, typeOnly }) => !external && !typeOnly)
  const cameFrom = new Map<string, string>()
  const queue = running.map(({ from }) => from).filter((from) => folderOf(from) === 'workflows')
  for (const file of queue) {
    for (const { from, to } of running) {
      if (from !== file || cameFrom.has(to) || folderOf(to) === 'workflows') continue
      cameFrom.set(to, from)
      queue.push(to)
    }
  }
  return tooHeavyForWorkflows.filter((file) => cameFrom.has(file)).map((file) => wayTo(file, cameFrom))
}

function wayTo(file: string, cameFrom: ReadonlyMap<string, string>): string {
  const way = [file]
  for (let at = cameFrom.get(file); at !== undefined; at = cameFrom.get(at)) way.unshift(at)
  return `too heavy for workflows: ${way.join(' → ')}`
}

/** Every violation in the checkout. TypeScript 7 has no programming interface; esbuild reads the imports instead. */
export async function checkLayers(root: string): Promise<string[]> {
  const entries = (await Promise.all(Object.keys(layers).map((folder) => filesIn(root, folder)))).flat()
  const running = await readImports(root, entries, false)
  const all = await readImports(root, entries, true)
  const key = ({ from, to }: Import) => `${from}\0${to}`
  const seen = new Set(running.map(key))
  const imports = [...running, ...all.filter((item) => !seen.has(key(item)))]
  imports.sort((a, b) => a.from.localeCompare(b.from)) // esbuild's order varies from run to run
  return [
    ...imports.map(violation).filter((line) => line !== undefined),
    ...cycles(imports),
    ...heavyWays(imports),
  ]
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'))
}

async function readImports(root: string, entryPoints: string[], withTypes: boolean): Promise<Import[]> {
  if (entryPoints.length === 0) return []
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: join(root, 'dist'),
    write: false,
    metafile: true,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: withTypes ? [typesAsValues] : [],
  })
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports.map(({ path, external }) => ({
      from: relative(root, join(root, from)),
      to: path,
      external: external ?? false,
      typeOnly: withTypes,
    })),
  )
}

/** Makes `import type` visible; with `verbatimModuleSyntax` esbuild then keeps the import although it is unused. */
const typesAsValues: Plugin = {
  name: 'types-as-values',
  setup(build) {
    build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => ({
      loader: path.endsWith('x') ? 'tsx' : 'ts',
      contents: importTypesAsValues(readFileSync(path, 'utf8')),
    }))
  },
}

/** `import type { A } from 'x'` → `import 'x'`, and the same for re-exports: only the path matters here. */
export function importTypesAsValues(source: string): string {
  return source.replace(/^(?:import|export)\s+type\s[^'";]*?\sfrom\s+(['"][^'"]+['"])/gm, 'import $1')
}
