import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { capture } from './cache.ts'
import { claimPort, isListening } from './ports.ts'
import { Supervised } from './process.ts'
import type { Print } from './progress.ts'
import { findTemporal } from './temporal-binary.ts'

/** What orders can be searched by in Temporal Web. Registering one again changes nothing. */
const searchAttributes = {
  OrderStatus: 'Keyword',
  Channel: 'Keyword',
  StoreId: 'Keyword',
  Warehouse: 'KeywordList',
  NeedsAttention: 'Bool',
  ChangeStatus: 'Keyword',
}

export interface TemporalOptions {
  /** Data goes to <dataDir>/temporal. */
  dataDir: string
  /** Logs and pid records; `dataDir` if absent. */
  recordDir?: string
  port?: number
  webPort?: number
  /** No Temporal Web, as in tests. */
  headless?: boolean
  /** After how many events a workflow is told to continue as new; the server's default is 4,096. */
  continueAsNewAfterEvents?: number
  /** Where Temporal Web has payloads decoded, such as http://127.0.0.1:8080/codec. */
  codecEndpoint?: string
  onRevived?: (pid: number) => void
  out?: Print
}

/** A running Temporal server. */
export interface TemporalPart {
  /** host:port of the frontend. */
  address: string
  /** Temporal Web; undefined when headless or not ours. */
  webUrl: string | undefined
  /** Undefined when it is not ours (TEMPORAL_ADDRESS). */
  pid(): number | undefined
  stop(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

/** Temporal from TEMPORAL_ADDRESS, otherwise the dev server on a SQLite file. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalPart> {
  const external = process.env.TEMPORAL_ADDRESS
  if (external) return externalTemporal(external)
  const command = await findTemporal(options.out)
  const folder = resolve(options.dataDir, 'temporal')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = await claimPort('Temporal', options.port, options.out)
  const webPort = options.headless ? undefined : await claimPort('Temporal Web', options.webPort, options.out)
  const address = `127.0.0.1:${port}`
  const child = new Supervised({
    name: 'temporal',
    command,
    args: [
      ...serverArguments(`${folder}/temporal.db`, port, webPort, options.codecEndpoint),
      ...longHistory(options.continueAsNewAfterEvents),
    ],
    cwd: folder,
    folder: options.recordDir ?? options.dataDir,
    isReady: () => hasDefaultNamespace(command, address),
    readyWithinMs: 60_000,
    stopWithinMs: 10_000,
    ...(options.onRevived ? { onRevived: options.onRevived } : {}),
    ...(options.out ? { out: options.out } : {}),
  })
  await child.start()
  return {
    address,
    webUrl: webPort === undefined ? undefined : `http://127.0.0.1:${webPort}`,
    pid: () => child.pid,
    stop: () => child.stop(),
    kill: () => child.kill(),
    restart: () => child.restart(),
  }
}

function longHistory(events: number | undefined): string[] {
  if (events === undefined) return []
  return ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${events}`]
}

function serverArguments(file: string, port: number, webPort: number | undefined, codec: string | undefined) {
  return [
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', file],
    // About twice the rate of the default; a killed process loses nothing, only a crash of the machine could.
    ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    webPort === undefined ? ['--headless'] : ['--ui-port', String(webPort)],
    webPort !== undefined && codec ? ['--ui-codec-endpoint', codec] : [],
    Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    // The client's own configuration files could point it at another server.
    ['--disable-config-file', '--disable-config-env', '--log-level', 'warn'],
  ].flat()
}

/** The port opens before the namespace is there. */
async function hasDefaultNamespace(command: string, address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':')
  if (!(await isListening(Number(port), host))) return false
  const question = ['operator', 'namespace', 'describe', '--namespace', 'default', '--address', address]
  const timeout = ['--command-timeout', '5s', '--disable-config-file', '--disable-config-env']
  return (await capture(command, [...question, ...timeout])).code === 0
}

/** A Temporal that somebody else runs: used, never started or stopped. */
async function externalTemporal(address: string): Promise<TemporalPart> {
  const [host = '', port = '7233'] = address.split(':')
  if (!(await isListening(Number(port), host))) {
    throw new Error(`Temporal: TEMPORAL_ADDRESS is set to ${address} but nothing answers there`)
  }
  const nothing = () => Promise.resolve()
  return { address, webUrl: undefined, pid: () => undefined, stop: nothing, kill: nothing, restart: nothing }
}
