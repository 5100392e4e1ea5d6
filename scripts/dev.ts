import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { defaultApiPort } from './parts/flags.ts'
import { print } from './parts/progress.ts'
import { useOrStartHub } from './parts/seeded-hub.ts'
import { onStopRequest } from './parts/stop-request.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The console with hot reload beside the hub that runs from this clone, or one that is started and ended with it. */
async function main(): Promise<void> {
  const stopping = new AbortController()
  let end: (() => Promise<void>) | undefined
  const finished = onStopRequest({
    stop: async () => {
      stopping.abort()
      await end?.()
    },
    force: async () => process.exit(1),
  })
  const dataDir = join(root, '.data')
  const hub = await useOrStartHub({ root, dataDir, apiPort: defaultApiPort, signal: stopping.signal })
  process.env.HUB_API = hub.info.api // read by vite.config.ts
  const server = await createServer({ configFile: join(root, 'console', 'vite.config.ts') })
  end = async () => {
    await server.close()
    await hub.end()
  }
  await server.listen()
  const ops = hub.info.accounts.find(({ role }) => role === 'ops')
  print(`\nThe console, with hot reload: ${server.resolvedUrls?.local[0] ?? ''}`)
  if (ops) print(`Sign in: ${ops.user} / ${ops.password}   (all accounts: .data/run.json)`)
  await finished
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
