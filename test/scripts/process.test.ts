import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identify, isSame } from '../../scripts/parts/identity.ts'
import { findRecorded, recordChild, stopLeftovers } from '../../scripts/parts/leftovers.ts'
import { freePort, isListening } from '../../scripts/parts/ports.ts'
import { type ChildSpec, Supervised } from '../../scripts/parts/process.ts'

let folder = ''
const started: Supervised[] = []
const silent = () => undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-hub-process-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
  rmSync(folder, { recursive: true })
})

async function listener(more: Partial<ChildSpec> = {}, script = ''): Promise<Supervised> {
  const port = await freePort()
  const code = `${script};require('net').createServer().listen(${port}, '127.0.0.1')`
  const child = new Supervised({
    ...{ name: 'part', command: process.execPath, args: ['-e', code], folder, out: silent },
    ...{ isReady: () => isListening(port), readyWithinMs: 10_000, ...more },
  })
  started.push(child)
  return child
}

test('a part that is killed comes back, and its new number is reported', async () => {
  let revived: (pid: number) => void = silent
  const back = new Promise<number>((resolve) => {
    revived = resolve
  })
  const child = await listener({ onRevived: (pid) => revived(pid) })
  await child.start()
  const before = child.pid ?? 0
  process.kill(before, 'SIGKILL')
  const after = await back
  expect(after).not.toBe(before)
  expect(child.pid).toBe(after)
})

test('a part that ends while it starts fails the start with the end of its log', async () => {
  const child = await listener({}, `console.error('no such disk'); process.exit(3)`)
  await expect(child.start()).rejects.toThrow(/ended while it started.*no such disk/s)
})

test('a part that ignores the polite signal is killed after its grace, and stays down', async () => {
  const child = await listener({ stopWithinMs: 100 }, `process.on('SIGTERM', () => undefined)`)
  await child.start()
  const identity = identify(child.pid ?? 0)
  await child.stop()
  expect(identity && isSame(identity)).toBe(false)
  expect(readdirSync(join(folder, 'pids'))).toEqual([])
})

test('a leftover of a killed start is stopped', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
  await once(child, 'spawn')
  recordChild(folder, 'worker', child.pid ?? 0, 'SIGTERM')
  const gone = once(child, 'exit')
  expect(await stopLeftovers(folder, silent)).toBe(1)
  await gone
  expect(findRecorded(folder, 'worker')).toBeUndefined()
})

test('a process that merely has the number of a leftover is not touched', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  const identity = identify(pid)
  expect(isSame({ pid, startedAt: 'another moment' })).toBe(false)
  expect(identity && isSame(identity)).toBe(true)
  child.kill()
})
