import { sql } from 'kysely'
import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { createCheckouts } from '../../store/checkout.ts'
import { Policies } from '../../store/policy-cache.ts'
import { orderBody, takeStatistics } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const CALLERS = 16
const ROUNDS = 3
const WARM_UP_MS = 1_000
const WINDOW_MS = 4_000

/** Checkouts in shared transactions, and transactions of one inserted row, in turns, nothing else running. */
export async function measureCheckout(stage: Stage): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_checkout')
  await createRowTable(ownerUrl)
  const keyRing = stage.keyRing()
  const policies = new Policies()
  const answerOf = () => ({ status: 201, response: {} })
  const checkouts = createCheckouts(db, { keyRing, policies, answerOf })
  const placeOrder = async () => {
    const orderId = uuid()
    const requestKey = { caller: 'bench', key: orderId, requestHash: Buffer.from(orderId) }
    const call = { orderId, placedBy: 'system:mall', traceParent: null, body: orderBody(), requestKey }
    const answer = await checkouts.place(call)
    if (!('result' in answer) || !answer.result.ok) throw new Error('a checkout was refused')
  }
  const insertRow = () =>
    db.transaction().execute(async (tx) => {
      await sql`insert into bench_row (id, body) values (${uuid()}, ${JSON.stringify(orderBody())})`.execute(
        tx,
      )
    })
  const orders: number[] = []
  const rows: number[] = []
  const loop = {
    concurrency: CALLERS,
    warmUpMs: WARM_UP_MS,
    windowMs: WINDOW_MS,
    signal: stage.signal,
  }
  await measureClosedLoop(placeOrder, loop)
  await takeStatistics(ownerUrl)
  for (let round = 0; round < ROUNDS; round += 1) {
    rows.push((await measureClosedLoop(insertRow, loop)).perSecond)
    orders.push((await measureClosedLoop(placeOrder, loop)).perSecond)
  }
  stage.check()
  return [
    {
      name: 'checkout',
      value: median(orders),
      unit: 'checkouts/s',
      baseline: median(rows),
      against: 'transaction of one inserted row',
    },
  ]
}

async function createRowTable(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('create table bench_row (id uuid primary key, body jsonb not null)')
  await owner.query('grant insert on bench_row to hub_app')
  await owner.end()
}
