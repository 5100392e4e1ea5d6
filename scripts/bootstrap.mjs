// Runs before anything is installed: Node's own modules only, and syntax that an old Node can still parse.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const minimumNode = [20, 19]

/** Is `version` (such as "20.19.1") new enough to run Order Hub? */
export function nodeIsNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])
}

/** The stamp that node_modules carries when it was installed from exactly this lock file. */
export function lockStamp(lockText) {
  return createHash('sha256').update(lockText).digest('hex')
}

/**
 * Does npm's own record of node_modules hold what the lock file asks for? Then somebody ran `npm install` by
 * hand and there is nothing to do. Optional packages may be absent: they belong to other platforms.
 */
export function installedMatches(lock, installed) {
  const wanted = Object.entries(lock.packages || {}).filter(([path]) => path !== '')
  const present = installed.packages || {}
  const allThere = wanted.every(([path, entry]) => {
    const found = present[path]
    return found ? found.version === entry.version : Boolean(entry.optional || entry.devOptional)
  })
  return allThere && Object.keys(present).every((path) => lock.packages[path] !== undefined)
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined // absent or half-written: the caller installs again
  }
}

function isUpToDate(lockText) {
  const stampFile = join(root, 'node_modules', '.order-hub-lock')
  const stamp = lockStamp(lockText)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === stamp) return true
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))
  if (!installed || !installedMatches(JSON.parse(lockText), installed)) return false
  writeFileSync(stampFile, `${stamp}\n`)
  return true
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two commands started together must not both install: the second waits for the first. */
async function withInstallLock(work) {
  const lockFile = join(root, '.data', 'install.lock')
  mkdirSync(dirname(lockFile), { recursive: true })
  for (let announced = false; ; ) {
    try {
      const handle = openSync(lockFile, 'wx')
      writeSync(handle, String(process.pid))
      closeSync(handle)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = Number(existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '')
    if (holder && !isAlive(holder)) rmSync(lockFile, { force: true })
    else if (!announced) {
      announced = true
      console.log('Another command is installing the packages; waiting for it …')
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

function npmCi() {
  const npm = process.env.npm_execpath
  const flags = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, ...flags]] : ['npm', flags]
  const started = Date.now()
  console.log('Installing the packages of package-lock.json (needed once, about a minute) …')
  const ticker = setInterval(() => {
    console.log(`  still installing (${Math.round((Date.now() - started) / 1000)} s)`)
  }, 10_000)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`npm ci ended with code ${code}`)),
    )
  }).finally(() => clearInterval(ticker))
}

async function ensureInstalled() {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (isUpToDate(lockText)) return
  await withInstallLock(async () => {
    if (isUpToDate(lockText)) return
    await npmCi()
    writeFileSync(join(root, 'node_modules', '.order-hub-lock'), `${lockStamp(lockText)}\n`)
  })
}

/** Signals are handed on; the child decides when to end, and this process ends the way the child ended. */
function runScript(name, args) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', 'tsx', join(root, 'scripts', `${name}.ts`), ...args],
    // The message channel tells the script when this process was killed outright: it then stops by itself.
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

/** Check Node, install the packages if the lock file changed, then run scripts/<name>.ts with `args`. */
export async function run(name, args = process.argv.slice(2)) {
  if (!nodeIsNewEnough(process.versions.node)) {
    console.error(`Order Hub needs Node ${minimumNode.join('.')} or newer; this is ${process.versions.node}.`)
    process.exit(1)
  }
  try {
    await ensureInstalled()
  } catch (error) {
    const hint = spawnSync('npm', ['--version']).error ? 'npm is not on the PATH' : error.message
    console.error(`The packages could not be installed: ${hint}`)
    process.exit(1)
  }
  runScript(name, args)
}
