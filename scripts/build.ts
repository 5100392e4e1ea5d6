import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build as esbuild } from 'esbuild'
import sharp from 'sharp'
import { buildWorkflowBundle } from '../workers/workflow-bundle.ts'
import { withLock } from './parts/cache.ts'

/** What dist/build.json says: unchanged inputs are not built again, and the worker reads its build id. */
export interface BuildInfo {
  /** Hash prefix of the workflow bundle: the same code has the same id on every machine. */
  buildId: string
  /** Hash of everything that went into the workflow bundle. */
  workflowInputs: string
  /** Hash of everything that went into the processes; absent when only workflows were built. */
  processInputs?: string
  /** The same of the console. */
  consoleInputs?: string
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
export const workflowBundleFile = join(dist, 'workflow-bundle.js')

/** dist/<name>.js ← source. */
const processes = {
  api: 'api/main.ts',
  worker: 'workers/worker.ts',
  relay: 'workers/relay.ts',
  channels: 'workers/channels.ts',
  migrate: 'migrations/main.ts',
  simulator: 'simulator/main.ts',
}
/** What may be in the workflow bundle (the layer check holds workflows to it), and what makes it. */
const workflowFolders = ['workflows', 'domain', 'contracts', 'connectors', 'workers']
const processFolders = [...workflowFolders, 'activities', 'api', 'migrations', 'simulator', 'store']
/** What may be in the console. */
const consoleFolders = ['console', 'domain']

/** Build what `npm start` runs; skips what has not changed. Commands that build at once take turns. */
export function build(): Promise<BuildInfo> {
  return exclusively(async (before) => {
    const [workflows, processInputs, consoleInputs] = await Promise.all([
      builtWorkflows(before),
      hashOf(processFolders),
      hashOf(consoleFolders),
    ])
    const outputs = Object.keys(processes).map((name) => join(dist, `${name}.js`))
    if (before?.processInputs !== processInputs || !outputs.every((file) => existsSync(file))) {
      await buildProcesses()
    }
    if (before?.consoleInputs !== consoleInputs || !existsSync(join(dist, 'console', 'index.html'))) {
      await buildConsole()
    }
    return { ...workflows, processInputs, consoleInputs }
  })
}

/** Build the workflow bundle only, as tests need it. */
export function buildWorkflows(): Promise<BuildInfo> {
  return exclusively(async (before) => ({ ...before, ...(await builtWorkflows(before)) }))
}

async function exclusively(work: (before: BuildInfo | undefined) => Promise<BuildInfo>): Promise<BuildInfo> {
  await mkdir(dist, { recursive: true })
  return withLock(join(dist, 'build.lock'), async () => {
    const file = join(dist, 'build.json')
    const before: BuildInfo | undefined = existsSync(file)
      ? JSON.parse(await readFile(file, 'utf8'))
      : undefined
    const after = await work(before)
    await writeWhole(file, `${JSON.stringify(after, null, 2)}\n`)
    return after
  })
}

async function builtWorkflows(before: BuildInfo | undefined): Promise<BuildInfo> {
  const workflowInputs = await hashOf(workflowFolders)
  if (before && before.workflowInputs === workflowInputs && existsSync(workflowBundleFile)) {
    return { buildId: before.buildId, workflowInputs }
  }
  const folder = join(root, 'workflows')
  const { code, buildId } = await buildWorkflowBundle(
    join(folder, 'index.ts'),
    join(folder, 'interceptors.ts'),
  )
  await writeWhole(workflowBundleFile, code)
  return { buildId, workflowInputs }
}

async function buildProcesses(): Promise<void> {
  await esbuild({
    absWorkingDir: root,
    entryPoints: Object.entries(processes).map(([out, path]) => ({ in: path, out })),
    outdir: dist,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
  })
}

async function buildConsole(): Promise<void> {
  // Tests build it, too, and what they look at must be what is served; Vite would take their `test` for what is wanted.
  process.env.NODE_ENV = 'production'
  const { build: viteBuild } = await import('vite')
  await viteBuild({ configFile: join(root, 'console', 'vite.config.ts'), logLevel: 'error' })
  await drawIcons(join(dist, 'console'))
  await compressBeside(join(dist, 'console'))
}

/** The colour of `icon.svg`, on which an icon stands that a telephone cuts into its own form. */
const ICON_COLOUR = '#1d4ed8'
/** Drawn so large, whatever the drawing says of its size. */
const ICON_DENSITY = 600

/** The pictures that a browser wants of what it installs, drawn from the one icon. */
async function drawIcons(folder: string): Promise<void> {
  const drawing = await readFile(join(folder, 'icon.svg'))
  const draw = (size: number) => sharp(drawing, { density: ICON_DENSITY }).resize(size, size)
  await Promise.all([
    draw(192).png().toFile(join(folder, 'icon-192.png')),
    draw(512).png().toFile(join(folder, 'icon-512.png')),
    draw(512).flatten({ background: ICON_COLOUR }).png().toFile(join(folder, 'icon-maskable-512.png')),
  ])
}

/** Smaller copies of the console's files for the API to serve: compressed once here, as well as can be, and not at each request. */
async function compressBeside(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && /\.(js|css|html|svg|webmanifest)$/.test(entry.name),
  )
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = join(parentPath, name)
      const contents = await readFile(file)
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
      await writeFile(`${file}.gz`, await promisify(gzip)(contents, { level: 9 }))
      await writeFile(`${file}.br`, await promisify(brotliCompress)(contents, quality))
    }),
  )
}

/** Hash of every source file of these folders, and of what else decides the outcome. */
async function hashOf(folders: string[]): Promise<string> {
  const files = await Promise.all(folders.map((folder) => sources(join(root, folder))))
  const hash = createHash('sha256')
  const shared = ['package-lock.json', 'tsconfig.json', 'scripts/build.ts'].map((file) => join(root, file))
  for (const file of [...files.flat(), ...shared].sort()) {
    hash.update(`${file.slice(root.length)}\0`).update(await readFile(file))
  }
  return hash.digest('hex')
}

async function sources(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(tsx?|json|css|html|svg|webmanifest)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const { buildId } = await build()
  console.log(`Built dist/ (workflows ${buildId})`)
}
