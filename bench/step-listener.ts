import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export type StepListener = {
  port: number
  /** Resolves when the workflow says that it has come so far. Ask before it can happen. */
  reached: (id: string, step: string) => Promise<void>
  close: () => Promise<void>
}

/** Hears the lines `id step` that the reference's activities write. */
export async function startStepListener(): Promise<StepListener> {
  const waiting = new Map<string, () => void>()
  const server = createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      waiting.get(line)?.()
      waiting.delete(line)
    })
    socket.unref()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return {
    port: address.port,
    reached: (id, step) => new Promise((resolve) => waiting.set(`${id} ${step}`, resolve)),
    // The worker at the other end has gone by then.
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
