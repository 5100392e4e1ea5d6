import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder, cacheFolder, capture, exists, findProgram, mustRun } from './cache.ts'
import { type Print, print, withProgress } from './progress.ts'

const artifact = { group: 'io.temporal', name: 'temporal-test-server', version: '1.38.0' }
/** The server logs through slf4j 1.7; without a binding it would print warnings into every test run. */
const logger = { group: 'org.slf4j', name: 'slf4j-nop', version: '1.7.36' }

/**
 * The time-skipping test server as an executable for `executable: { type: 'existing-path' }`.
 * Optional: undefined, with one line saying why, when neither the SDK's download nor Java and Maven are at hand.
 */
export async function findTimeSkippingServer(out: Print = print): Promise<string | undefined> {
  const problems: string[] = []
  for (const get of [download, fromMaven]) {
    try {
      return join(await get(out), 'temporal-test-server')
    } catch (error) {
      problems.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
    }
  }
  out(`  No time-skipping test server, its tests are skipped (${problems.join('; ')})`)
  return undefined
}

/** The SDK's own download, kept beside the Maven one so that a later run takes whichever is there. */
function download(out: Print): Promise<string> {
  return fetched('sdk', async (target) => {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing')
    const folder = join(target, 'download')
    await mkdir(folder)
    await withProgress(
      'Downloading the time-skipping test server',
      async () => {
        const environment = await TestWorkflowEnvironment.createTimeSkipping({
          server: { executable: { type: 'cached-download', downloadDir: folder } },
        })
        await environment.teardown()
      },
      out,
    )
    const file = (await readdir(folder)).find((name) => name.startsWith('temporal-test-server'))
    if (!file) throw new Error('the SDK left no file')
    await mustRun('cp', [join(folder, file), join(target, 'temporal-test-server')])
    await rm(folder, { recursive: true })
  })
}

function fromMaven(out: Print): Promise<string> {
  return fetched('maven', async (target) => {
    const [java, maven] = [findProgram('java'), findProgram('mvn')]
    if (!java || !maven) throw new Error('Java and Maven are not both installed')
    if ((await capture(java, ['-version'])).code !== 0) throw new Error('java does not run')
    const project = join(target, 'project')
    await mkdir(project)
    await writeFile(join(project, 'pom.xml'), pom())
    const jars = [`-DoutputDirectory=${join(target, 'lib')}`, '-DincludeScope=runtime']
    await withProgress(
      `Fetching ${artifact.name} ${artifact.version} with Maven`,
      () => mustRun(maven, ['-q', '-B', 'dependency:copy-dependencies', ...jars], { cwd: project }),
      out,
    )
    await rm(project, { recursive: true })
    const wrapper = join(target, 'temporal-test-server')
    await writeFile(wrapper, wrapperScript())
    await chmod(wrapper, 0o755)
  })
}

/** The Maven copy is preferred when it is there already: asking the SDK's host again would only cost time. */
async function fetched(source: 'sdk' | 'maven', fill: (folder: string) => Promise<void>): Promise<string> {
  const name = (from: string) => `time-skipping-${artifact.version}-${from}`
  if (source === 'sdk' && (await isComplete(name('maven')))) return cachedFolder(name('maven'), fill)
  return cachedFolder(name(source), fill)
}

async function isComplete(name: string): Promise<boolean> {
  return exists(join(cacheFolder, name, 'temporal-test-server'))
}

function pom(): string {
  const dependency = ({ group, name, version }: typeof artifact) =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>order-hub</groupId><artifactId>time-skipping</artifactId><version>1</version>
  <dependencies>${dependency(artifact)}${dependency(logger)}</dependencies>
</project>
`
}

/** The SDK calls it as `<program> <port> --enable-time-skipping`; `exec`, so that its signals reach Java. */
function wrapperScript(): string {
  return `#!/bin/sh
here=$(dirname "$0")
exec java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$here/lib/*" \\
  io.temporal.testserver.TestServer "$@"
`
}
