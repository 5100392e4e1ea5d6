import { z } from 'zod'
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
