import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { identify, isSame, type ProcessIdentity } from './identity.ts'
import { type Print, print } from './progress.ts'

interface ChildRecord extends ProcessIdentity {
  name: string
  stopSignal: NodeJS.Signals
}

/** Stores must outlive their users: PostgreSQL's fast shutdown would break a worker's last writes. */
const stores = ['temporal', 'redis', 'mariadb', 'postgres']
const stopWithinMs = 10_000
const pollMs = 50

function recordFile(folder: string, name: string): string {
  return join(folder, 'pids', `${name}.json`)
}

/** Note a child, so that the next start can find it if this process is killed outright. */
export function recordChild(folder: string, name: string, pid: number, stopSignal: NodeJS.Signals): void {
  const identity = identify(pid)
  if (!identity) return // already gone
  mkdirSync(join(folder, 'pids'), { recursive: true })
  const record: ChildRecord = { ...identity, name, stopSignal }
  writeFileSync(recordFile(folder, name), JSON.stringify(record))
}

export function forgetChild(folder: string, name: string): void {
  rmSync(recordFile(folder, name), { force: true })
}

function parseRecord(text: string): ChildRecord | undefined {
  try {
    const { name, pid, startedAt, stopSignal } = JSON.parse(text)
    const isRecord = typeof name === 'string' && Number.isInteger(pid) && typeof startedAt === 'string'
    return isRecord ? { name, pid, startedAt, stopSignal: stopSignal ?? 'SIGTERM' } : undefined
  } catch {
    return undefined // half-written by a killed process: nothing can be said about it
  }
}

/** The recorded process of this name, if exactly that process still runs. */
export function findRecorded(folder: string, name: string): ProcessIdentity | undefined {
  try {
    const record = parseRecord(readFileSync(recordFile(folder, name), 'utf8'))
    return record && isSame(record) ? record : undefined
  } catch {
    return undefined // no record
  }
}

function readRecords(folder: string): ChildRecord[] {
  try {
    return readdirSync(join(folder, 'pids'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => parseRecord(readFileSync(join(folder, 'pids', file), 'utf8')))
      .filter((record) => record !== undefined)
  } catch {
    return [] // never started here
  }
}

/**
 * Stop what a killed start left running: only processes that we recorded and that are still the very same
 * (number and moment of start), users of the stores before the stores. Returns how many there were.
 */
export async function stopLeftovers(folder: string, out: Print = print): Promise<number> {
  const records = readRecords(folder)
  const alive = records.filter((record) => record.pid !== process.pid && isSame(record))
  if (alive.length > 0) {
    out(`  Stopping what an interrupted start left behind: ${alive.map(({ name }) => name).join(', ')}`)
  }
  await Promise.all(alive.filter(({ name }) => !stores.includes(name)).map(stopRecorded))
  await Promise.all(alive.filter(({ name }) => stores.includes(name)).map(stopRecorded))
  for (const record of records) forgetChild(folder, record.name)
  return alive.length
}

async function stopRecorded(record: ChildRecord): Promise<void> {
  for (const signal of [record.stopSignal, 'SIGKILL'] as const) {
    if (!isSame(record)) return
    process.kill(record.pid, signal)
    const deadline = Date.now() + stopWithinMs
    while (isSame(record) && Date.now() < deadline) await delay(pollMs)
  }
}
