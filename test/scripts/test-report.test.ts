import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  countTests,
  exitCodeOf,
  needsParts,
  runsOf,
  summaryLine,
  sumOf,
} from '../../scripts/parts/test-report.ts'

const report = (more: object) =>
  JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [], ...more })

test('the last line names skipped tests only when there are some', () => {
  expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  expect(summaryLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
})

test('a file that could not be loaded counts as a failure', () => {
  const broken = { status: 'failed', assertionResults: [] }
  expect(countTests(report({ testResults: [broken] }), 1).failed).toBe(1)
})

test('a failed test is counted once, not again for its file', () => {
  const file = { status: 'failed', assertionResults: [{ status: 'failed' }] }
  expect(countTests(report({ numFailedTests: 1, testResults: [file] }), 1).failed).toBe(1)
})

test('a run that ended with an error is never reported as free of failures', () => {
  expect(countTests(report({}), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 })
})

test('todo and skipped tests are added up', () => {
  expect(countTests(report({ numPendingTests: 1, numTodoTests: 2 }), 0).skipped).toBe(3)
})

test('servers are started unless only pure tests are selected', () => {
  expect(needsParts([])).toBe(true)
  expect(needsParts(['test/store'])).toBe(true)
  expect(needsParts(['test/domain', 'test/store'])).toBe(true)
  expect(needsParts(['test/domain', './test/contracts/orders.test.ts'])).toBe(false)
  expect(needsParts(['--project', 'unit'])).toBe(false)
  expect(needsParts(['--project=browser'])).toBe(false)
  expect(needsParts(['--project=!browser'])).toBe(true)
  expect(needsParts(['-t', 'test/domain'])).toBe(true)
})

test('the whole suite ends with the browser tests, in a run of their own without the servers of the others', () => {
  const runs = runsOf([])
  expect(runs).toEqual([['--project=!browser', '--coverage'], ['--project=browser']])
  expect(runs.map(needsParts)).toEqual([true, false])
  expect(runsOf(['test/domain'])).toEqual([['test/domain']])
})

test('the last line counts the tests of all runs', () => {
  const runs = [
    { passed: 3, failed: 1, skipped: 2 },
    { passed: 4, failed: 0, skipped: 0 },
  ]
  expect(summaryLine(sumOf(runs))).toBe('7 passed, 1 failed, 2 skipped')
})

test('the exit code is 0 only if tests ran and none failed', () => {
  expect(exitCodeOf({ passed: 3, failed: 0, skipped: 1 }, 0)).toBe(0)
  expect(exitCodeOf({ passed: 3, failed: 1, skipped: 0 }, 0)).toBe(1)
  expect(exitCodeOf({ passed: 0, failed: 0, skipped: 3 }, 0)).toBe(1)
  expect(exitCodeOf({ passed: 3, failed: 0, skipped: 0 }, 130)).toBe(130)
})

/** What vitest itself says about these files. */
function runVitest(files: Record<string, string>): { report: string; code: number } {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const results = join(folder, 'results.json')
  const args = ['run', '--root', folder, '--globals', '--reporter=json', `--outputFile.json=${results}`]
  const { status } = spawnSync(process.execPath, [vitest, ...args], { stdio: 'ignore' })
  return { report: readFileSync(results, 'utf8'), code: status ?? -1 }
}

const good = 'test("one", () => undefined)\ntest.skip("two", () => undefined)'

test('a file that vitest cannot load makes the last line say so, and the exit code 1', () => {
  const { report, code } = runVitest({
    'good.test.js': good,
    'unreadable.test.js': 'this is no program',
    'lost.test.js': 'import "./nowhere.js"\ntest("never", () => undefined)',
  })
  const counts = countTests(report, code)
  expect(summaryLine(counts)).toBe('1 passed, 2 failed, 1 skipped')
  expect(exitCodeOf(counts, code)).toBe(1)
})
