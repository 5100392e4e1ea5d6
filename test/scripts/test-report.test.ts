import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  exitCodeOf,
  needsParts,
  resultsOf,
  runsOf,
  summaryLine,
  sumOf,
} from '../../scripts/parts/test-report.ts'

test('the last line names skipped tests only when there are some', () => {
  expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  expect(summaryLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
})

const allPassed = { passed: 3, failed: 0, skipped: 0, failures: [] }

test('a run that ended with an error, or could not begin, is never reported as free of failures', () => {
  expect(resultsOf(JSON.stringify(allPassed), 0)).toEqual(allPassed)
  expect(resultsOf(JSON.stringify(allPassed), 130)).toMatchObject({ passed: 3, failed: 1 })
  expect(resultsOf(null, 1)).toMatchObject({ passed: 0, failed: 1 })
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

test('the end counts the tests of all runs and names what failed in any', () => {
  const runs = [
    { passed: 3, failed: 1, skipped: 2, failures: ['a.test.ts > one'] },
    { passed: 4, failed: 0, skipped: 0, failures: [] },
  ]
  expect(summaryLine(sumOf(runs))).toBe('7 passed, 1 failed, 2 skipped')
  expect(sumOf(runs).failures).toEqual(['a.test.ts > one'])
})

test('the exit code is 0 only if tests ran and none failed', () => {
  expect(exitCodeOf({ passed: 3, failed: 0, skipped: 1 }, 0)).toBe(0)
  expect(exitCodeOf({ passed: 3, failed: 1, skipped: 0 }, 0)).toBe(1)
  expect(exitCodeOf({ passed: 0, failed: 0, skipped: 3 }, 0)).toBe(1)
  expect(exitCodeOf({ passed: 3, failed: 0, skipped: 0 }, 130)).toBe(130)
})

/** What comes of a run of vitest over these files. */
function runVitest(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const TEST_RESULTS = join(folder, 'results.json')
  const reporter = join(import.meta.dirname, '../../scripts/parts/results-reporter.ts')
  const args = ['run', '--root', folder, '--globals', `--reporter=${reporter}`]
  const env = { ...process.env, TEST_RESULTS }
  const { status } = spawnSync(process.execPath, [vitest, ...args], { stdio: 'ignore', env })
  return resultsOf(readFileSync(TEST_RESULTS, 'utf8'), status ?? -1)
}

const good = `test("one", () => undefined)
  test.skip("two", () => undefined)
  test.todo("three")
  describe.skip("not now", () => { describe("nor what is in it", () => { test("four", () => undefined) }) })`

test('a run without a failure counts its tests, skipped and todo together', () => {
  expect(runVitest({ 'good.test.js': good })).toEqual({ passed: 1, failed: 0, skipped: 3, failures: [] })
})

test('whatever fails is counted once and named with its reason: a test, a hook, a file, what nobody waited for', () => {
  const { failures, ...counts } = runVitest({
    'good.test.js': good,
    'bad.test.js': 'test("bad", () => expect(1, "one is not two").toBe(2))',
    'hook.test.js':
      'describe("with", () => { beforeAll(() => { throw new Error("no hook") }); test("never", () => undefined) })',
    'unreadable.test.js': 'this is no program',
    'lost.test.js': 'import "./nowhere.js"\ntest("never", () => undefined)',
    'loose.test.js': 'test("loose", () => { void Promise.reject(new Error("nobody waits")) })',
  })
  expect(counts).toEqual({ passed: 2, failed: 5, skipped: 4 })
  expect(failures.toSorted()).toEqual([
    expect.stringMatching(/^bad\.test\.js > bad\n.*one is not two/),
    expect.stringMatching(/^hook\.test\.js > with\n.*no hook/),
    expect.stringMatching(/^lost\.test\.js\n.*nowhere/),
    expect.stringMatching(/^outside of any test\n.*nobody waits/),
    expect.stringMatching(/^unreadable\.test\.js\n/),
  ])
})
