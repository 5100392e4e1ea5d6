import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Figure } from '../figure.ts'
import type { ReservingTask } from '../reserving.ts'
import { median } from '../statistics.ts'

const PROCESSES = 2
const CALLERS = 32
const ROUNDS = 3
const TIMES = { warmUpMs: 1_000, windowMs: 3_000 }

/**
 * Two processes that reserve one hot article at the same time, each with groups of its own, and the same two with a
 * transaction for every order, in turns: what grouping gains where groups wait for each other's row.
 */
export async function measureProcesses(appUrl: string, skuId: string, signal: AbortSignal): Promise<Figure> {
  const processes = Array.from({ length: PROCESSES }, (_, own) => {
    const args = [appUrl, skuId, String(PROCESSES), String(own)]
    return fork(join(import.meta.dirname, '../reserving-process.ts'), args, {
      execArgv: ['--import', 'tsx'],
      signal,
    })
  })
  // Aborted, they are killed; whoever waits for them hears of it below.
  for (const each of processes) each.on('error', () => undefined)
  try {
    await Promise.all(processes.map(nextMessage))
    const rates: Record<ReservingTask['way'], number[]> = { grouped: [], single: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const way of ['single', 'grouped'] as const) rates[way].push(await together(processes, way))
    }
    return {
      name: `reserve-hot-${PROCESSES}-processes`,
      value: median(rates.grouped),
      unit: 'reservations/s',
      baseline: median(rates.single),
      against: 'one transaction per order, in as many processes',
    }
  } finally {
    for (const each of processes) each.kill()
  }
}

async function together(processes: ChildProcess[], way: ReservingTask['way']): Promise<number> {
  const task: ReservingTask = { way, callers: CALLERS / processes.length, ...TIMES }
  const answers = processes.map(nextMessage)
  for (const each of processes) each.send(task)
  return (await Promise.all(answers)).reduce((sum, perSecond) => sum + perSecond, 0)
}

/** What a process says next: that it is ready, as 0, or how many a second it was. */
async function nextMessage(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a process ended during the measurement')
  })
  const [message] = await Promise.race([once(child, 'message'), ended])
  return typeof message === 'number' ? message : 0
}
