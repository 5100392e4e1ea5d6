import { isDeepStrictEqual } from 'node:util'
import { v7 as uuid } from 'uuid'
import type { ChannelOrder, Platform } from '../domain/channel-order.ts'
import { provinceNamed } from '../domain/place.ts'
import type { ChannelOrderDeps } from './channel-order-report.ts'
import { buyerText, openContact, type SealedContact, sealContact } from './contacts.ts'
import type { Tx } from './database.ts'

/** The contact with this receiver: the known one as long as nothing in it changed, otherwise a new one. */
export async function contactOf(
  tx: Tx,
  { keyRing }: Pick<ChannelOrderDeps, 'keyRing'>,
  knownId: string | null,
  platform: Platform,
  { buyerId, receiver, buyerRemark }: ChannelOrder,
): Promise<string> {
  const { name, phone, province, ciphertext } = receiver
  const person = {
    name,
    phone,
    address: addressOf(receiver),
    remark: buyerRemark,
    ciphertext,
  }
  const buyer = buyerId === null ? null : buyerText(platform, buyerId)
  if (knownId !== null) {
    const row = await tx.selectFrom('contact').selectAll().where('id', '=', knownId).executeTakeFirstOrThrow()
    const known = openContact(keyRing, row)
    // Erased on request: the platform's copy must not bring the person back.
    if (known === null) return knownId
    const { remark, ...receiverBefore } = { ciphertext: {}, ...known }
    if (isDeepStrictEqual({ ...receiverBefore, remark: buyerRemark }, person)) {
      if (remark !== buyerRemark)
        await updateContact(tx, knownId, sealContact(keyRing, knownId, person, buyer))
      return knownId
    }
  }
  const id = uuid()
  const sealed = sealContact(keyRing, id, person, buyer)
  await tx
    .insertInto('contact')
    .values({ id, ...sealed, division_code: provinceNamed(province) ?? UNKNOWN_DIVISION })
    .execute()
  return id
}

/** As it is written on a parcel. */
export function addressOf({ province, city, district, address }: ChannelOrder['receiver']): string {
  return `${province}${city}${district}${address}`
}

/** What the buyer writes says nothing about where the goods go: the newest is kept in place. */
async function updateContact(tx: Tx, contactId: string, sealed: SealedContact): Promise<void> {
  await tx
    .updateTable('contact')
    .set(sealed)
    .where('id', '=', contactId)
    .where('sealed', 'is not', null)
    .execute()
}

/** Of a receiver whose province nobody knows; its order is held. */
export const UNKNOWN_DIVISION = '000000'
