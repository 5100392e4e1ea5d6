import { setTimeout as delay } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { z } from 'zod'
import {
  createStatements,
  fillStatements,
  knownStatement,
  moveStatements,
  type Statement,
  WMS_WAREHOUSES,
  type WmsStep,
} from './wms-tables.ts'

export type WmsBooksOptions = {
  /** Of a user who may make databases and users: mysql://user:password@host:port */
  url: string
  /** The hub reads as `hub_reader` with this password, and can do nothing else. */
  readerPassword: string
  hubApi: string
  apiKey: string
  log: (line: string) => void
}

/** Units that a step takes from (negative) or brings to a warehouse. The key says once and for all which step. */
export type WmsBooking = { key: string; warehouseId: string; lines: { skuId: string; delta: number }[] }

const RETRY_MS = 1_000
/** A warehouse goes on working while its system is away; what it did is booked when it is back. */
const WAIT_AT_MOST_MS = 2_000
const FOLLOW_MS = 1_000
const ANSWER_WITHIN_MS = 10_000
const PAGE = 200
const MOVEMENTS = 1_000
/** Where is kept which of the hub's movements were there from the beginning. */
const FOLLOWER = 'wms_hz'
/** Movements of the hub may become visible a little out of order: so many are asked for again. */
const OVERLAP = 500

const stockPage = z.object({
  items: z.array(z.object({ skuId: z.string(), total: z.number(), shipped: z.number() })),
  nextCursor: z.string().nullable(),
})
const movementPage = z.object({
  latestMovementId: z.number(),
  items: z.array(
    z.object({
      movementId: z.number(),
      skuId: z.string(),
      warehouseId: z.string(),
      quantityDelta: z.number(),
    }),
  ),
})

/**
 * The stock systems of the warehouses: twelve databases in three shapes, filled once with what the hub was told at the
 * beginning, kept in step with what the pickers do and with what the office enters in the hub.
 */
export class WmsBooks {
  readonly #options: WmsBooksOptions
  readonly #stop = new AbortController()
  #connection: Promise<Connection> | undefined
  #last: Promise<void> = Promise.resolve()
  readonly #following: Promise<void>

