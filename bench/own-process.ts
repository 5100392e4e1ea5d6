import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Taken, taken } from './cpu-time.ts'
import { type Memory, watchKept } from './memory.ts'

/** What comes back from it: what memory it took, and what came of the work. */
type Answer<Result> = { memory: Memory; result: Result }

/**
 * Work in a process of its own, which has done nothing before: what memory does in one that has measured other sizes is what
 * those have left. Its start is in none of the figures.
 *
 * @param program a file of this folder that calls `answer`
 * @param settings as JSON
 */
export async function inOwnProcess<Result>(
  program: string,
  settings: object,
  signal: AbortSignal,
): Promise<Answer<Result> & { time: Taken }> {
  const child = fork(join(import.meta.dirname, program), [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    signal,
  })
  child.on('error', () => undefined) // aborted, it is killed; whoever waits for it hears of it
  try {
    await nextMessage(child)
    let answer: unknown
    const time = await taken(async () => {
      child.send('go')
      answer = await nextMessage(child)
    })
    // What the program sends is what `answer` makes.
    return { ...(answer as Answer<Result>), time }
  } finally {
    child.kill()
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a process ended during the measurement')
  })
  const [message] = await Promise.race([once(child, 'message'), ended])
  return message
}

/** The other end: does the work once it is asked to, and says what came of it. */
export async function answer<Settings>(work: (settings: Settings) => Promise<unknown>): Promise<void> {
  // As the parent has written them.
  const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
  process.send?.('ready')
  await once(process, 'message')
  const memory = watchKept()
  const result = await work(settings)
  process.send?.({ memory: memory.stop(), result })
}
