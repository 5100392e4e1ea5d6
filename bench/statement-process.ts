import { pino } from 'pino'
import { createFileStore } from '../connectors/files/file-store.ts'
import { createDatabase } from '../store/database.ts'
import { SettlementReader } from '../workers/settlement-reader.ts'
import { answer } from './own-process.ts'

/** A process that reads the statements that wait in a database and a folder, as the relay would. */
export type StatementSettings = { url: string; folder: string }

const POOL = 4

await answer(async ({ url, folder }: StatementSettings) => {
  const db = createDatabase(url, POOL)
  const reader = new SettlementReader({
    db,
    files: createFileStore(folder),
    logger: pino({ level: 'silent' }),
  })
  while ((await reader.runOnce()) > 0);
  await db.destroy()
})
