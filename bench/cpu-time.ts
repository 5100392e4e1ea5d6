import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Linux counts processor time in ticks of 10 ms on every platform that Node supports. */
const TICK_MS = 10

/** Processor time that a process has used so far, all its threads together, in ms. */
export function cpuMilliseconds(pid: number): number {
  if (process.platform !== 'linux') {
    return parsePsTime(execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }))
  }
  return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** User and system time from /proc/<pid>/stat. */
export function parseProcStat(text: string): number {
  const fields = fieldsOf(text)
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** From the state on; the name before it, in brackets, may itself hold spaces and brackets. */
function fieldsOf(text: string): string[] {
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` as ps prints it. */
export function parsePsTime(text: string): number {
  const [time = '', days = '0'] = text.trim().split('-').reverse()
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1_000
}

/** How much processor time the whole machine and everything that descends from this process have used, in ms. */
export type MachineUse = { allMs: number; ownMs: number; capacityMs: number }

/** Undefined where the system does not say it cheaply; the figures are the same, only the warning is missing. */
export function machineUse(): MachineUse | undefined {
  if (process.platform !== 'linux') return undefined
  const busyMs = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  const idleMs = cpus().map(({ times }) => times.idle)
  const allMs = sum(busyMs)
  return { allMs, ownMs: ownMilliseconds(), capacityMs: allMs + sum(idleMs) }
}

/** Which share of the machine other programs took between two readings, from 0 to 1. */
export function foreignShare(before: MachineUse, after: MachineUse): number {
  const foreignMs = after.allMs - before.allMs - (after.ownMs - before.ownMs)
  return Math.max(0, foreignMs) / (after.capacityMs - before.capacityMs)
}

/**
 * What work takes by the clock, and of the processor: here, in what this process has started, PostgreSQL's backends among
 * it. Beside other work the processor time is what compares.
 */
export type Taken = { seconds: number; cpuSeconds: number }

export async function taken(work: () => Promise<unknown>): Promise<Taken> {
  const startedAtMs = performance.now()
  const cpuBeforeMs = ownMilliseconds()
  await work()
  return {
    seconds: (performance.now() - startedAtMs) / 1_000,
    cpuSeconds: (ownMilliseconds() - cpuBeforeMs) / 1_000,
  }
}

/** This process and its descendants; PostgreSQL's backends and the workers' threads are among them. */
function ownMilliseconds(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000 // of others the system does not tell it cheaply
  }
  const texts = new Map<number, string>()
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? readIfThere(`/proc/${name}/stat`) : undefined
    if (text) texts.set(Number(name), text)
  }
  const parentOf = (pid: number) => Number(fieldsOf(texts.get(pid) ?? '')[1])
  const isOwn = (pid: number): boolean => pid === process.pid || (texts.has(pid) && isOwn(parentOf(pid)))
  return sum([...texts].filter(([pid]) => isOwn(pid)).map(([, text]) => withEnded(text)))
}

/** With the children that have ended: PostgreSQL's workers come and go. */
function withEnded(text: string): number {
  const fields = fieldsOf(text)
  return parseProcStat(text) + (Number(fields[13]) + Number(fields[14])) * TICK_MS
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // it ended while we looked
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
