import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { System } from '../../store/identity.ts'
import type { Account } from './secrets.ts'

/** What .data/run.json says while Order Hub runs; scripts read it to find everything. */
export interface RunInfo {
  api: string
  docs: string
  console: string
  temporal: string
  temporalWeb: string | null
  postgres: string
  redis: string
  /** The warehouses' own stock systems; absent where there is no MariaDB. */
  mariadb?: string
  simulator: string
  apiKeys: Record<System, string>
  accounts: Account[]
  /** Of everybody at the simulated company's sign-in, where the same names are known. */
  companyPassword: string
  /** Where worker, relay and channels serve their metrics; the API does so at /metrics, for the system `ops`. */
  metrics: Record<'worker' | 'relay' | 'channels', string>
  /** By the name of the part; parts that somebody else runs are not listed. */
  pids: Record<string, number>
}

const fileOf = (dataDir: string) => join(dataDir, 'run.json')

/** Written beside and renamed: a reader sees the old text or the new one, never half of it. Holds secrets. */
export function writeRunInfo(dataDir: string, info: RunInfo): void {
  mkdirSync(dataDir, { recursive: true })
  const file = fileOf(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removeRunInfo(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true })
}

/** The running instance of this data folder, as its run.json describes it. */
export function readRunInfo(dataDir: string): RunInfo | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8'))
  } catch {
    return undefined // not running, or not ready yet
  }
}
