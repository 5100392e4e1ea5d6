import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { parse, stringify, v7 as uuid } from 'uuid'
import type { Db } from './database.ts'

/** What a link opens, for one account. */
export type MobileLink = { accountId: string; subject: string }

export type RedeemedLink =
  | ({ ok: true } & MobileLink)
  | { ok: false; reason: 'altered' | 'expired' | 'used' | 'account-disabled' }

const ID_BYTES = 16
const EXPIRY_BYTES = 6
const HEAD_BYTES = ID_BYTES + EXPIRY_BYTES
const MAC_BYTES = 32
export const LINK_TOKEN = /^[A-Za-z0-9_-]{72}$/

/**
 * Links to the mobile page that are signed, good once, and not for long. The token says only which row and until when; whoever
 * forges one needs the secret, and whoever reads the table cannot make one from it.
 */
export class MobileLinks {
  readonly #db: Db
  readonly #key: Buffer
  readonly #now: () => Date

  constructor(deps: { db: Db; secret: string; now?: () => Date }) {
    this.#db = deps.db
    this.#key = Buffer.from(hkdfSync('sha256', deps.secret, '', 'links to the mobile page', 32))
    this.#now = deps.now ?? (() => new Date())
  }

  /** Makes a link and returns its token, which is stored nowhere. */
  async issue(link: MobileLink, ttlSeconds: number): Promise<string> {
    const id = uuid()
    const expiresAt = new Date(this.#now().getTime() + ttlSeconds * 1_000)
    await this.#db
      .insertInto('mobile_link')
      .values({
        id,
        account_id: link.accountId,
        subject: link.subject,
        created_at: this.#now(),
        expires_at: expiresAt,
      })
      .execute()
    const head = Buffer.alloc(HEAD_BYTES)
    head.set(parse(id))
    head.writeUIntBE(Math.floor(expiresAt.getTime() / 1_000), ID_BYTES, EXPIRY_BYTES)
    return Buffer.concat([head, this.#mac(head)]).toString('base64url')
  }

  /** Uses a link up. Of several at once one succeeds. */
  async redeem(token: string): Promise<RedeemedLink> {
    const head = this.#verified(token)
    if (!head) return { ok: false, reason: 'altered' }
    const now = this.#now()
    if (head.readUIntBE(ID_BYTES, EXPIRY_BYTES) * 1_000 <= now.getTime())
      return { ok: false, reason: 'expired' }
    const id = stringify(head.subarray(0, ID_BYTES))
    const { rows } = await sql<{ account_id: string; subject: string; disabled: boolean }>`
      update mobile_link as link set used_at = clock_timestamp() from account
      where link.id = ${id} and link.used_at is null and link.expires_at > ${now} and account.id = link.account_id
      returning link.account_id, link.subject, account.disabled`.execute(this.#db)
    const [row] = rows
    if (!row) return { ok: false, reason: 'used' }
    if (row.disabled) return { ok: false, reason: 'account-disabled' }
    return { ok: true, accountId: row.account_id, subject: row.subject }
  }

  #verified(token: string): Buffer | null {
    if (!LINK_TOKEN.test(token)) return null
    const bytes = Buffer.from(token, 'base64url')
    const head = bytes.subarray(0, HEAD_BYTES)
    const given = bytes.subarray(HEAD_BYTES)
    return given.length === MAC_BYTES && timingSafeEqual(given, this.#mac(head)) ? head : null
  }

  #mac(head: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(head).digest()
  }
}
