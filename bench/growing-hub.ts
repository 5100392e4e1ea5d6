import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { createCheckouts } from '../store/checkout.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { Policies } from '../store/policy-cache.ts'
import { createReservations } from '../store/reservation-groups.ts'
import { fillOrders, fillWarehouses, orderBody, reservationFor } from './catalogue.ts'

const WAREHOUSES = 12
/** Orders in whose names stock is reserved; each again and again, on other lines. */
const ORDERS = 20_000
/** Coprime to every number of articles: neighbours in time are no neighbours in the index, and all have their turn. */
const STRIDE = 7_919

export type HubSize = { skus: number; movements: number }

export const growingSku = (index: number) => `GROW-${index}`

/** Articles in twelve warehouses and movements spread evenly over them, more and more of both, and work on them. */
export class GrowingHub {
  readonly #owner: pg.Client
  readonly #orderIds: string[]
  readonly #reservations: ReturnType<typeof createReservations>
  readonly #checkouts: ReturnType<typeof createCheckouts>
  #size: HubSize = { skus: 0, movements: 0 }
  #count = 0
  #lines = 0

  private constructor(owner: pg.Client, db: Db, keyRing: KeyRing, orderIds: string[]) {
    this.#owner = owner
    this.#orderIds = orderIds
    this.#reservations = createReservations(db)
    const answerOf = () => ({ status: 201, response: {} })
    this.#checkouts = createCheckouts(db, { keyRing, policies: new Policies(), answerOf })
  }

  static async open({ db, ownerUrl }: { db: Db; ownerUrl: string }, keyRing: KeyRing): Promise<GrowingHub> {
    const owner = new pg.Client({ connectionString: ownerUrl })
    await owner.connect()
    await owner.query('delete from stock_level')
    await fillWarehouses(owner, 'GROW', WAREHOUSES)
    return new GrowingHub(owner, db, keyRing, await fillOrders(owner, ORDERS))
  }

  close(): Promise<void> {
    return this.#owner.end()
  }

  levelsOf({ skus }: HubSize): number {
    return skus * WAREHOUSES
  }

  /** Adds what is missing to a size. */
  async growTo(size: HubSize): Promise<void> {
    const from = this.#size
    const statements = [
      "set session_replication_role = 'replica'", // references are not looked up for every row
      `insert into sku (id, name, category, standard_price_cents, weight_grams)
        select 'GROW-' || n, '商品 ' || n, 'x', 100, 100 from generate_series(${from.skus}, ${size.skus - 1}) as n`,
      `insert into stock_level (sku_id, warehouse_id, total)
        select 'GROW-' || s, 'GROW-' || w, 100000000
        from generate_series(${from.skus}, ${size.skus - 1}) as s, generate_series(1, ${WAREHOUSES}) as w`,
    ]
    for (const statement of statements) await this.#owner.query(statement)
    await this.#growLedger(from, size)
    await this.#owner.query("set session_replication_role = 'origin'")
    this.#size = size
    await this.takeStatistics()
  }

  /** Also once there are holds and orders: plans made for empty tables are no measure of anything. */
  async takeStatistics(): Promise<void> {
    await this.#owner.query('vacuum analyze')
    // What the filling has left to write is not what is measured.
    await this.#owner.query('checkpoint')
  }

  /** Indexes are taken away meanwhile: to sort them once is a fraction of the work of ten million entries one by one. */
  async #growLedger(from: HubSize, to: HubSize): Promise<void> {
    const { rows: indexes } = await this.#owner.query<{ name: string; definition: string }>(`
      select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
      from pg_index where indrelid = 'stock_ledger'::regclass and not indisprimary`)
    await this.#owner.query("set maintenance_work_mem = '256MB'")
    for (const { name } of indexes) await this.#owner.query(`drop index ${name}`)
    await this.#owner.query(`insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, operation_id, operator)
      select 'GROW-' || n % ${to.skus}, 'GROW-' || 1 + n % ${WAREHOUSES}, 'adjust', 0, 'fill', 'bench'
      from generate_series(${from.movements + 1}, ${to.movements}) as n`)
    for (const { definition } of indexes) await this.#owner.query(definition)
  }

  /** One reservation of so many articles, each time others. */
  reserve(lines: number): Promise<unknown> {
    this.#count += lines
    return this.#reserve(Array.from({ length: lines }, (_, line) => this.#skuAt(this.#count + line)))
  }

  /** Everybody wants the same one. */
  reserveHot(): Promise<unknown> {
    return this.#reserve([growingSku(0)])
  }

  /** An order of two articles with all that belongs to it, as the API places it. */
  async checkOut(): Promise<void> {
    this.#count += 2
    const orderId = randomUUID()
    const body = orderBody(2)
    const lines = body.lines.map((line, index) => ({ ...line, skuId: this.#skuAt(this.#count + index) }))
    const requestKey = { caller: 'bench', key: orderId, requestHash: Buffer.from(orderId) }
    const answer = await this.#checkouts.place({
      ...{ orderId, placedBy: 'system:mall', traceParent: null, requestKey },
      body: { ...body, lines },
    })
    if (!('result' in answer) || !answer.result.ok) throw new Error('a checkout was refused')
  }

  #skuAt(index: number): string {
    return growingSku((index * STRIDE) % this.#size.skus)
  }

  #reserve(skuIds: string[]): Promise<unknown> {
    const demand = skuIds.map((skuId) => {
      this.#lines += 1
      return { lineNumber: this.#lines, skuId, quantity: 1 }
    })
    return this.#reservations.reserve(reservationFor(this.#orderIds[this.#lines % ORDERS] ?? '', demand))
  }
}
