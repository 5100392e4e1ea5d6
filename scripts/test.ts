import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { print } from './parts/progress.ts'
import { onStopRequest } from './parts/stop-request.ts'
import { startTestParts, type TestParts } from './parts/test-parts.ts'
import {
  exitCodeOf,
  needsParts,
  type RunResults,
  resultsOf,
  runsOf,
  summaryLine,
  sumOf,
} from './parts/test-report.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const resultsReporter = join(root, 'scripts/parts/results-reporter.ts')

/** Runs vitest to its end; resolves with its exit code, or 130 when it was interrupted. */
function runVitest(args: string[], environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, 'run', ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 130))
  })
}

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another user when we are root
  const stopping = new AbortController()
  let parts: TestParts | undefined
  void onStopRequest({
    stop: async () => stopping.abort(),
    force: async () => process.exit(130), // the exit hook ends the parts
  })
  const runs: RunResults[] = []
  let exitCode = 0
  try {
    for (const [index, run] of runsOf(args).entries()) {
      if (needsParts(run)) parts = await startTestParts(folder, stopping.signal)
      stopping.signal.throwIfAborted()
      const results = join(folder, `results-${index}.json`)
      const environment = { TEST_FOLDER: folder, TEST_RESULTS: results, ...parts?.environment }
      const reporters = ['--reporter=default', `--reporter=${resultsReporter}`]
      const code = await runVitest([...run, ...reporters], environment, stopping.signal)
      runs.push(resultsOf(existsSync(results) ? readFileSync(results, 'utf8') : null, code))
      exitCode ||= code
      await parts?.stop()
      parts = undefined
    }
    const sum = sumOf(runs)
    for (const failure of sum.failures) print(`failed: ${failure}`)
    print(summaryLine(sum))
    return exitCodeOf(sum, exitCode)
  } finally {
    await parts?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  process.exit(await main())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  print(summaryLine({ passed: 0, failed: 1, skipped: 0 }))
  process.exit(1)
}
