import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseStartFlags, startHelp, UsageError } from './parts/flags.ts'
import { AlreadyRunning, type Hub, refuseIfRunning, resetData } from './parts/hub.ts'
import { elapsed, print } from './parts/progress.ts'
import { startSeededHub } from './parts/seeded-hub.ts'
import { onStopRequest } from './parts/stop-request.ts'
import { startTable } from './parts/table.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dataDir = join(root, '.data')

async function main(): Promise<void> {
  const startedAt = Date.now()
  const flags = parseStartFlags(process.argv.slice(2))
  if (flags.help) return print(startHelp)
  refuseIfRunning(dataDir)
  if (flags.reset) await resetData(dataDir)
  print('Starting Order Hub')
  const stopping = new AbortController()
  let hub: Hub | undefined
  const endingDemo = new AbortController()
  let demo: Promise<void> | undefined
  const finished = onStopRequest({
    stop: async () => {
      print('\nStopping …')
      // First, because it takes its short deadlines back, which needs the API.
      endingDemo.abort()
      await demo?.catch(() => undefined)
      stopping.abort()
      await hub?.stop()
    },
    force: async () => {
      print('Ending everything now')
      await hub?.kill()
      process.exit(1) // whatever is still starting is killed with us
    },
  })
  try {
    hub = await startSeededHub({ root, dataDir, apiPort: flags.port, signal: stopping.signal })
    print(startTable(hub.info, elapsed(startedAt)))
    if (flags.demo && !stopping.signal.aborted) {
      const { runDemo } = await import('./demo.ts')
      demo = runDemo({ ...hub.info, dataDir, signal: endingDemo.signal })
      await demo
    }
    await finished
  } catch (error) {
    await hub?.stop()
    if (!stopping.signal.aborted) throw error
  }
  print('Stopped.')
}

try {
  await main()
  process.exit(0)
} catch (error) {
  const expected = error instanceof UsageError || error instanceof AlreadyRunning
  console.error(
    expected || !(error instanceof Error) ? String(error).replace(/^\w*Error: /, '') : error.message,
  )
  process.exit(1)
}
