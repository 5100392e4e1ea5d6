import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const order = z.object({
  /** What the ERP calls it. */
  number: z.string(),
  /** The hub's key. */
  key: z.string(),
  supplier: z.string(),
  warehouse: z.string(),
  amountCents: z.int(),
  units: z.int(),
  /** As it was sent, to tell a repeated call from another one under the same key. */
  body: z.string(),
})
export type PurchaseOrder = z.output<typeof order>

/** What the ERP has ordered from suppliers: one order a key. */
export class PurchaseBook {
  readonly #orders = new Map<string, PurchaseOrder>()
  readonly #file: string | undefined

  /** @param file remembers the orders over a restart */
  constructor(file?: string) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // The last line of a process that was killed may be half of one: nobody was told of it.
      const parsed = order.safeParse(parseJson(line))
      if (parsed.success) this.#orders.set(parsed.data.key, parsed.data)
    }
  }

  find(key: string): PurchaseOrder | undefined {
    return this.#orders.get(key)
  }

  /** Writes a new order. Whether it may be written is for the interface to say. */
  add(added: Omit<PurchaseOrder, 'number'>): PurchaseOrder {
    const written = { ...added, number: `PUR-ORD-${String(this.#orders.size + 1).padStart(5, '0')}` }
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(written)}\n`, { mode: 0o600 })
    this.#orders.set(written.key, written)
    return written
  }

  orders(): PurchaseOrder[] {
    return [...this.#orders.values()]
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null // which is no order
  }
}
