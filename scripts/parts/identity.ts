import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A process beyond doubt: numbers of processes are used again, a number together with the moment at which the
 * process began is not. This is what allows us to stop a leftover and nothing else.
 */
export interface ProcessIdentity {
  pid: number
  startedAt: string
}

/** Is there a process with this number? (Not necessarily the one that we think of: see `isSame`.) */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return stateOf(pid) !== 'Z'
}

/** On Linux a killed child of a parent that never asks for it stays as a zombie: dead for every purpose. */
function stateOf(pid: number): string | undefined {
  return linuxStat(pid)?.[0]
}

/** Fields of /proc/<pid>/stat from the state on; the name before it may itself hold spaces and brackets. */
function linuxStat(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined // the process has gone
  }
}

/** The moment at which the process began, as the system says it; undefined if it is not running. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? linuxStartedAt(pid) : psStartedAt(pid)
  return startedAt ? { pid, startedAt } : undefined
}

function linuxStartedAt(pid: number): string | undefined {
  const ticks = linuxStat(pid)?.[19]
  // Ticks count from the start of the machine, so the machine's start belongs to the identity.
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return ticks ? `${boot}/${ticks}` : undefined
}

function psStartedAt(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return text || undefined
  } catch {
    return undefined // ps ends with 1 when there is no such process
  }
}

/** Is exactly this process still running? */
export function isSame(identity: ProcessIdentity): boolean {
  return isAlive(identity.pid) && identify(identity.pid)?.startedAt === identity.startedAt
}
