import { expect, test } from 'vitest'
import { countTests, needsParts, runsEverything, summaryLine } from '../../scripts/parts/test-report.ts'

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
  expect(needsParts(['-t', 'test/domain'])).toBe(true)
})

test('only a run without arguments is the whole suite', () => {
  expect(runsEverything([])).toBe(true)
  expect(runsEverything(['test/domain'])).toBe(false)
})
