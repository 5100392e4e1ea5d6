import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { CrashPoint } from './crash-points.ts'
import { required } from './database.ts'
import type { TestHub } from './hub.ts'

/**
 * What a worker runs: everything, workflows with the activities within their tasks, or all other activities.
 *
 * A death costs whatever its worker has in hand, 10 s for a workflow task and 30 s for an activity. Where that would be other
 * lives' as well, and deaths are many, each worker has one part only, and one of these in hand: then a death costs its own life
 * alone.
 */
export type WorkerPart = 'all' | 'workflows' | 'activities'

/** Several at once, so that lives go on while one starts again. */
const THREE_WORKERS: WorkerPart[] = ['all', 'all', 'all']
/** Activities wait for orders, which wait for workflow tasks: more of them, or those would wait for a worker, too. */
export const ONE_IN_HAND_EACH: WorkerPart[] = [
  ...(['workflows', 'workflows', 'workflows'] as const),
  ...(['activities', 'activities', 'activities', 'activities', 'activities'] as const),
]

/** Worker processes of this hub that die by SIGKILL where they are told to, and another one for each that has died. */
export function startCrashingWorkers(hub: TestHub, parts: WorkerPart[] = THREE_WORKERS) {
  const folder = makeFolder()
  const program = buildProgram(folder, 'crashing-worker')
  const planned = new Map<string, CrashPoint>()
  const children = new Set<ChildProcess>()
  let stopped = false
  let crashes = 0

  function start(part: WorkerPart): void {
    const child = spawn(process.execPath, [program], {
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
          part,
        }),
      },
    })
    children.add(child)
    child.once('exit', (_code, signal) => {
      children.delete(child)
      if (stopped) return
      if (signal === 'SIGKILL') crashes += 1
      start(part)
    })
  }
  for (const part of parts) start(part)

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

/** Within the checkout, where the program finds its packages. */
export function makeFolder(): string {
  const dist = join(import.meta.dirname, '../../dist')
  mkdirSync(dist, { recursive: true })
  return mkdtempSync(join(dist, 'crash-'))
}

/** A program of this folder as one file: there is a start for every death, and most of a start from the sources is reading them. */
export function buildProgram(folder: string, name: string): string {
  const outfile = join(folder, `${name}.mjs`)
  buildSync({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  })
  return outfile
}
