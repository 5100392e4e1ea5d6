import type { Pool, PoolConnection } from 'mysql2'
import { createPool } from 'mysql2'
import type { WmsMapping } from '../../contracts/policies/wms-mapping.ts'
import { toWmsError, WmsError } from './errors.ts'
import {
  type BadRow,
  type ParsedRow,
  parseRow,
  type RawRow,
  RowCollector,
  type WmsReadingRow,
} from './rows.ts'
import { allRows, inReadOnlyTransaction } from './session.ts'
import { columnsOf, columnsStatement, readingStatement, sampleStatement } from './statement.ts'

/** Where a WMS keeps its tables, and who reads them. */
export type WmsConnection = {
  host: string
  port: number
  database: string
  user: string
  password: string
  tls: 'verify' | 'required' | 'off'
  certificateAuthority: string | null
}
export type WmsLimits = { rows: number; seconds: number; megabytes: number }

export type WmsRead = {
  rows: WmsReadingRow[]
  bad: BadRow[]
  /** Rows that came. */
  rowCount: number
  /** Where the next incremental reading begins; null when the mapping has no cursor or nothing came. */
  cursor: string | null
  /** The newest change that any row names. */
  newestMs: number | null
  /** When it was read, by our clock. */
  atMs: number
  /** How far their clock is ahead of ours; uncertain by half the round trip, which counts against it. */
  clockSkewMs: number
}
export type WmsSample = {
  columns: string[]
  missingColumns: string[]
  rows: ParsedRow[]
  clockSkewMs: number
  /** The user may do more than read. */
  mayWrite: boolean
}

/** Two for each warehouse: one that reads, one for whoever tests the mapping meanwhile. */
const POOL_SIZE = 2
const POOL_QUEUE = 8
const CONNECT_MS = 5_000
const IDLE_MS = 60_000
/** The server ends a statement itself; this much later we hang up on one that does not. */
const HANG_UP_AFTER_MS = 1_000
const MEGABYTE = 1_000_000
const SAMPLE_ROWS = 10
/** Rows of the future beyond this are wrong; the same in every mapping. */
const AHEAD_MS = 60_000

type Settings = { clock?: () => number }

/**
 * Reads warehouses' databases: one pool of two connections for each, opened when first used. Every reading is one
 * statement in a read-only transaction, ended by the server when it takes too long, and cut off by us when it sends
 * too many rows or bytes, or nothing at all.
 */
export class WmsReader {
  readonly #pools = new Map<string, { key: string; pool: Pool }>()
  readonly #now: () => number

  constructor({ clock = Date.now }: Settings = {}) {
    this.#now = clock
  }

  /**
   * Everything, or what changed since the cursor.
   *
   * @throws WmsError
   */
  read(
    name: string,
    connection: WmsConnection,
    mapping: WmsMapping,
    request: { cursor: string | null; limits: WmsLimits },
  ): Promise<WmsRead> {
    const { cursor, limits } = request
    return this.#within(name, connection, limits, async (session) => {
      const clockSkewMs = await this.#clockSkew(session)
      const collector = new RowCollector(mapping, this.#now() + AHEAD_MS)
      const { sql, values } = readingStatement(mapping, cursor, limits.rows)
      const atMs = this.#now()
      const rowCount = await stream(session, sql, values, limits, (row) => collector.add(row))
      return { ...collector.finish(), rowCount, atMs, clockSkewMs }
    })
  }

  /**
   * A few rows, and what else a person wants to know before trusting a mapping. Writes nothing.
   *
   * @throws WmsError
   */
  sample(
    name: string,
    connection: WmsConnection,
    mapping: WmsMapping,
    limits: WmsLimits,
  ): Promise<WmsSample> {
    return this.#within(name, connection, limits, async (session) => {
      const clockSkewMs = await this.#clockSkew(session)
      const columns = await columnNames(session, columnsStatement(mapping).sql)
      const known = new Set(columns.map((column) => column.toLowerCase()))
      const missingColumns = columnsOf(mapping).filter((column) => !known.has(column.toLowerCase()))
      const rows: ParsedRow[] = []
      if (missingColumns.length === 0) {
        const { sql, values } = sampleStatement(mapping, SAMPLE_ROWS)
        await stream(session, sql, values, limits, (row) => rows.push(parseRow(mapping, row)))
      }
      return { columns, missingColumns, rows, clockSkewMs, mayWrite: await mayWrite(session) }
    })
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(({ pool }) => new Promise<void>((done) => pool.end(() => done()))))
  }

  /** Their clock against the middle of the question's way there and back. */
  async #clockSkew(session: PoolConnection): Promise<number> {
    const askedAt = this.#now()
    const [row] = await allRows(session, 'SELECT UNIX_TIMESTAMP(NOW(6))')
    const roundTripMs = this.#now() - askedAt
    const skewMs = Number(row?.[0]) * 1_000 - (askedAt + roundTripMs / 2)
    if (!Number.isFinite(skewMs)) throw new WmsError('failed', 'the server does not tell the time')
    return Math.round(skewMs + (Math.sign(skewMs) * roundTripMs) / 2)
  }

  async #within<Result>(
    name: string,
    connection: WmsConnection,
    limits: WmsLimits,
    work: (session: PoolConnection) => Promise<Result>,
  ): Promise<Result> {
    const deadline = newDeadline(limits.seconds * 1_000 + CONNECT_MS + HANG_UP_AFTER_MS)
    let session: PoolConnection | undefined
    try {
      const connecting = connect(this.#poolFor(name, connection))
      session = await deadline.race(connecting, (late) => late.destroy())
      const result = await deadline.race(inReadOnlyTransaction(session, limits.seconds, work))
      session.release()
      return result
    } catch (error) {
      // Whatever state it is in: nobody else shall have it. A statement under way dies with its connection.
      session?.destroy()
      throw toWmsError(error)
    } finally {
      deadline.clear()
    }
  }

  /** A changed connection gets a new pool; the old one ends when its last reading does. */
  #poolFor(name: string, connection: WmsConnection): Pool {
    const key = JSON.stringify(connection)
    const known = this.#pools.get(name)
    if (known?.key === key) return known.pool
    known?.pool.end(() => undefined)
    const pool = createPool(poolOptions(connection))
    this.#pools.set(name, { key, pool })
    return pool
  }
}

