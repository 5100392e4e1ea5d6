import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, type Call, withBody } from '../http.ts'
import { appSecretOf } from '../platforms/accounts.ts'
import type { Statement } from '../statement.ts'
import { createWorthStatement, type WorthLine } from '../statements.ts'
import { createErpnext } from './erpnext.ts'
import { ErpLedger } from './ledger.ts'
import { type ErpControl, ErpMood, erpControl } from './mood.ts'
import { PurchaseBook } from './purchases.ts'
import { createSignedErp } from './signed.ts'

/** What the hub calls ERPNext with; the secret is `appSecretOf(seed, 'erpnext', ERPNEXT_API_KEY)`. */
export const ERPNEXT_API_KEY = 'order-hub'

/** The merchant's ERP: one set of books with two doors, `/erp` (signed JSON) and `/erpnext` (ERPNext's REST). */
export class SimulatedErp {
  readonly ledger: ErpLedger
  /** What orders are worth after their changes, as the hub is told: from the books, and wrong where a test wants it. */
  readonly worth: Statement<WorthLine>
  readonly #told = new Map<string, string>()
  readonly purchases: PurchaseBook
  /** Orders as they were entered at ERPNext's door, by the hub's id: what they were worth, in cents. */
  readonly salesOrders = new Map<string, number>()
  readonly #mood: ErpMood
  readonly #doors: Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>>
  readonly #late: (() => Answer | Promise<Answer>)[] = []

  /** @param options.secret what the hub signs with; without it, it follows from the seed */
  constructor(options: { seed: string; now: () => number; secret?: string; file?: string }) {
    const { seed, now, secret = appSecretOf(seed, 'erp', 'hub'), file } = options
    this.ledger = new ErpLedger(file)
    this.worth = createWorthStatement({ secret, now })
    this.purchases = new PurchaseBook(file === undefined ? undefined : `${file}.purchases`)
    const books = { ledger: this.ledger, purchases: this.purchases }
    this.#mood = new ErpMood(seed, now)
    this.#doors = {
      erp: createSignedErp({ ...books, secret, now }),
      erpnext: createErpnext({
        ...books,
        ...{ salesOrders: this.salesOrders, now },
        apiKey: ERPNEXT_API_KEY,
        apiSecret: appSecretOf(seed, 'erpnext', ERPNEXT_API_KEY),
      }),
    }
  }

  /** The door that a path begins with, if it is one of the ERP's. */
  hasDoor(area: string | undefined): boolean {
    return area !== undefined && Object.hasOwn(this.#doors, area)
  }

  async answer(call: Call): Promise<Answer> {
    if (call.segments.join('/') === 'erp/order-amounts') {
      this.bookWorth()
      return this.worth.answer(call)
    }
    const door = this.#doors[call.segments[0] ?? '']
    if (!door) return { status: 404, body: {} }
    const mood = this.#mood.take(call.method === 'GET')
    switch (mood) {
      case 'ok':
        return door(call)
      case 'down':
        return { status: 503, body: { message: 'out of order for the moment' } }
      case 'busy':
        return { status: 429, body: { message: 'too many calls' } }
      case 'refuse':
        return refusedAt(call)
      case 'slow':
        await delay(this.#mood.slowMs, undefined, { ref: false })
        return door(call)
      case 'garbage':
        await door(call)
        return { status: 200, text: '<html>proxy error', contentType: 'text/html' }
      case 'timeout-after-applying':
        await door(call)
        return 'hang-up'
      case 'late':
        this.#late.push(() => door(call))
        return 'hang-up'
    }
  }

  /** Brings what orders are worth up to the books; what was told before and has not changed stays as it is, right or wrong. */
  bookWorth(): void {
    for (const orderId of this.ledger.orderIds()) {
      const amount = this.ledger.amountCents(orderId)
      const changedAt = this.ledger.lastChangeAt(orderId)
      if (amount === null || changedAt === null || this.#told.get(orderId) === changedAt) continue
      this.#told.set(orderId, changedAt)
      this.worth.add([{ lineId: `WORTH-${orderId}`, orderId, amount, changedAt }])
    }
  }

  /** How it behaves from now on. */
  async change(change: ErpControl): Promise<void> {
    this.#mood.change(change)
    if (change.arrive) for (const arrive of this.#late.splice(0)) await arrive()
  }

  /** `GET` and `POST /control/erp`. */
  control(call: Call): Answer | Promise<Answer> {
    const describe = (): Answer => ({
      status: 200,
      body: {
        ...this.#mood.describe(),
        late: this.#late.length,
        purchases: this.purchases.orders().map(({ body: _, ...order }) => order),
        entries: this.ledger.entries().map(({ body: _, ...entry }) => entry),
        orders: this.ledger.orderIds().map((orderId) => ({
          orderId,
          amountCents: this.ledger.amountCents(orderId),
          adjustmentCents: this.ledger.adjustmentCents(orderId),
        })),
      },
    })
    if (call.method === 'GET') return describe()
    return withBody(call, erpControl, async (change) => {
      await this.change(change)
      return describe()
    })
  }
}

/** A final no in the words of the door. */
function refusedAt({ segments }: Call): Answer {
  return segments[0] === 'erpnext'
    ? {
        status: 417,
        body: {
          exc_type: 'ValidationError',
          _server_messages: JSON.stringify([JSON.stringify({ message: '会计期间已结账 <b>closed</b>' })]),
        },
      }
    : { status: 422, body: { code: 'period-closed', message: '会计期间已结账' } }
}
