import { z } from 'zod'
import type { Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'

const personal = z.object({ name: z.string(), phone: z.string(), address: z.string(), remark: z.string() })
export type PersonalData = z.output<typeof personal>

/** Stores a person's data sealed under the contact's own id; nothing else in the database names the person. */
export async function insertContact(
  tx: Tx,
  keyRing: KeyRing,
  contact: { id: string; divisionCode: string; data: PersonalData },
): Promise<void> {
  const { keyId, sealed } = keyRing.seal(Buffer.from(JSON.stringify(contact.data)), contact.id)
  await tx
    .insertInto('contact')
    .values({ id: contact.id, key_id: keyId, sealed, division_code: contact.divisionCode })
    .execute()
}

/** The person's data, or null when it was erased. */
export function openContact(
  keyRing: KeyRing,
  row: { id: string; key_id: string; sealed: Buffer | null },
): PersonalData | null {
  if (row.sealed === null) return null
  return personal.parse(JSON.parse(keyRing.open(row.key_id, row.sealed, row.id).toString('utf8')))
}
