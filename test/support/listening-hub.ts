import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Hint, PushListener } from '../../connectors/channels/channel.ts'
import type { ConnectionTimings } from '../../connectors/channels/long-connection.ts'

/** As a long connection is kept in tests. */
export const FAST: Partial<ConnectionTimings> = {
  beatEveryMs: 40,
  silentAfterMs: 5_000,
  firstPauseMs: 20,
  maxPauseMs: 80,
}

/** A hub with a memory: what it was handed, and what became of the connection. */
export class ListeningHub implements PushListener {
  readonly hints: Hint[] = []
  readonly groups: number[] = []
  readonly states: string[] = []
  directory?: NonNullable<PushListener['directory']>
  /** Until it resolves nothing is durable. */
  gate: Promise<void> = Promise.resolve()
  refuses: (hint: Hint) => boolean = () => false
  #waiting: { isMet: () => boolean; resolve: () => void }[] = []

  accept = async (hints: Hint[]): Promise<void> => {
    this.groups.push(hints.length)
    this.#look()
    await this.gate
    if (hints.some(this.refuses)) {
      this.#look()
      throw new Error('cannot be stored')
    }
    this.hints.push(...hints)
    this.#look()
  }
  onState = ({ state, detail }: { state: string; detail: string }): void => {
    this.states.push(`${state} ${detail}`.trim())
    this.#look()
  }
  /** Resolves as soon as something that the hub sees makes it true. */
  until(isMet: () => boolean): Promise<void> {
    return isMet() ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ isMet, resolve }))
  }
  connected(times = 1): Promise<void> {
    return this.until(() => this.states.filter((state) => state === 'connected').length >= times)
  }
  orders(): Set<string | null> {
    return new Set(this.hints.map(({ platformOrderId }) => platformOrderId))
  }
  #look(): void {
    for (const entry of this.#waiting) if (entry.isMet()) entry.resolve()
    this.#waiting = this.#waiting.filter((entry) => !entry.isMet())
  }
}

/** For what only the outside sees. */
export async function eventually(isMet: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!isMet()) {
    if (performance.now() > deadline) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** TCP in between that can be cut. */
export async function cuttingProxy(targetPort: number | string) {
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect(Number(targetPort), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async () => {
    cut()
    proxy.close()
  }
  const { port } = proxy.address() as AddressInfo // it listens on TCP
  return { port, cut, close }
}
