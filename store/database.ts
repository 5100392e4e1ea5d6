import { createHash } from 'node:crypto'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { Kysely, PostgresDialect, type RawBuilder, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>
export type Tx = Transaction<Database>

/** Waiting longer than this for a row lock means that something is wrong; the caller gets an error and may retry. */
const LOCK_TIMEOUT_MS = 5_000
/** No statement of the product runs this long; one that does is cut off before it harms the others. */
const STATEMENT_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 5_000

// int8 arrives as text. Every bigint of the schema is an id or an amount far below 2^53.
const INT8 = 20
const INT8_ARRAY = 1016
const types = new pg.TypeOverrides()
types.setTypeParser(INT8, (value: string) => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint ${value} is not exact as a number`)
  return number
})
types.setTypeParser(INT8_ARRAY, (value: string) => value.slice(1, -1).split(',').filter(Boolean).map(Number))

/** A pool of connections for one process, with the product's time-outs. */
export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    stream: gatheringSocket,
    // Statements may be sent before the one ahead of them is answered; see `together`.
    pipeline: true,
    types,
  })
  const note = (error: Error) =>
    console.error(
      JSON.stringify({ level: 'warn', msg: 'a database connection was lost', reason: error.message }),
    )
  // A restarted server ends connections. The pool replaces idle ones; one in use fails its next query, which is
  // handled there. Without a listener the event itself would end the process.
  pool.on('error', note)
  pool.on('connect', (client) => {
    client.on('error', note)
    prepareMarked(client)
  })
  return pool
}

/**
 * A socket that sends what is written in one turn of the event loop in one piece. The driver sends each statement by
 * itself: for statements that go together that would be a call of the system for each, and a server that wakes up for each.
 */
function gatheringSocket(): Socket {
  const socket = new Socket()
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let isGathering = false
  const gathering = (...args: unknown[]): boolean => {
    if (!isGathering) {
      isGathering = true
      socket.cork()
      process.nextTick(() => {
        isGathering = false
        socket.uncork()
      })
    }
    return write(...args)
  }
  // One function stands for all overloads: it passes on what it is given.
  socket.write = gathering as typeof socket.write
  return socket
}

/**
 * Begin a statement with this to have each connection plan it once. For statements that run all the time, whose text
 * never varies and whose best plan does not depend on their values: planning a group's statements takes longer than
 * running them.
 */
export const PREPARED = sql.raw('/* prepared */ ')
const PREPARED_MARK = '/* prepared */'
const statementNames = new Map<string, string>()

function prepareMarked(client: pg.PoolClient): void {
  const query: (...args: unknown[]) => unknown = client.query.bind(client)
  const preparing = (...args: unknown[]): unknown => {
    const [text, values] = args
    if (typeof text !== 'string' || !text.startsWith(PREPARED_MARK)) return query(...args)
    return query({ name: statementName(text), text, values })
  }
  // One function stands for all overloads of the driver's: what it does not know it passes on as it came.
  client.query = beginningLate(preparing) as typeof client.query
}

type Query = (...args: unknown[]) => unknown

/**
 * Sends `begin` with the first statement of the transaction instead of waiting for its answer first: one way there and
 * back less for every transaction. One without a statement is never begun.
 */
function beginningLate(query: Query): Query {
  let isDue = false
  return (...args) => {
    const [text] = args
    if (text === 'begin') {
      isDue = true
      return Promise.resolve({ command: 'BEGIN', rowCount: null, rows: [] })
    }
    if (!isDue) return query(...args)
    isDue = false
    if (text === 'commit' || text === 'rollback')
      return Promise.resolve({ command: 'COMMIT', rowCount: null, rows: [] })
    const begun = query('begin')
    const answered = query(...args)
    return Promise.all([begun, answered]).then(([, result]) => result)
  }
}

/** A control character that no JSON text holds: JSON.stringify escapes it. */
const RECORD_SEPARATOR = '\u001e'

/**
 * JSON texts as an array of them in a statement, each to be cast to json or jsonb. As an array parameter every quote
 * of every text would be escaped here and taken out again there, which costs more than the rows.
 */
export function jsonTexts(texts: readonly string[]): RawBuilder<string[]> {
  return sql`string_to_array(${texts.join(RECORD_SEPARATOR)}, ${RECORD_SEPARATOR})`
}

type Results<Statements extends readonly RawBuilder<unknown>[]> = {
  [Place in keyof Statements]: Statements[Place] extends RawBuilder<infer Row> ? Row[] : never
}

/**
 * Sends statements one after the other without waiting for the answers in between: the server runs them in their order,
 * each with a snapshot of its own, and the way there and back is made once for all of them.
 *
 * @returns the rows of each
 * @throws what the first that fails throws; the server refuses those after it, because the transaction is broken
 */
export async function together<const Statements extends readonly RawBuilder<unknown>[]>(
  tx: Tx,
  ...statements: Statements
): Promise<Results<Statements>> {
  const results = await tx
    .getExecutor()
    .provideConnection((connection) =>
      Promise.all(statements.map((statement) => connection.executeQuery(statement.compile(tx)))),
    )
  // Each statement was typed with its rows.
  return results.map((result) => result.rows) as Results<Statements>
}

/**
 * Sends the last statement of a transaction and returns when it is on its way, so that the commit goes with it. If the
 * statement fails, the server rolls the transaction back where it was told to commit: who sends it must wait for
 * `answered` before anybody is told of a success.
 */
export async function sendLast(
  tx: Tx,
  statement: RawBuilder<unknown>,
): Promise<{ answered: Promise<unknown> }> {
  const sent = await tx.getExecutor().provideConnection(async (connection) => {
    return { answered: connection.executeQuery(statement.compile(tx)) }
  })
  // Whoever waits for it hears of its failure; a commit that breaks off is heard of first.
  sent.answered.catch(() => undefined)
  return sent
}

/**
 * Sends a statement of a transaction and returns when it has left, without waiting for its answer: what comes after it is
 * prepared while the server runs it. If it fails, all that follows fails with it; its own answer says why.
 *
 * @returns the answer; wait for it before anybody is told of a success
 */
export async function sendAhead(
  tx: Tx,
  statement: RawBuilder<unknown>,
): Promise<{ answered: Promise<unknown> }> {
  const sent = await sendLast(tx, statement)
  // What is written in a turn of the event loop leaves at its end.
  await setImmediate()
  return sent
}

function statementName(text: string): string {
  const known = statementNames.get(text)
  if (known) return known
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  statementNames.set(text, name)
  return name
}

/** The typed database over a pool. */
export function createDatabase(url: string, size: number): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: createPool(url, size) }) })
}

/** The database's time, which all processes share, in ms since the epoch. */
export async function databaseTime(db: Db | Tx): Promise<number> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  return rows[0]?.now.getTime() ?? 0
}
