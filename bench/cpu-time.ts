import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 10 ms on every platform that Node supports. */
const TICK_MS = 10

/** Processor time that a process has used so far, all its threads together, in ms. */
export function cpuMilliseconds(pid: number): number {
  if (process.platform !== 'linux') {
    return parsePsTime(execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }))
  }
  return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** User and system time from /proc/<pid>/stat. The name in brackets may itself hold spaces and brackets. */
export function parseProcStat(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` as ps prints it. */
export function parsePsTime(text: string): number {
  const [time = '', days = '0'] = text.trim().split('-').reverse()
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1_000
}
