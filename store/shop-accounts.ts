import type { Platform } from '../domain/channel-order.ts'
import type { Db } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { type OpenShop, openShop } from './shops.ts'

/** Nothing is known of any shop yet, and the database is away. */
export class ShopsUnknownError extends Error {
  override readonly name = 'ShopsUnknownError'
}

/** How old an answer may be while the database answers. */
const MAX_AGE_MS = 1_000
/** So long a push waits for the database before it is judged by what is known. */
const PATIENCE_MS = 250

/**
 * The shops as one process knows them: one a process, asked at every push.
 *
 * An answer is at most a second old. While the database is away or slow, what was known before goes on: pushes are
 * then verified and kept in Redis all the same.
 */
export class ShopAccounts {
  readonly #db: Db
  readonly #keyRing: KeyRing
  readonly #now: () => number
  readonly #onUnreadable: (shopId: string, error: unknown) => void
  #shops: ReadonlyMap<string, OpenShop> | null = null
  /** The same shops by platform and app: looked up at every push. */
  #byApp: ReadonlyMap<string, readonly OpenShop[]> = new Map()
  /** By what it was opened from: opening is the expensive part, and most shops never change. */
  #opened = new Map<string, { seen: string; shop: OpenShop | null }>()
  #readAtMs = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null

  /** @param options.onUnreadable hears of a shop whose credentials cannot be opened; it is left out */
  constructor(
    db: Db,
    keyRing: KeyRing,
    options: { now?: () => number; onUnreadable?: (shopId: string, error: unknown) => void } = {},
  ) {
    this.#db = db
    this.#keyRing = keyRing
    this.#now = options.now ?? (() => performance.now())
    this.#onUnreadable = options.onUnreadable ?? note
  }

  /** Every shop, also the inactive ones. @throws ShopsUnknownError when they could never be read */
  async all(): Promise<ReadonlyMap<string, OpenShop>> {
    if (this.#now() - this.#readAtMs >= MAX_AGE_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null
      })
      try {
        await (this.#shops ? withinPatience(this.#reading) : this.#reading)
      } catch (error) {
        throw new ShopsUnknownError('the shops could not be read', { cause: error })
      }
    }
    if (!this.#shops) throw new ShopsUnknownError('the shops could not be read')
    return this.#shops
  }

  async find(shopId: string): Promise<OpenShop | null> {
    return (await this.all()).get(shopId) ?? null
  }

  /** Every shop of an app at a platform. Inactive ones, too: they share the secret that signs the pushes. */
  async ofApp(platform: Platform, appKey: string): Promise<readonly OpenShop[]> {
    await this.all()
    return this.#byApp.get(appOf({ platform, appKey })) ?? []
  }

  /** Forgets how old it is: the process that changes a shop goes by the change at once. */
  expire(): void {
    this.#readAtMs = Number.NEGATIVE_INFINITY
  }

  async #read(): Promise<void> {
    const startedAtMs = this.#now()
    const rows = await this.#db
      .selectFrom('shop')
      .selectAll()
      .execute()
      .catch((error: unknown) => {
        // Not again for a while: each attempt at a database that is away takes its time.
        if (this.#shops) this.#readAtMs = startedAtMs
        throw error
      })
    const opened = new Map<string, { seen: string; shop: OpenShop | null }>()
    for (const row of rows) {
      const seen = `${row.updated_at.toISOString()}/${row.credentials_version}/${row.key_id}/${row.active}`
      const before = this.#opened.get(row.id)
      opened.set(row.id, before?.seen === seen ? before : { seen, shop: this.#open(row) })
    }
    this.#opened = opened
    this.#shops = new Map([...opened].flatMap(([id, { shop }]) => (shop ? [[id, shop] as const] : [])))
    this.#byApp = byApp(this.#shops.values())
    this.#readAtMs = startedAtMs
  }

  #open(row: Parameters<typeof openShop>[1]): OpenShop | null {
    try {
      return openShop(this.#keyRing, row)
    } catch (error) {
      this.#onUnreadable(row.id, error)
      return null
    }
  }
}

function byApp(shops: Iterable<OpenShop>): ReadonlyMap<string, readonly OpenShop[]> {
  const apps = new Map<string, OpenShop[]>()
  for (const shop of shops) {
    const sisters = apps.get(appOf(shop))
    if (sisters) sisters.push(shop)
    else apps.set(appOf(shop), [shop])
  }
  return apps
}

function appOf({ platform, appKey }: { platform: Platform; appKey: string }): string {
  return `${platform}/${appKey}`
}

/** Waits for work, but not for long and not for its failure. */
async function withinPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS)
  })
  await Promise.race([work.catch(() => undefined), patience])
  clearTimeout(timer)
}

function note(shopId: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  const msg = 'the credentials of a shop cannot be opened: it is left out'
  console.error(JSON.stringify({ level: 'error', msg, shopId, reason }))
}
