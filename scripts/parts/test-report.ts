export interface TestCounts {
  passed: number
  failed: number
  skipped: number
}

/** Counts of a run, and each failure with where it was and how it began. */
export interface RunResults extends TestCounts {
  failures: string[]
}

/** Folders whose tests need nothing but Node, or bring up what they need by themselves. */
const pureFolders = ['test/domain', 'test/contracts', 'test/scripts', 'test/console', 'test/browser']
const pureProjects = ['unit', 'browser']
/** Flags of vitest that are followed by a value of their own. */
const flagsWithValue = [
  '-t',
  '--testNamePattern',
  '-c',
  '--config',
  '--bail',
  '--retry',
  '--shard',
  '--maxWorkers',
]

/** What of the arguments selects files or projects. */
function selection(args: string[]): { files: string[]; projects: string[] } {
  const files: string[] = []
  const projects: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '--project') projects.push(args[++index] ?? '')
    else if (arg.startsWith('--project=')) projects.push(arg.slice('--project='.length))
    else if (flagsWithValue.includes(arg)) index++
    else if (!arg.startsWith('-')) files.push(arg.replace(/^\.\//, ''))
  }
  return { files, projects }
}

/** Do these arguments of `npm test` select anything that needs PostgreSQL, Redis or Temporal? */
export function needsParts(args: string[]): boolean {
  const { files, projects } = selection(args)
  if (projects.length > 0 && projects.every((project) => pureProjects.includes(project))) return false
  return files.length === 0 || !files.every((file) => pureFolders.some((folder) => file.startsWith(folder)))
}

/** The whole suite, without a selection: coverage means something only then. */
function runsEverything(args: string[]): boolean {
  return args.length === 0
}

/**
 * The runs of vitest that these arguments of `npm test` stand for, one after the other. The whole suite is two: the browser tests
 * bring up a hub of their own, which must not share the processors with all others from their first test to their last.
 */
export function runsOf(args: string[]): string[][] {
  if (!runsEverything(args)) return [args]
  return [['--project=!browser', '--coverage'], ['--project=browser']]
}

/** What several runs make together. */
export function sumOf(runs: RunResults[]): RunResults {
  const total = (name: keyof TestCounts) => runs.reduce((sum, counts) => sum + counts[name], 0)
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    failures: runs.flatMap(({ failures }) => failures),
  }
}

/** What came of a run that ended with this code: its results, or a failure where it left none or hides one. */
export function resultsOf(report: string | null, exitCode: number): RunResults {
  if (report === null) {
    return { passed: 0, failed: 1, skipped: 0, failures: ['a run that could not begin, and said why above'] }
  }
  const results: RunResults = JSON.parse(report)
  if (exitCode === 0 || results.failed > 0) return results
  return {
    ...results,
    failed: 1,
    failures: [`a run that ended with code ${exitCode} although each test passed`],
  }
}

/** The line that `npm test` ends with. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** The exit code of `npm test`: 0 only if tests ran and none failed. */
export function exitCodeOf(counts: TestCounts, vitestCode: number): number {
  return counts.failed > 0 || counts.passed === 0 ? 1 : vitestCode
}
