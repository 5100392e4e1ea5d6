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

/** The columns of a contact that go with its person, and leave with them when they are erased. */
export type SealedContact = {
  key_id: string
  sealed: Buffer
  customer: Buffer | null
  /** Who they are on their platform, also where `customer` is their number. */
  buyer: Buffer | null
}

/**
 * A person's data sealed under the contact's own id; nothing else in the database names the person.
 *
 * @param buyer who they are on their platform, which is all that is known where it hides their number
 */
export function sealContact(
  keyRing: KeyRing,
  contactId: string,
  data: PersonalData,
  buyer: string | null = null,
): SealedContact {
  const { keyId, sealed } = keyRing.seal(Buffer.from(JSON.stringify(data)), contactId)
  const ofBuyer = buyer === null ? null : customerHash(keyRing, buyer)
  return { key_id: keyId, sealed, customer: phoneHash(keyRing, data.phone) ?? ofBuyer, buyer: ofBuyer }
}

/**
 * By what two contacts are known as one customer's: a keyed hash of their number or of who they are on their platform.
 * It says nothing to whoever has no key, and begins anew with each new key. Null: the number is nobody's own.
 */
export function phoneHash(keyRing: KeyRing, phone: string): Buffer | null {
  const digits = digitsOf(phone)
  // Shorter are masked numbers, the same for many people; longer ones have an extension that is one order's.
  return /^\d{11,12}$/.test(digits) ? customerHash(keyRing, digits) : null
}

/** The same for a buyer of a platform, by the platform's name and the buyer's id there. */
export function buyerHash(keyRing: KeyRing, platform: string, buyerId: string): Buffer {
  return customerHash(keyRing, buyerText(platform, buyerId))
}

/** A buyer as `sealContact` is told of one. */
export function buyerText(platform: string, buyerId: string): string {
  return `${platform} ${buyerId}`
}

function customerHash(keyRing: KeyRing, text: string): Buffer {
  return keyRing.hash(text, 'customers')
}

/** A number however it is written: without the country's code, which some write and some do not. */
export function digitsOf(phone: string): string {
  return phone.replaceAll(/\D/g, '').replace(/^(00)?86(?=1\d{10}$)/, '')
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
