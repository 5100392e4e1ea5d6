import { createServer, type Server, type Socket } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, inject, vi } from 'vitest'
import { readRunInfo } from '../../scripts/parts/run-file.ts'
import { HUB_URL, LOOK_AGAIN_MS, PATIENCE_MS } from './support.ts'

const PATIENTLY = { timeout: PATIENCE_MS, interval: LOOK_AGAIN_MS }
/** A process that could not start is started again after a pause that grows with each time. */
const UNTIL_BACK = { ...PATIENTLY, timeout: 2 * PATIENCE_MS }

/**
 * Kills the API as a crash does, and lets it come back when `act` is over. Whoever runs the hub starts it again at once, which
 * fails as long as its port is held here, by a server that has no answer for anybody.
 */
export async function whileApiIsAway<Result>(act: () => Promise<Result>): Promise<Result> {
  const killed = await kill()
  const holder = await holdPort()
  try {
    return await act()
  } finally {
    await holder.release()
    await vi.waitFor(async () => {
      expect((await fetch(`${HUB_URL}/readyz`)).ok).toBe(true)
      // The next one to kill.
      expect(apiProcess()).not.toBe(killed)
    }, UNTIL_BACK)
  }
}

function apiProcess(): number {
  const pid = readRunInfo(inject('hubFolder'))?.pids.api
  if (pid === undefined) throw new Error('the API of this hub is run by somebody else')
  return pid
}

async function kill(): Promise<number> {
  const pid = apiProcess()
  process.kill(pid, 'SIGKILL')
  return pid
}

async function holdPort(): Promise<{ release: () => Promise<void> }> {
  const callers = new Set<Socket>()
  const server = createServer((caller) => {
    callers.add(caller)
    caller.on('error', () => caller.destroy())
    caller.on('close', () => callers.delete(caller))
    caller.destroy()
  })
  const port = Number(new URL(HUB_URL).port)
  // The killed process may still be holding it.
  await vi.waitFor(() => listen(server, port), PATIENTLY)
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const caller of callers) caller.destroy()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Comes back to the tab again and again, as who waits for something does, until what it shows of `path` was asked for in vain. */
export async function lookBackInVain(page: Page, path: string): Promise<void> {
  let failures = 0
  const count = (request: { url: () => string }) => {
    if (new URL(request.url()).pathname === path) failures += 1
  }
  page.on('requestfailed', count)
  const lookBack = () => {
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }
  // Once, and as often as it is tried again.
  await expect
    .poll(async () => {
      await page.evaluate(lookBack)
      return failures
    }, PATIENTLY)
    .toBeGreaterThanOrEqual(3)
  page.off('requestfailed', count)
}
