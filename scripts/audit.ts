import { runAudit } from './parts/audit-command.ts'
import { UsageError } from './parts/flags.ts'
import { print } from './parts/progress.ts'

try {
  process.exitCode = await runAudit(process.argv.slice(2), print)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