  constructor(options: WmsBooksOptions) {
    this.#options = options
    // First in the line: whatever is booked comes after the tables and their first contents.
    const prepared = this.#enqueue(() => this.#prepare())
    for (const warehouseId of Object.keys(WMS_WAREHOUSES)) void this.#enqueue(() => this.#fill(warehouseId))
    this.#following = prepared
      .then(() => this.#follow())
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) options.log(`WMS: ${String(error)}`)
      })
  }

  /** The step at which this warehouse takes units off its number; undefined where it has no system here. */
  fallsAt(warehouseId: string): WmsStep | undefined {
    return WMS_WAREHOUSES[warehouseId]?.fallsAt
  }

  /** Books a step, in the order in which they are told, however long the system is away. */
  async book(booking: WmsBooking): Promise<void> {
    const booked = this.#enqueue(() => this.#bookOnce(booking))
    await Promise.race([booked, delay(WAIT_AT_MOST_MS, undefined, { ref: false })])
  }

  /** Takes a booking back, if it was made. */
  async undo(key: string, booking: WmsBooking): Promise<void> {
    await this.#enqueue(async () => {
      const target = WMS_WAREHOUSES[booking.warehouseId]
      if (!target) return
      const connection = await this.#connect()
      const sql = `SELECT 1 FROM ${target.database}.booked_step WHERE step_key = ?`
      if (await hasRows(connection, { sql, values: [key] })) await this.#bookOnce(booking)
    })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#following
    await this.#last
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.end().catch(() => undefined)
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => this.#patiently(work))
    return this.#last
  }

  async #patiently(work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; failures += 1) {
      try {
        return await work()
      } catch (error) {
        if (failures === 0) this.#options.log(`WMS: ${String(error)}`)
        this.#connection?.then((connection) => connection.destroy()).catch(() => undefined)
        this.#connection = undefined
        await delay(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
      }
    }
  }

  #connect(): Promise<Connection> {
    this.#connection ??= createConnection({ uri: this.#options.url, connectTimeout: 5_000 })
    return this.#connection
  }

  async #bookOnce({ key, warehouseId, lines }: WmsBooking): Promise<void> {
    const target = WMS_WAREHOUSES[warehouseId]
    if (!target) return
    const connection = await this.#connect()
    await connection.query(`USE ${target.database}`)
    await connection.beginTransaction()
    const [result] = await connection.query('INSERT IGNORE INTO booked_step VALUES (?, NOW(3))', [key])
    const isNew = 'affectedRows' in result && result.affectedRows === 1
    for (const { skuId, delta } of isNew ? lines : []) {
      const isKnown = await hasRows(connection, knownStatement(target.shape, skuId))
      const statements = isKnown
        ? moveStatements(target.shape, skuId, delta)
        : fillStatements(target.shape, skuId, delta)
      for (const { sql, values } of statements) await connection.query(sql, values)
    }
    await connection.commit()
  }

  /** Books what the office enters in the hub, from when the tables were filled. */
  async #follow(): Promise<void> {
    let after = 0
    await this.#enqueue(async () => {
      after = await this.#followedUpTo()
    })
    const from = after
    while (!this.#stop.signal.aborted) {
      after = await this.#bookMovements(from, after).catch(() => after)
      await delay(FOLLOW_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }

  /** The newest movement of the hub that was in the first contents already. */
  async #followedUpTo(): Promise<number> {
    const connection = await this.#connect()
    const [rows] = await connection.query(`SELECT movement_id FROM ${FOLLOWER}.followed_up_to`)
    const known = z.array(z.object({ movement_id: z.number() })).parse(rows)[0]
    if (known) return known.movement_id
    const { latestMovementId } = movementPage.parse(await this.#ask('/v1/wms/movements?limit=1'))
    await connection.query(`INSERT INTO ${FOLLOWER}.followed_up_to VALUES (?)`, [latestMovementId])
    this.#options.log(`The stock systems of ${Object.keys(WMS_WAREHOUSES).length} warehouses are filled`)
    return latestMovementId
  }

  async #prepare(): Promise<void> {
    const connection = await this.#connect()
    await connection.query(`CREATE USER IF NOT EXISTS hub_reader@'%'`)
    await connection.query(`ALTER USER hub_reader@'%' IDENTIFIED BY ?`, [this.#options.readerPassword])
    for (const { database, shape } of Object.values(WMS_WAREHOUSES)) {
      await connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4`)
      await connection.query(`USE ${database}`)
      for (const statement of createStatements(shape)) await connection.query(statement)
      await connection.query(`GRANT SELECT, SHOW VIEW ON ${database}.* TO hub_reader@'%'`)
    }
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${FOLLOWER}.followed_up_to (movement_id BIGINT PRIMARY KEY)`,
    )
  }

  /** Once: what was there when the hub first had stock is what was there. */
  async #fill(warehouseId: string): Promise<void> {
    const target = WMS_WAREHOUSES[warehouseId]
    if (!target || (await this.#isFilled(target.database))) return
    const levels = await this.#hubLevels(warehouseId)
    // The hub is empty itself, or not up yet.
    if (levels.length === 0) throw new Error('the hub has no stock yet')
    const connection = await this.#connect()
    await connection.query(`USE ${target.database}`)
    await connection.beginTransaction()
    for (const { skuId, total, shipped } of levels) {
      for (const { sql, values } of fillStatements(target.shape, skuId, total - shipped)) {
        await connection.query(sql, values)
      }
    }
    await connection.query("INSERT IGNORE INTO booked_step VALUES ('filled', NOW(3))")
    await connection.commit()
  }

  async #isFilled(database: string): Promise<boolean> {
    const sql = `SELECT 1 FROM ${database}.booked_step WHERE step_key = ?`
    return hasRows(await this.#connect(), { sql, values: ['filled'] })
  }

  async #hubLevels(warehouseId: string): Promise<z.output<typeof stockPage>['items']> {
    const levels: z.output<typeof stockPage>['items'] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ warehouseId, limit: String(PAGE), ...(cursor ? { cursor } : {}) })
      const page = stockPage.parse(await this.#ask(`/v1/stock?${query}`))
      levels.push(...page.items)
      cursor = page.nextCursor
    }
    return levels
  }

  /** What the office has entered since: receipts, counts, returns, transfers. Returns where to go on. */
  async #bookMovements(from: number, after: number): Promise<number> {
    const query = `after=${Math.max(from, after - OVERLAP)}&limit=${MOVEMENTS}`
    const { items } = movementPage.parse(await this.#ask(`/v1/wms/movements?${query}`))
    for (const { movementId, skuId, warehouseId, quantityDelta } of items) {
      const lines = [{ skuId, delta: quantityDelta }]
      await this.#enqueue(() => this.#bookOnce({ key: `hub/${movementId}`, warehouseId, lines }))
    }
    return Math.max(after, ...items.map((item) => item.movementId))
  }

  async #ask(path: string): Promise<unknown> {
    const response = await fetch(new URL(path, this.#options.hubApi), {
      headers: { authorization: `Bearer ${this.#options.apiKey}` },
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    if (!response.ok) throw new Error(`the hub answers ${response.status}`)
    return response.json()
  }
}

async function hasRows(connection: Connection, statement: Statement): Promise<boolean> {
  const [rows] = await connection.query(statement.sql, statement.values)
  return Array.isArray(rows) && rows.length > 0
}
