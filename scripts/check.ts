import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { capture, endHelpers } from './parts/cache.ts'
import { checkLayers } from './parts/layers.ts'
import { elapsed, print } from './parts/progress.ts'
import { onStopRequest } from './parts/stop-request.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface Result {
  name: string
  ok: boolean
  took: string
  output: string
}

/** Runs a program of node_modules/.bin. */
async function tool(name: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  const { code, stdout, stderr } = await capture(join(root, 'node_modules', '.bin', name), args, {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  })
  return { ok: code === 0, output: `${stdout}${stderr}`.trim() }
}

async function layers(): Promise<{ ok: boolean; output: string }> {
  const violations = await checkLayers(root)
  return { ok: violations.length === 0, output: violations.join('\n') }
}

const checks: [string, () => Promise<{ ok: boolean; output: string }>][] = [
  ['types (tsc)', () => tool('tsc', ['-p', '.'])],
  ['types of the console (tsc)', () => tool('tsc', ['-p', 'console'])],
  ['types of its service worker (tsc)', () => tool('tsc', ['-p', 'console/worker'])],
  ['types of its tests (tsc)', () => tool('tsc', ['-p', 'test/console'])],
  ['format and lint (biome)', () => tool('biome', ['ci', '--error-on-warnings', '--colors=off', '.'])],
  ['direction of dependencies', layers],
  ['unused code (knip)', () => tool('knip', ['--no-progress'])],
]

async function run([name, check]: (typeof checks)[number]): Promise<Result> {
  const startedAt = Date.now()
  try {
    return { name, ...(await check()), took: elapsed(startedAt) }
  } catch (error) {
    return {
      name,
      ok: false,
      took: elapsed(startedAt),
      output: error instanceof Error ? error.message : `${error}`,
    }
  }
}

void onStopRequest({ stop: async () => endHelpers(), force: async () => process.exit(130) })
const results = await Promise.all(checks.map(run))
for (const { name, output } of results.filter(({ ok }) => !ok)) print(`── ${name}\n${output}\n`)
const width = Math.max(...results.map(({ name }) => name.length))
for (const { name, ok, took } of results) print(`${name.padEnd(width)}  ${ok ? 'ok    ' : 'FAILED'}  ${took}`)
process.exit(results.every(({ ok }) => ok) ? 0 : 1)
