import { z } from 'zod'
import type { Db } from './database.ts'
import type { KeyRing } from './keyring.ts'

const personal = z.object({
  name: z.string(),
  phone: z.string(),
  address: z.string(),
  remark: z.string(),
  /** What only the platform can open, by the platform's own names. */
  ciphertext: z.record(z.string(), z.string()).optional(),
})
export type PersonalData = z.output<typeof personal>

/** A person's data sealed under the contact's own id; nothing else in the database names the person. */
export function sealContact(
  keyRing: KeyRing,
  contactId: string,
  data: PersonalData,
): { keyId: string; sealed: Buffer } {
  return keyRing.seal(Buffer.from(JSON.stringify(data)), contactId)
}

/** The person's data, or null when it was erased. */
export function openContact(
  keyRing: KeyRing,
  row: { id: string; key_id: string; sealed: Buffer | null },
): PersonalData | null {
  if (row.sealed === null) return null
  return personal.parse(JSON.parse(keyRing.open(row.key_id, row.sealed, row.id).toString('utf8')))
}

/** The last four digits of the receiver's phone; null where it was erased, or is kept as a platform's ciphertext. */
export async function phoneTailOf(db: Db, keyRing: KeyRing, orderId: string): Promise<string | null> {
  const row = await db
    .selectFrom('orders')
    .innerJoin('contact', 'contact.id', 'orders.contact_id')
    .select(['contact.id', 'contact.key_id', 'contact.sealed'])
    .where('orders.id', '=', orderId)
    .executeTakeFirst()
  const phone = row ? (openContact(keyRing, row)?.phone ?? '') : ''
  return /^\+?[0-9 -]*([0-9]{4})$/.exec(phone)?.[1] ?? null
}
