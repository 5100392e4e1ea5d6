import { UsageError } from './parts/flags.ts'
import { print } from './parts/progress.ts'
import { runStock } from './parts/stock-command.ts'

try {
  process.exitCode = await runStock(process.argv.slice(2), print)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
