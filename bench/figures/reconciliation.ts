import pg from 'pg'
import { pino } from 'pino'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { type RunView, startRunBody } from '../../contracts/reconciliation.ts'
import type { Db } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { findRun, startRun } from '../../store/reconciliation-runs.ts'
import { ReconciliationRunner } from '../../workers/reconciliation-runner.ts'
import { type Taken, taken } from '../cpu-time.ts'
import type { Figure } from '../figure.ts'
import { watchMemory } from '../memory.ts'
import type { Stage } from '../stage.ts'

/** What is measured at least. */
const ORDERS = 100_000
/** Beside a tenth: memory that grew with the lines would be ten times as much. */
const PART = 10
/** Of a hundred lines one is wrong. */
const WRONG_EVERY = 100
/** What the design allows for both sides of 100,000, in seconds. */
const ALLOWED_SECONDS = 60
const MOST_GROWTH = 1.5
/** Below this the growth is the collector's mood, not the lines'. */
const NOISE_MIB = 64
const [FROM, TO] = ['2026-10-01', '2026-10-31']

/**
 * As many payments as settled lines, of which some differ: how long a run takes, and how far memory rises, beside a tenth.
 *
 * @param most orders; fewer than 100,000 count as those
 */
export async function measureReconciliation(stage: Stage, most: number): Promise<Figure[]> {
  const orders = Math.max(ORDERS, most)
  const few = await measure(stage, Math.floor(orders / PART))
  const all = await measure(stage, orders)
  const name = orders === ORDERS ? 'reconciliation' : `reconciliation-1e${Math.round(Math.log10(orders))}`
  return [
    {
      name,
      value: all.time.seconds,
      unit: 's',
      baseline: few.time.seconds * PART,
      aim: { valueAtMost: (ALLOWED_SECONDS * orders) / ORDERS },
      against: 'a tenth of the orders, times ten',
    },
    {
      name: `${name}-cpu`,
      value: all.time.cpuSeconds,
      unit: 's',
      baseline: few.time.cpuSeconds * PART,
      aim: { atMost: MOST_GROWTH },
      against: 'a tenth of the orders, times ten',
    },
    {
      name: `${name}-rss`,
      value: all.peakMib,
      unit: 'MiB',
      baseline: Math.max(few.peakMib, NOISE_MIB),
      aim: { atMost: 2 },
      against: `a tenth of the orders, at least ${NOISE_MIB} MiB`,
    },
  ]
}

async function measure(stage: Stage, orders: number): Promise<{ time: Taken; peakMib: number }> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_reconciliation_${orders}`)
  await fill(ownerUrl, orders)
  stage.check()
  const memory = watchMemory()
  let run: RunView | undefined
  const time = await taken(async () => {
    run = await reconcile(db)
  })
  const peakMib = memory.stop()
  const wrong = Math.floor(orders / WRONG_EVERY)
  const isRight = run?.state === 'done' && run.result.pairs === orders - wrong && run.result.opened === wrong
  if (!isRight) throw new Error(`the run is not what was filled in: ${JSON.stringify(run)}`)
  return { time, peakMib }
}

async function reconcile(db: Db): Promise<RunView> {
  const body = startRunBody.parse({ counterpart: 'finance', from: FROM, to: TO })
  const { runId } = await db.transaction().execute((tx) => startRun(tx, body, 'bench'))
  const wmsReader = new WmsReader()
  const runner = new ReconciliationRunner({
    db,
    logger: pino({ level: 'silent' }),
    finance: null,
    crm: null,
    erp: null,
    courierBills: async () => ({ items: [], nextCursor: null }),
    connectors: {},
    callLimits: { take: async () => undefined },
    dataKeys: KeyRing.parse(`bench:${Buffer.alloc(32).toString('base64')}`),
    wmsReader,
  })
  while ((await runner.runOnce()) > 0);
  await wmsReader.close()
  return findRun(db, runId)
}

/** Payments of a month and what finance has of them. */
async function fill(ownerUrl: string, orders: number): Promise<void> {
  const at = `'2026-10-01T00:00:00+08:00'::timestamptz + n * (interval '23 days' / ${orders})`
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  for (const statement of [
    `insert into payment (id, named_order_id, amount_cents, method, paid_at, outcome)
      select 'PAY-' || n, 'ORDER-' || n, 1000 + n % 90000, 'wechat', ${at}, 'unmatched'
      from generate_series(1, ${orders}) as n`,
    `insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, counts)
      select 'wechat', 'L-' || n, 'payment', 'PAY-' || n, 'ORDER-' || n, 1000 + n % 90000 + (n % ${WRONG_EVERY} = 0)::int,
        ${at}, true from generate_series(1, ${orders}) as n`,
    'vacuum analyze payment, settlement_line',
  ]) {
    await owner.query(statement)
  }
  await owner.end()
}
