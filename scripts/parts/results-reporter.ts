import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node'
import type { RunResults } from './test-report.ts'

/** So much of a failure's text is repeated at the end of all; the whole is where it happened. */
const shownLength = 600

const failure = (where: string, { message, stack }: Pick<SerializedError, 'message' | 'stack'>) =>
  `${where}\n    ${(stack ?? message).slice(0, shownLength).replaceAll('\n', '\n    ')}`

/** Whether it stands in a part that was left out; vitest says so of that part's own tests only, not of those in parts of it. */
const isLeftOut = ({ parent }: TestCase | TestSuite): boolean =>
  parent.type === 'suite' && (parent.options.mode === 'skip' || isLeftOut(parent))

/** What came of a run, for `npm test`: into the file that `TEST_RESULTS` names. */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const results: RunResults = { passed: 0, failed: 0, skipped: 0, failures: [] }
    for (const module of modules) {
      const of = module.relativeModuleId
      // A file that could not be loaded, a hook that failed.
      for (const entity of [module, ...module.children.allSuites()]) {
        for (const error of entity.errors()) {
          const name = entity.type === 'suite' ? `${of} > ${entity.fullName}` : of
          results.failures.push(failure(name, error))
        }
      }
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        if (state === 'failed' || (state === 'pending' && !isLeftOut(test))) {
          const error = errors?.[0] ?? { message: 'was not run to its end' }
          results.failures.push(failure(`${of} > ${test.fullName}`, error))
        } else if (state === 'passed') results.passed++
        else results.skipped++
      }
    }
    for (const error of unhandledErrors) results.failures.push(failure('outside of any test', error))
    results.failed = results.failures.length
    writeFileSync(process.env.TEST_RESULTS ?? '', JSON.stringify(results))
  }
}
