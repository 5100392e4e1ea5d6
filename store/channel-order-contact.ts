import { isDeepStrictEqual } from 'node:util'
import { v7 as uuid } from 'uuid'
import type { ChannelOrder } from '../domain/channel-order.ts'
import { provinceNamed } from '../domain/place.ts'
import type { ChannelOrderDeps } from './channel-order-report.ts'
import { openContact, type PersonalData, sealContact } from './contacts.ts'
import type { Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'

/** The contact with this receiver: the known one as long as nothing in it changed, otherwise a new one. */
export async function contactOf(
  tx: Tx,
  { keyRing }: Pick<ChannelOrderDeps, 'keyRing'>,
  knownId: string | null,
  { receiver, buyerRemark }: ChannelOrder,
): Promise<string> {
  const { name, phone, province, ciphertext } = receiver
  const person = {
    name,
    phone,
    address: addressOf(receiver),
    remark: buyerRemark,
    ciphertext,
  }
  if (knownId !== null) {
    const row = await tx.selectFrom('contact').selectAll().where('id', '=', knownId).executeTakeFirstOrThrow()
    const known = openContact(keyRing, row)
    // Erased on request: the platform's copy must not bring the person back.
    if (known === null) return knownId
    const { remark, ...receiverBefore } = { ciphertext: {}, ...known }
    if (isDeepStrictEqual({ ...receiverBefore, remark: buyerRemark }, person)) {
      if (remark !== buyerRemark) await reseal(tx, keyRing, knownId, person)
      return knownId
    }
  }
  const id = uuid()
  const { keyId, sealed } = sealContact(keyRing, id, person)
  await tx
    .insertInto('contact')
    .values({ id, key_id: keyId, sealed, division_code: provinceNamed(province) ?? UNKNOWN_DIVISION })
    .execute()
  return id
}

/** As it is written on a parcel. */
export function addressOf({ province, city, district, address }: ChannelOrder['receiver']): string {
  return `${province}${city}${district}${address}`
}

/** What the buyer writes says nothing about where the goods go: the newest is kept in place. */
async function reseal(tx: Tx, keyRing: KeyRing, contactId: string, person: PersonalData): Promise<void> {
  const { keyId, sealed } = sealContact(keyRing, contactId, person)
  await tx
    .updateTable('contact')
    .set({ key_id: keyId, sealed })
    .where('id', '=', contactId)
    .where('sealed', 'is not', null)
    .execute()
}

/** Of a receiver whose province nobody knows; its order is held. */
const UNKNOWN_DIVISION = '000000'
