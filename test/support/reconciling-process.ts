import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { createDatabase } from '../../store/database.ts'
import { testRunner } from './reconciliation.ts'

/**
 * A process that works on reconciliation runs and dies by SIGKILL in the middle of a step's transaction: what the step has
 * written so far is with the server, and the commit was never sent. It dies at the first such moment at which none before it has.
 */
const { databaseUrl, deathsFile } = JSON.parse(process.env.RECONCILING_PROCESS ?? '{}') as {
  databaseUrl: string
  /** A line for each death so far: where the run stood, and which statements the transaction had sent. */
  deathsFile: string
}

const known = new Set(existsSync(deathsFile) ? readFileSync(deathsFile, 'utf8').split('\n') : [])
const outsider = new pg.Client({ connectionString: databaseUrl })
const isWrite = (text: string) => /^\s*(with|insert|update|delete)\b/i.test(text)
/** What each connection's open transaction has sent. */
const sentBy = new WeakMap<object, string[]>()

/** Where the run stands for everybody else: the same statements are sent at other places, too. */
async function committedPlace(): Promise<string> {
  const { rows } = await outsider.query(
    "select concat_ws(' ', phase, position) as place from reconciliation_run where state = 'running'",
  )
  return String(rows[0]?.place)
}

async function dieAfter(texts: readonly string[]): Promise<void> {
  const moment = JSON.stringify([await committedPlace(), ...texts])
  if (known.has(moment)) return
  appendFileSync(deathsFile, `${moment}\n`)
  process.kill(process.pid, 'SIGKILL')
}

type Query = (...args: unknown[]) => unknown
// One function stands for all overloads of the driver's.
const query = pg.Client.prototype.query as Query
pg.Client.prototype.query = function (this: object, ...args: unknown[]) {
  const text = String(args[0])
  if (text === 'begin') sentBy.set(this, [])
  if (text === 'commit' || text === 'rollback') sentBy.delete(this)
  const sent = sentBy.get(this)
  sent?.push(text)
  const answered = query.apply(this, args)
  if (!sent || !isWrite(text) || !(answered instanceof Promise)) return answered
  const texts = [...sent]
  return answered.then(async (result) => {
    await dieAfter(texts)
    return result
  })
} as typeof pg.Client.prototype.query

await outsider.connect()
const db = createDatabase(databaseUrl, 2)
const runner = testRunner(db)
while ((await runner.runOnce()) > 0);
await db.destroy()
process.exit(0)
