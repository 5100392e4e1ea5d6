import { pino } from 'pino'
import { WmsReader } from '../connectors/wms/reader.ts'
import { startRunBody } from '../contracts/reconciliation.ts'
import { createDatabase } from '../store/database.ts'
import { findRun, startRun } from '../store/reconciliation-runs.ts'
import { ReconciliationRunner } from '../workers/reconciliation-runner.ts'
import { answer } from './own-process.ts'
import { BENCH_KEYS, type Compared, FROM, platformOf, TO } from './reconciled-books.ts'

/** A process that compares the hub's books with a counterpart's, as the relay would; it answers with what the run came to. */
export type ReconcilingSettings = { url: string; counterpart: Compared; orders: number }

const POOL = 4

await answer(async ({ url, counterpart, orders }: ReconcilingSettings) => {
  const db = createDatabase(url, POOL)
  const wmsReader = new WmsReader()
  const runner = new ReconciliationRunner({
    db,
    logger: pino({ level: 'silent' }),
    finance: null,
    crm: null,
    erp: null,
    courierBills: async () => ({ items: [], nextCursor: null }),
    connectors: { mall: platformOf(orders) },
    callLimits: { take: async () => undefined },
    dataKeys: BENCH_KEYS,
    wmsReader,
  })
  const body = startRunBody.parse({ counterpart, from: FROM, to: TO })
  const { runId } = await db.transaction().execute((tx) => startRun(tx, body, 'bench'))
  while ((await runner.runOnce()) > 0);
  const run = await findRun(db, runId)
  await wmsReader.close()
  await db.destroy()
  return run
})
