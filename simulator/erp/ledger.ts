import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** `booked` counts; `reversed` did and does not any more; `barred` never did and never will. */
const STATES = ['booked', 'reversed', 'barred'] as const

const entry = z.object({
  /** What the ERP calls it. */
  number: z.string(),
  /** The hub's key. */
  key: z.string(),
  orderId: z.string(),
  differenceCents: z.int(),
  state: z.enum(STATES),
  /** As it was sent, to tell a repeated call from another one under the same key. */
  body: z.string(),
  /** What the order was worth when the ERP first heard of it; null where its interface does not say. */
  openingCents: z.int().nullable(),
  /** When it was written, or taken back; books of before have no times. */
  at: z.iso.datetime().optional(),
})
export type ErpEntry = z.output<typeof entry>

/** The ERP's own books: one entry a key, what each order is worth, and what has been added to or taken off it. */
export class ErpLedger {
  readonly #entries = new Map<string, ErpEntry>()
  readonly #openings = new Map<string, number>()
  readonly #file: string | undefined

  /** @param file remembers the books over a restart */
  constructor(file?: string) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // The last line of a process that was killed may be half of one: nobody was told of it.
      const parsed = entry.safeParse(parseJson(line))
      if (parsed.success) this.#take(parsed.data)
    }
  }

  find(key: string): ErpEntry | undefined {
    return this.#entries.get(key)
  }

  findByNumber(number: string): ErpEntry | undefined {
    return [...this.#entries.values()].find((known) => known.number === number)
  }

  /** Writes a new entry. Whether it may be written is for the interface to say. */
  add(added: Omit<ErpEntry, 'number'>, numberOf: (serial: number) => string): ErpEntry {
    return this.#write({ ...added, number: numberOf(this.#entries.size + 1) })
  }

  reverse(known: ErpEntry, at?: string): ErpEntry {
    return this.#write({ ...known, state: 'reversed', ...(at === undefined ? {} : { at }) })
  }

  /** What has been added to an order, or taken off it. */
  adjustmentCents(orderId: string): number {
    return [...this.#entries.values()]
      .filter((known) => known.orderId === orderId && known.state === 'booked')
      .reduce((sum, known) => sum + known.differenceCents, 0)
  }

  /** What an order is worth here; null where the ERP was never told what it was worth before. */
  amountCents(orderId: string): number | null {
    const opening = this.#openings.get(orderId)
    return opening === undefined ? null : opening + this.adjustmentCents(orderId)
  }

  /** When an order was last moved; null where the books do not say. */
  lastChangeAt(orderId: string): string | null {
    const times = [...this.#entries.values()].flatMap((known) =>
      known.orderId === orderId && known.at !== undefined ? [known.at] : [],
    )
    return times.sort().at(-1) ?? null
  }

  orderIds(): string[] {
    return [...new Set([...this.#entries.values()].map(({ orderId }) => orderId))]
  }

  entries(): ErpEntry[] {
    return [...this.#entries.values()]
  }

  #write(written: ErpEntry): ErpEntry {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(written)}\n`, { mode: 0o600 })
    this.#take(written)
    return written
  }

  #take(taken: ErpEntry): void {
    this.#entries.set(taken.key, taken)
    if (taken.openingCents !== null && taken.state === 'booked' && !this.#openings.has(taken.orderId)) {
      this.#openings.set(taken.orderId, taken.openingCents)
    }
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null // which is no entry
  }
}
