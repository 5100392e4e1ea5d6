import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { type Print, print } from './progress.ts'

/** Below the range from which systems take ports for outgoing connections, so that none is lost to a race. */
const searchRange = { from: 20_000, to: 32_000 }
/** How many ports above a busy one are tried before giving up: more would only hide a broken machine. */
const maxAttempts = 100
/** Ports handed out by this process, so that two parts that start at once do not get the same one. */
const handedOut = new Set<number>()

/** Does something answer on this loopback port? */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('timeout', () => finish(false))
    socket.once('error', () => finish(false))
  })
}

/** Can this loopback port be bound now? */
export async function isFree(port: number): Promise<boolean> {
  if (await isListening(port)) return false
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * The preferred loopback port, or the next free one above it; without a preference any free one.
 * A port is never handed out twice in one process.
 */
export async function freePort(preferred?: number): Promise<number> {
  const first = preferred ?? randomInt(searchRange.from, searchRange.to)
  for (let port = first; port < first + maxAttempts && port < 65_536; port++) {
    if (handedOut.has(port)) continue
    handedOut.add(port)
    if (await isFree(port)) return port
    handedOut.delete(port)
  }
  throw new Error(`no free port between ${first} and ${first + maxAttempts - 1}`)
}

/** `freePort`, with a line for the user when the preferred port was busy. */
export async function claimPort(
  name: string,
  preferred: number | undefined,
  out: Print = print,
): Promise<number> {
  const port = await freePort(preferred)
  if (preferred !== undefined && port !== preferred) out(`  Port ${preferred} is busy: ${name} takes ${port}`)
  return port
}
