import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { forgetChild, recordChild } from './leftovers.ts'
import { type Print, print } from './progress.ts'

/** What to run, how to see that it is ready, and how to end it. */
export interface ChildSpec {
  /** Names the log file, the pid record and every message. */
  name: string
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Run as this user (only root may say so). */
  owner?: { uid: number; gid: number }
  /** Holds logs/<name>.log and pids/<name>.json. */
  folder: string
  isReady: () => Promise<boolean>
  readyWithinMs: number
  stopSignal?: NodeJS.Signals
  stopWithinMs?: number
  /** What ends it when it must end now; PostgreSQL takes its backends along on SIGQUIT only. */
  killSignal?: NodeJS.Signals
  /** Called when another process has taken the place of one that died. */
  onRevived?: (pid: number) => void
  out?: Print
}

/** First pause before a dead child is started again; it doubles with each failure. */
const firstBackoffMs = 250
const maxBackoffMs = 10_000
/** A child that lived this long is healthy: the next failure starts with the short pause again. */
const healthyMs = 30_000
const maxReadyPauseMs = 200
/** A log that has grown beyond this is moved aside when its process starts. */
const maxLogBytes = 20_000_000
const tailLines = 8
/** After the kill signal the system needs a moment; after this the last resort is SIGKILL. */
const killWithinMs = 3_000

const running = new Set<ChildProcess>()
// Last resort: whatever ends this process, no child of it stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process that is kept running until `stop`: when it dies it is started again, on the same port and data. */
export class Supervised {
  readonly name: string
  readonly #spec: ChildSpec
  #child: ChildProcess | undefined
  #stopping = new AbortController()
  #revival: Promise<void> | undefined
  #failures = 0
  #launchedAt = 0

  constructor(spec: ChildSpec) {
    this.name = spec.name
    this.#spec = spec
  }

  /** Process number, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get logFile(): string {
    return join(this.#spec.folder, 'logs', `${this.name}.log`)
  }

  /** Start it and wait until it is ready. Throws with the end of its log if it ends or takes too long. */
  async start(): Promise<void> {
    this.#stopping = new AbortController()
    try {
      await this.#launchAndWait()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** End it: first politely, then by force after the grace period. Returns when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const child = this.#child
    if (child && isUp(child)) {
      child.kill(this.#spec.stopSignal ?? 'SIGTERM')
      if (!(await hasEnded(child, this.#spec.stopWithinMs ?? 15_000))) await this.kill()
    }
    await this.#revival
    forgetChild(this.#spec.folder, this.name)
  }

  /** End it now. */
  async kill(): Promise<void> {
    this.#stopping.abort()
    const child = this.#child
    if (!child || !isUp(child)) return
    child.kill(this.#spec.killSignal ?? 'SIGKILL')
    if (!(await hasEnded(child, killWithinMs))) {
      child.kill('SIGKILL')
      await hasEnded(child, killWithinMs)
    }
  }

  /** Stop and start on the same port and data. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** Last lines of its log, for an error message. */
  tail(): string {
    try {
      return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n')
    } catch {
      return '(no log)'
    }
  }

  #launch(): ChildProcess {
    const { command, args, env, cwd, owner, folder } = this.#spec
    mkdirSync(join(folder, 'logs'), { recursive: true })
    const log = openLog(this.logFile)
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      ...owner,
      stdio: ['ignore', log, log],
      // A session of its own: Ctrl-C in the terminal reaches only us, and we end the children in the right order.
      detached: true,
    })
    closeSync(log)
    running.add(child)
    child.once('exit', (code, signal) => {
      running.delete(child)
      if (this.#child === child && this.#isKept(child)) this.#revival = this.#revive(signal ?? `code ${code}`)
    })
    this.#child = child
    this.#launchedAt = Date.now()
    if (child.pid) recordChild(folder, this.name, child.pid, this.#spec.stopSignal ?? 'SIGTERM')
    return child
  }

  /** Only a child that was ready once is revived; before that the failure belongs to whoever starts it. */
  #isKept(child: ChildProcess): boolean {
    return this.#readyChild === child && !this.#stopping.signal.aborted
  }
  #readyChild: ChildProcess | undefined

  async #launchAndWait(): Promise<void> {
    const child = this.#launch()
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    await Promise.race([this.#waitUntilReady(child), failed])
    this.#readyChild = child
    // It may have died between the answer and this line.
    if (!isUp(child)) throw this.#failure('ended right after its start')
  }

  async #waitUntilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + this.#spec.readyWithinMs
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, maxReadyPauseMs)) {
      if (this.#stopping.signal.aborted) throw new Error(`${this.name} was stopped while it started`)
      if (!isUp(child)) throw this.#failure('ended while it started')
      if (await this.#spec.isReady()) return
      if (Date.now() > deadline)
        throw this.#failure(`was not ready after ${this.#spec.readyWithinMs / 1_000} s`)
      await delay(pauseMs)
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.name} ${what}; the end of ${this.logFile}:\n${this.tail()}`)
  }

  async #revive(how: string): Promise<void> {
    const out = this.#spec.out ?? print
    if (Date.now() - this.#launchedAt > healthyMs) this.#failures = 0
    out(`  ${this.name} ended (${how}); starting it again`)
    while (!this.#stopping.signal.aborted) {
      const pauseMs = Math.min(firstBackoffMs * 2 ** this.#failures, maxBackoffMs)
      await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      if (this.#stopping.signal.aborted) return
      this.#failures += 1
      try {
        await this.#launchAndWait()
        out(`  ${this.name} is back (pid ${this.pid})`)
        if (this.pid) this.#spec.onRevived?.(this.pid)
        return
      } catch (error) {
        await this.#discard()
        if (!this.#stopping.signal.aborted) out(`  ${error instanceof Error ? error.message : error}`)
      }
    }
  }

  /** A replacement that never became ready must be gone before the next one takes its port. */
  async #discard(): Promise<void> {
    const child = this.#child
    if (!child || !isUp(child)) return
    child.kill(this.#spec.killSignal ?? 'SIGKILL')
    await hasEnded(child, killWithinMs)
  }
}

function isUp(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** Wait for the end; false when it still runs after `withinMs`. */
function hasEnded(child: ChildProcess, withinMs: number): Promise<boolean> {
  if (!isUp(child)) return Promise.resolve(true)
  return new Promise((resolve) => {
    const onExit = () => {
      clearTimeout(timer)
      resolve(true)
    }
    const timer = setTimeout(() => {
      child.off('exit', onExit)
      resolve(false)
    }, withinMs)
    child.once('exit', onExit)
  })
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > maxLogBytes) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}
