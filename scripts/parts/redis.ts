import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { claimPort } from './ports.ts'
import { Supervised } from './process.ts'
import type { Print } from './progress.ts'
import { findRedis } from './redis-binary.ts'

export interface RedisOptions {
  /** Data goes to <dataDir>/redis. */
  dataDir: string
  /** Logs and pid records; `dataDir` if absent. */
  recordDir?: string
  port?: number
  onRevived?: (pid: number) => void
  out?: Print
}

/** A running Redis. */
export interface RedisPart {
  url: string
  /** Undefined when it is not ours (REDIS_URL). */
  pid(): number | undefined
  stop(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
}

const probeTimeoutMs = 1_000

/** Redis from REDIS_URL, otherwise one of this machine or of the cache. Acknowledged means on disk. */
export async function startRedis(options: RedisOptions): Promise<RedisPart> {
  const external = process.env.REDIS_URL
  if (external) return externalRedis(external)
  const command = await findRedis(options.out)
  const folder = resolve(options.dataDir, 'redis')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = await claimPort('Redis', options.port, options.out)
  const child = new Supervised({
    name: 'redis',
    command,
    args: [
      ['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--daemonize', 'no'],
      ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ['--maxmemory-policy', 'noeviction', '--databases', '16', '--loglevel', 'notice'],
    ].flat(),
    cwd: folder,
    folder: options.recordDir ?? options.dataDir,
    isReady: () => answersPing('127.0.0.1', port),
    readyWithinMs: 60_000,
    ...(options.onRevived ? { onRevived: options.onRevived } : {}),
    ...(options.out ? { out: options.out } : {}),
  })
  await child.start()
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: () => child.pid,
    stop: () => child.stop(),
    kill: () => child.kill(),
    restart: () => child.restart(),
  }
}

/** PING by hand: "-LOADING" while the file is read is an answer too, but not the one that we wait for. */
function answersPing(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: probeTimeoutMs }, () => socket.write('PING\r\n'))
    const finish = (answer: boolean) => {
      socket.destroy()
      done(answer)
    }
    // "-NOAUTH" is a living server, too: the password is in the URL and is the client's business.
    socket.once('data', (data) => finish(/^(\+PONG|-NOAUTH)/.test(data.toString())))
    socket.once('timeout', () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => done(false))
  })
}

/** A Redis that somebody else runs: used, never started or stopped. */
async function externalRedis(url: string): Promise<RedisPart> {
  const { hostname, port, protocol } = new URL(url)
  // A rediss:// server speaks TLS first; whether it answers is then seen by the client.
  if (protocol === 'redis:' && !(await answersPing(hostname, Number(port || 6379)))) {
    throw new Error('Redis: REDIS_URL is set but does not answer')
  }
  const nothing = () => Promise.resolve()
  return { url, pid: () => undefined, stop: nothing, kill: nothing, restart: nothing }
}
