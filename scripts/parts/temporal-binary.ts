import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cachedFolder, cacheFolder, capture, exists, findProgram, mustRun } from './cache.ts'
import { type Print, print, withProgress } from './progress.ts'

/** The newest tag that `go install` accepts (later ones have a `replace`): server 1.29.1 with the Web UI. */
export const temporalVersion = '1.5.1'
/** Worker deployment versions and Updates are on by default from here on. */
const minimumServer = [1, 29]
const goFolders = ['/usr/local/go/bin', '/opt/homebrew/bin']
/** Building uses both cores for minutes; a hung download must still end. */
const downloadTimeoutMs = 10 * 60_000
const buildTimeoutMs = 30 * 60_000

/** "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)" → is that server new enough? */
export function isUsableTemporal(text: string): boolean {
  const found = /Server (\d+)\.(\d+)/.exec(text)
  if (!found) return false
  const [major, minor] = [Number(found[1]), Number(found[2])]
  const [wantedMajor = 0, wantedMinor = 0] = minimumServer
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

/** The Temporal CLI with its server: PATH, cache, the SDK's download, then a build from source. */
export async function findTemporal(out: Print = print): Promise<string> {
  const onPath = findProgram('temporal')
  if (onPath && (await isUsable(onPath))) return onPath
  const cached = join(cacheFolder, `temporal-${temporalVersion}`, 'temporal')
  if ((await exists(cached)) && (await isUsable(cached))) return cached
  await rm(join(cacheFolder, `temporal-${temporalVersion}`), { recursive: true, force: true })
  const problems: string[] = []
  for (const get of [download, build]) {
    try {
      const folder = await cachedFolder(`temporal-${temporalVersion}`, (target) => get(target, out))
      return join(folder, 'temporal')
    } catch (error) {
      problems.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
    }
  }
  throw new Error(
    `Temporal: install the Temporal CLI ${temporalVersion} or newer, or Go, or set TEMPORAL_ADDRESS (${problems.join('; ')})`,
  )
}

async function isUsable(path: string): Promise<boolean> {
  return isUsableTemporal((await capture(path, ['--version'])).stdout)
}

/** The SDK downloads the CLI only as part of starting it, so it is started once and ended. */
async function download(target: string, out: Print): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing')
  const folder = join(target, 'download')
  await mkdir(folder)
  await withProgress(
    `Downloading the Temporal CLI ${temporalVersion}`,
    async () => {
      const executable = {
        type: 'cached-download',
        version: `v${temporalVersion}`,
        downloadDir: folder,
      } as const
      const started = TestWorkflowEnvironment.createLocal({ server: { executable } })
      const late = delay(downloadTimeoutMs, undefined, { ref: false }).then(() => {
        throw new Error('the download took too long')
      })
      await (await Promise.race([started, late])).teardown()
    },
    out,
  )
  const file = (await readdir(folder)).find((name) => name.startsWith('temporal'))
  if (!file) throw new Error('the SDK left no file')
  await cp(join(folder, file), join(target, 'temporal'))
  await rm(folder, { recursive: true })
  await keepIfUsable(target)
}

async function build(target: string, out: Print): Promise<void> {
  const go = findProgram('go', goFolders)
  if (!go) throw new Error('Go is not installed')
  const module = `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`
  const folder = join(target, 'bin')
  await withProgress(
    `Building the Temporal server with Go (once; 4 to 6 minutes on two cores)`,
    () =>
      mustRun(go, ['install', module], { env: { ...process.env, GOBIN: folder }, timeout: buildTimeoutMs }),
    out,
  )
  await rename(join(folder, 'temporal'), join(target, 'temporal'))
  await rm(folder, { recursive: true })
  await keepIfUsable(target)
}

async function keepIfUsable(target: string): Promise<void> {
  const program = join(target, 'temporal')
  await chmod(program, 0o755)
  if (!(await isUsable(program))) throw new Error('the program does not run here')
}
