import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CrashPoint } from './crash-points.ts'
import { required } from './database.ts'
import type { TestHub } from './hub.ts'

/** Several at once, so that lives go on while one starts again. */
const WORKERS = 3

/** Worker processes of this hub that die by SIGKILL where they are told to, and another one for each that has died. */
export function startCrashingWorkers(hub: TestHub) {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-crash-'))
  const planned = new Map<string, CrashPoint>()
  const children = new Set<ChildProcess>()
  let stopped = false
  let crashes = 0

  function start(): void {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'crashing-worker.ts')],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          CRASHING_WORKER: JSON.stringify({
            databaseUrl: hub.appUrl,
            simulatorUrl: hub.simulator.url,
            outsideSecret: hub.outsideSecret,
            temporalAddress: required('TEST_TEMPORAL_ADDRESS'),
            taskQueue: hub.taskQueue,
            bundlePath: required('TEST_WORKFLOW_BUNDLE'),
            folder,
          }),
        },
      },
    )
    children.add(child)
    child.once('exit', (_code, signal) => {
      children.delete(child)
      if (stopped) return
      if (signal === 'SIGKILL') crashes += 1
      start()
    })
  }
  for (let count = 0; count < WORKERS; count += 1) start()

  return {
    /** Lets the worker die at this point of one order's, transfer's, promotion's or change's life, once. */
    plan: (id: string, point: CrashPoint) => {
      planned.set(id, point)
      writeFileSync(join(folder, `${id}.point`), JSON.stringify(point))
    },
    crashes: () => crashes,
    isReached: (id: string) => existsSync(join(folder, `${id}.crashed`)),
    /** Points that no life came to. */
    unreached: () =>
      [...planned].filter(([id]) => !existsSync(join(folder, `${id}.crashed`))).map(([, point]) => point),
    stop: () => {
      stopped = true
      for (const child of children) child.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
