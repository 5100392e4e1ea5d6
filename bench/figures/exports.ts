import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { writeSheet } from '../../connectors/spreadsheets/sheet.ts'
import type { ExportFormat } from '../../contracts/exports.ts'
import type { Db } from '../../store/database.ts'
import { exportSource } from '../../store/exports.ts'
import type { Figure } from '../figure.ts'
import { watchMemory } from '../memory.ts'
import type { Stage } from '../stage.ts'

/** What the design allows, in seconds, for so many requests. */
const ALLOWED_SECONDS = 30
const ALLOWED_REQUESTS = 100_000
/** Memory that grew with the rows would be so many times as much. */
const FEWER = 10
/** Below this the growth is the collector's mood, not the rows'. */
const NOISE_MIB = 64

/** An export of so many change requests as CSV and as XLSX: how long it takes, and how far memory rises, beside a tenth of them. */
export async function measureExports(stage: Stage, requests: number): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_exports')
  await fill(ownerUrl, requests)
  const few = { storeId: 'FEW' }
  // Whatever is loaded and compiled the first time belongs to neither.
  for (const format of ['csv', 'xlsx'] as const) await run(db, format, few)
  const figures: Figure[] = []
  for (const format of ['csv', 'xlsx'] as const) {
    const tenth = await run(db, format, few)
    const all = await run(db, format, {})
    stage.check()
    figures.push(
      {
        name: `exports-${format}`,
        value: all.seconds,
        unit: 's',
        baseline: tenth.seconds,
        ...(requests === ALLOWED_REQUESTS ? { aim: { valueAtMost: ALLOWED_SECONDS } } : {}),
        against: 'a tenth of the requests',
      },
      {
        name: `exports-${format}-cpu`,
        value: all.cpuSeconds,
        unit: 's',
        baseline: tenth.cpuSeconds,
        against: 'a tenth of the requests',
      },
      {
        name: `exports-${format}-rss`,
        value: all.peakMib,
        unit: 'MiB',
        baseline: Math.max(tenth.peakMib, NOISE_MIB),
        aim: { atMost: 2 },
        against: `a tenth of the requests, at least ${NOISE_MIB} MiB`,
      },
    )
  }
  return figures
}

/** Writes an export to nowhere. Returns its time, and by how much the process was larger than before at its largest. */
async function run(
  db: Db,
  format: ExportFormat,
  filters: { storeId?: string },
): Promise<{ seconds: number; cpuSeconds: number; peakMib: number }> {
  const memory = watchMemory()
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const source = exportSource(db, { kind: 'change-requests', format, filters, scope: { kind: 'all' } })
  const hash = createHash('sha256')
  const file = writeSheet(format, source)
  file.on('data', (chunk: Buffer) => hash.update(chunk))
  await finished(file)
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: (user + system) / 1_000_000,
    peakMib: memory.stop(),
  }
}

/** Requests that were applied, each with a version and a decision; a tenth of them of a store of their own. */
async function fill(ownerUrl: string, requests: number): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const effect = JSON.stringify({
    type: 'price',
    lines: [1, 2].map((lineNumber) => ({
      lineNumber,
      before: { lineNumber, skuId: 'SKU-1', quantity: 2, unitPriceCents: 10_000 },
      after: { lineNumber, skuId: 'SKU-1', quantity: 2, unitPriceCents: 9_500 },
    })),
    freightCents: { before: 0, after: 0 },
    amountCents: { before: 40_000, after: 38_000 },
    differenceCents: -2_000,
    refunds: [],
    stillToPayCents: 0,
    stock: [],
    contact: null,
    pausesPicking: true,
  })
  for (const statement of [
    "insert into store (id, name, channel, region) values ('FEW', '小店', 'mall', '华东')",
    "insert into contact (id, key_id, sealed, division_code) select gen_random_uuid(), 'bench', '\\x00', '330106'",
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
        reservation_expires_at, policy_versions, placed_by)
      select gen_random_uuid(), 'mall', 'MALL', contact.id, '330106', 'completed', 40000, 0, now(), '{}', 'bench'
      from contact where key_id = 'bench'`,
    `insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version,
        expires_at, difference_cents, concession_cents, created_at, closed_at)
      select gen_random_uuid(), 'CR-20261101-' || lpad(n::text, 7, '0'), orders.id,
        case when n % ${FEWER} = 0 then 'FEW' else 'MALL' end, 'price', 'applied', 4,
        'clerk-' || n % 50, 1, now(), -2000, 2000, now() - n * interval '1 second', now()
      from generate_series(1, ${requests}) as n, orders where placed_by = 'bench'`,
    `insert into change_request_version (change_id, request_version, change, reason_code, reason, order_version, effect,
        facts, steps, tier, policy_version, limits, submitted_by)
      select id, 1, '{}', 'goodwill', '客户反映包装破损，协商让利', 1, '${effect}', '{}', '[]', 'team-lead', 0, '{}', applicant
      from change_request`,
    `insert into change_decision (id, change_id, request_version, step_number, level_number, order_version, account,
        decision, note, via)
      select id::text, id, 1, 1, 1, 2, 'team-lead', 'approve', '', 'console' from change_request`,
    'vacuum analyze change_request, change_request_version, change_decision',
  ]) {
    await owner.query(statement)
  }
  await owner.end()
}
