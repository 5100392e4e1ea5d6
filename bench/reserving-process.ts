import { once } from 'node:events'
import { sql } from 'kysely'
import { createDatabase } from '../store/database.ts'
import { reservationFor } from './catalogue.ts'
import { measureClosedLoop } from './closed-loop.ts'
import { type ReservingTask, reservingWork } from './reserving.ts'

/**
 * One of several processes that reserve one hot article, as API processes would: for each task that it is sent it answers
 * with reservations a second. Its arguments: the database, the article, how many processes there are, and which it is.
 */
const [url = '', skuId = '', processes = '1', own = '0'] = process.argv.slice(2)
const POOL = 16
/** Lines that nobody else reserves for. */
const FIRST_LINE = 1_000_000

const db = createDatabase(url, POOL)
const { rows: orders } = await sql<{ id: string }>`
  select id from (select id, row_number() over (order by id) as place from orders) as numbered
  where place % ${Number(processes)}::int = ${Number(own)}::int`.execute(db)
let count = 0
const work = reservingWork(db, () => {
  count += 1
  const orderId = orders[count % orders.length]?.id ?? ''
  const lineNumber = FIRST_LINE + Math.floor(count / orders.length)
  const request = reservationFor(orderId, [{ lineNumber, skuId, quantity: 1 }])
  // The other processes count theirs from 1, too.
  return { ...request, operationId: `${orderId}/${lineNumber}` }
})
const never = new AbortController().signal
process.on('message', async ({ way, callers, ...times }: ReservingTask) => {
  const { perSecond } = await measureClosedLoop(work[way], { concurrency: callers, ...times, signal: never })
  process.send?.(perSecond)
})
process.send?.('ready')
await once(process, 'disconnect')
await db.destroy()