function poolOptions(connection: WmsConnection) {
  const { host, port, database, user, password, tls, certificateAuthority } = connection
  return {
    host,
    port,
    database,
    user,
    password,
    ...(tls === 'off' ? {} : { ssl: tlsOptions(tls, certificateAuthority) }),
    connectionLimit: POOL_SIZE,
    maxIdle: 1,
    idleTimeout: IDLE_MS,
    queueLimit: POOL_QUEUE,
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4',
    multipleStatements: false,
    // Everything as text: what is a quantity and what is a time is decided in one place, and by us.
    typeCast: (field: { string(): string | null }) => field.string(),
    rowsAsArray: true,
    // No file of ours for a server that asks for one, no password in clear for one that wants it so.
    flags: ['-LOCAL_FILES'],
  }
}

function tlsOptions(tls: 'verify' | 'required', certificateAuthority: string | null) {
  return {
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: tls === 'verify',
    verifyIdentity: tls === 'verify',
    ...(certificateAuthority ? { ca: certificateAuthority } : {}),
  }
}

function connect(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, session) => (error ? reject(error) : resolve(session)))
  })
}

function columnNames(session: PoolConnection, sql: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    session.query({ sql, rowsAsArray: true }, (error, _rows, fields) => {
      if (error) reject(error)
      else resolve(fields.map((field) => field.name))
    })
  })
}

/** Rows one by one, so that no more than the limit is ever held. Returns how many came. */
function stream(
  session: PoolConnection,
  sql: string,
  values: (string | number)[],
  limits: WmsLimits,
  onRow: (row: RawRow) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0
    let bytes = 0
    let hasFailed = false
    const query = session.query({ sql, values, rowsAsArray: true })
    const fail = (error: unknown) => {
      hasFailed = true // what is still on the wire is not looked at; the caller hangs up
      reject(error)
    }
    query.on('error', fail)
    query.on('result', (row: unknown) => {
      if (hasFailed) return
      // With `rowsAsArray` and `typeCast` every row is an array of text.
      const raw = row as RawRow
      rows += 1
      for (const value of raw) bytes += value?.length ?? 0
      if (rows > limits.rows) return fail(new WmsError('too-many-rows', `more than ${limits.rows} rows`))
      if (bytes > limits.megabytes * MEGABYTE)
        return fail(new WmsError('too-many-bytes', `more than ${limits.megabytes} MB`))
      onRow(raw)
    })
    query.on('end', () => resolve(rows))
  })
}

/** Whether the user was granted more than reading. Only a warning: the transaction is read-only anyway. */
async function mayWrite(session: PoolConnection): Promise<boolean> {
  const rows = await allRows(session, 'SHOW GRANTS')
  return rows.some(([grant]) => {
    const rights = /^GRANT (.+?) ON /i.exec(grant ?? '')?.[1] ?? ''
    return rights
      .split(',')
      .some((right) => !/^\s*(USAGE|SELECT|SHOW VIEW|PROCESS|SHOW DATABASES)\b/i.test(right))
  })
}

function newDeadline(ms: number) {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new WmsError('timeout', `no answer within ${ms} ms`)), ms)
  })
  over.catch(() => undefined)
  return {
    /** @param discard gets what comes after the deadline */
    race: <Value>(work: Promise<Value>, discard?: (late: Value) => void): Promise<Value> => {
      let isOver = false
      work.then(
        (value) => {
          if (isOver) discard?.(value)
        },
        () => undefined,
      )
      return Promise.race([
        work,
        over.catch((error: unknown) => {
          isOver = true
          throw error
        }),
      ])
    },
    clear: () => clearTimeout(timer),
  }
}
