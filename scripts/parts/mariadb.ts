import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { capture, findProgram, mustRun } from './cache.ts'
import { makeLoopbackCertificate } from './certificate.ts'
import { canInstallPackages, installPackage } from './debian.ts'
import { claimPort } from './ports.ts'
import { findServerHome } from './postgres-home.ts'
import { Supervised } from './process.ts'
import { type Print, print } from './progress.ts'

export interface MariadbOptions {
  /** Data goes to <dataDir>/mariadb, or to a folder that is said if the server's user cannot enter it. */
  dataDir: string
  /** Logs and pid records; `dataDir` if absent. */
  recordDir?: string
  /** Of the user `world`, who may make databases and users. */
  password: string
  port?: number
  onRevived?: (pid: number) => void
  out?: Print
}

/** A running MariaDB: what the warehouses' own systems keep their stock in. */
export interface MariadbPart {
  /** Of the user who may make databases and users. */
  url: string
  /** What its certificate is checked against. */
  certificateAuthority: string
  pid(): number | undefined
  stop(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

const systemFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/opt/homebrew/bin']
const CERTIFICATE_DAYS = 3_650
const worldUser = 'world'

/** Its programs on this machine; on Debian, as root, the package is installed if need be. */
async function findMariadb(out: Print): Promise<{ server: string; install: string }> {
  const found = installed()
  if (found) return found
  if (await canInstallPackages()) {
    await installPackage('mariadb-server', 'mariadb', out)
    const fresh = installed()
    if (fresh) return fresh
  }
  throw new Error(
    'MariaDB: install mariadb-server 10.6 or newer (on Debian, as root, this happens by itself)',
  )
}

function installed(): { server: string; install: string } | undefined {
  const server = findProgram('mariadbd', systemFolders)
  const install = findProgram('mariadb-install-db', systemFolders)
  return server && install ? { server, install } : undefined
}

/** MariaDB of this machine, as an unprivileged user, on the loopback interface, with TLS. */
export async function startMariadb(options: MariadbOptions): Promise<MariadbPart> {
  const { out = print } = options
  const programs = await findMariadb(out)
  const home = await findServerHome(options.dataDir, 'mariadb', 'MariaDB', out)
  const access = { ...home.owner, cwd: home.folder }
  await initialise(programs.install, home.folder, access)
  const certificate = await writeFiles(home, options.password)
  const port = await claimPort('MariaDB', options.port, out)
  const url = `mysql://${worldUser}:${encodeURIComponent(options.password)}@127.0.0.1:${port}`
  const child = new Supervised({
    name: 'mariadb',
    command: programs.server,
    args: serverArguments(home.folder, port),
    cwd: home.folder,
    ...(home.owner ? { owner: home.owner } : {}),
    env: { ...process.env, HOME: home.folder, TMPDIR: join(home.folder, 'tmp') },
    folder: options.recordDir ?? options.dataDir,
    isReady: () => accepts(url),
    readyWithinMs: 60_000,
    ...(options.onRevived ? { onRevived: options.onRevived } : {}),
    out,
  })
  await child.start()
  return {
    url,
    certificateAuthority: certificate,
    pid: () => child.pid,
    stop: () => child.stop(),
    kill: () => child.kill(),
    restart: () => child.restart(),
  }
}

function serverArguments(folder: string, port: number): string[] {
  return [
    ['--no-defaults', `--datadir=${join(folder, 'data')}`, `--tmpdir=${join(folder, 'tmp')}`],
    // Relative to the data folder: a deep one would exceed the length of a socket's path.
    ['--socket=my.sock', '--pid-file=my.pid', `--port=${port}`, '--bind-address=127.0.0.1'],
    ['--skip-name-resolve', '--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin'],
    ['--default-time-zone=+08:00', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'],
    ['--max-connections=300', '--performance-schema=OFF', `--init-file=${join(folder, 'init.sql')}`],
    [`--ssl-cert=${join(folder, 'server.pem')}`, `--ssl-key=${join(folder, 'server-key.pem')}`],
  ].flat()
}

/** Create the data folder once; a killed attempt leaves only data.new, which the next one clears. */
async function initialise(program: string, folder: string, access: object): Promise<void> {
  const data = join(folder, 'data')
  if (existsSync(data)) return
  const fresh = join(folder, 'data.new')
  await rm(fresh, { recursive: true, force: true })
  await makeFolder(join(folder, 'tmp'), access)
  const env = { ...process.env, HOME: folder, TMPDIR: join(folder, 'tmp') }
  await mustRun(
    program,
    ['--no-defaults', `--datadir=${fresh}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...access, env },
  )
  await rename(fresh, data)
}

async function makeFolder(folder: string, access: object): Promise<void> {
  // Made by whom it will belong to.
  const { code } = await capture('mkdir', ['-p', folder], access)
  if (code !== 0) await mkdir(folder, { recursive: true })
}

/** The server's certificate, and what it does at every start: nobody signs in without a password. */
async function writeFiles(
  { folder, owner }: { folder: string; owner?: { uid: number; gid: number } },
  password: string,
): Promise<string> {
  const certificateFile = join(folder, 'server.pem')
  const keyFile = join(folder, 'server-key.pem')
  if (!existsSync(certificateFile)) {
    const { keyPem, certificatePem } = makeLoopbackCertificate(new Date(), CERTIFICATE_DAYS)
    await writeFile(keyFile, keyPem, { mode: 0o600 })
    await writeFile(certificateFile, certificatePem)
  }
  const initFile = join(folder, 'init.sql')
  const secret = `'${password.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  await writeFile(
    initFile,
    [
      `ALTER USER root@localhost IDENTIFIED BY ${secret};`,
      `CREATE USER IF NOT EXISTS ${worldUser}@'127.0.0.1';`,
      `ALTER USER ${worldUser}@'127.0.0.1' IDENTIFIED BY ${secret};`,
      `GRANT ALL ON *.* TO ${worldUser}@'127.0.0.1' WITH GRANT OPTION;`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  if (owner) await mustRun('chown', [`${owner.uid}:${owner.gid}`, certificateFile, keyFile, initFile])
  return readFile(certificateFile, 'utf8')
}

async function accepts(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 })
    await connection.end()
    return true
  } catch {
    return false // not listening yet, or its user is not made yet
  }
}
