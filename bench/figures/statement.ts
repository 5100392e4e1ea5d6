import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { v7 as uuid } from 'uuid'
import { createFileStore } from '../../connectors/files/file-store.ts'
import { findSettlementFile, insertSettlementFile, settlementFileKey } from '../../store/settlements.ts'
import { type Figure, growthFigures, memoryFigures } from '../figure.ts'
import { inOwnProcess } from '../own-process.ts'
import type { Stage } from '../stage.ts'
import type { StatementSettings } from '../statement-process.ts'

const LINES = 1_000_000
const FEWER = 10
const FEW_LINES = LINES / FEWER
const MOST_GROWTH = 1.5
const LINES_A_PIECE = 500

/** A statement of 10⁶ lines, read and kept whole as the relay does it, beside one of a tenth, each in a process of its own. */
export async function measureStatement(stage: Stage): Promise<Figure[]> {
  const few = await measure(stage, FEW_LINES)
  const all = await measure(stage, LINES)
  return [
    ...growthFigures('statement', all.time, few.time, {
      ...{ times: FEWER, aimAtMost: MOST_GROWTH, against: 'a tenth of the lines' },
    }),
    ...memoryFigures('statement', all.memory, few.memory, 'a tenth of the lines'),
  ]
}

async function measure(stage: Stage, count: number) {
  const { db, appUrl } = await stage.freshDatabase(`hub_bench_statement_${count}`)
  const folder = await mkdtemp(join(tmpdir(), 'order-hub-statement-'))
  try {
    const files = createFileStore(folder)
    const id = uuid()
    await files.put(settlementFileKey(id), Readable.from(pieces(count)))
    await db.transaction().execute((tx) =>
      insertSettlementFile(tx, {
        ...{ id, format: 'csv', account: 'bench', uploadedBy: 'bench', bytes: 1, sha256: Buffer.alloc(32) },
      }),
    )
    const settings: StatementSettings = { url: appUrl, folder }
    const measured = await inOwnProcess('statement-process.ts', settings, stage.signal)
    const file = await findSettlementFile(db, id)
    if (file.state !== 'accepted' || file.newLines !== count) {
      throw new Error(`the statement is not what was written: ${JSON.stringify(file)}`)
    }
    return measured
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lines as a provider's sheet has them, in the order of their numbers. */
function* pieces(count: number): Generator<string> {
  yield '流水号,类型,支付单号,订单号,金额,结算时间\n'
  for (let from = 0; from < count; from += LINES_A_PIECE) {
    yield Array.from({ length: LINES_A_PIECE }, (_, index) => {
      const number = String(from + index).padStart(8, '0')
      return `L-${number},收款,PAY-${number},ORDER-${number},${(from + index) % 9_000}.50,2026-11-01 12:00:00\n`
    }).join('')
  }
}
