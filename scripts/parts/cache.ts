import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './identity.ts'

/** Everything that is fetched or built once per user lives here, outside the clone: `$XDG_CACHE_HOME/order-hub`. */
export const cacheFolder = join(cacheHome(), 'order-hub')

/** XDG says that a relative path is invalid and must be ignored. */
function cacheHome(): string {
  const configured = process.env.XDG_CACHE_HOME
  return configured?.startsWith('/') ? configured : join(homedir(), '.cache')
}

/** How often a waiting process looks whether the other one has finished fetching. */
const lockPollMs = 250
/** A lock file without a process number that is older than this was left by a process killed in between. */
const unsignedLockMs = 10_000

/** Full path of a program on the PATH (or in one of `extra` folders), if there is one. */
export function findProgram(name: string, extra: string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...extra].filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // absent or not ours to run: both mean "look further"
  }
}

export interface Output {
  code: number
  stdout: string
  stderr: string
}

const helpers = new Set<ChildProcess>()
process.on('exit', endHelpers)

/** End the programs that `capture` and `mustRun` are waiting for: a build must not outlast Ctrl-C. */
export function endHelpers(): void {
  for (const helper of helpers) helper.kill('SIGTERM')
}

/** Run a program to its end and collect what it said. Never throws for an exit code. */
export function capture(command: string, args: string[], options: SpawnOptions = {}): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    helpers.add(child)
    const output: Output = { code: 1, stdout: '', stderr: '' }
    child.stdout?.on('data', (data: Buffer) => {
      output.stdout += data.toString()
    })
    child.stderr?.on('data', (data: Buffer) => {
      output.stderr += data.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      helpers.delete(child)
      resolve({ ...output, code: code ?? 1 })
    })
  })
}

/** Run a program; if it fails, throw with the last lines that it said. */
export async function mustRun(command: string, args: string[], options: SpawnOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await capture(command, args, options)
  if (code === 0) return stdout
  const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n')
  throw new Error(`${basename(command)} ${args[0] ?? ''} ended with code ${code}: ${tail}`)
}

/** SHA-256 of a file, in hex. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Is the owner of this lock dead, or did it die between creating the file and writing its number? */
async function isAbandoned(lockFile: string): Promise<boolean> {
  const owner = Number(await readFile(lockFile, 'utf8').catch(() => ''))
  if (owner > 0) return !isAlive(owner)
  const info = await stat(lockFile).catch(() => undefined)
  return info !== undefined && Date.now() - info.mtimeMs > unsignedLockMs
}

/** Only one process at a time does `work`; the others wait. A lock whose owner is dead is taken over. */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true })
  for (;;) {
    const handle = await open(lockFile, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (handle) {
      await handle.writeFile(String(process.pid))
      await handle.close()
      break
    }
    if (await isAbandoned(lockFile)) await rm(lockFile, { force: true })
    else await delay(lockPollMs)
  }
  try {
    return await work()
  } finally {
    await rm(lockFile, { force: true })
  }
}

/**
 * A folder of the cache, made by `fill` in a temporary folder beside it and renamed when it is complete, so that
 * an interrupted download is never mistaken for a finished one.
 */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const target = join(cacheFolder, name)
  if (await exists(target)) return target
  return withLock(`${target}.lock`, async () => {
    if (await exists(target)) return target
    const part = await mkdtemp(`${target}.part-`)
    try {
      await fill(part)
      await rename(part, target)
    } catch (error) {
      await rm(part, { recursive: true, force: true })
      throw error
    }
    return target
  })
}
