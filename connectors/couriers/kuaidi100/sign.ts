import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** UPPER MD5(param + key + customer), of exactly the `param` that is sent. */
export function signQuery(param: string, key: string, customer: string): string {
  return upperMd5(param + key + customer)
}

/** UPPER MD5(param + salt), of exactly the `param` that came. */
export function signPush(param: string, salt: string): string {
  return upperMd5(param + salt)
}

/** Whether a push bears the signature of this salt, in constant time; MD5 in hex is compared without regard to case. */
export function isPushSigned(param: string, sign: string, salt: string): boolean {
  const expected = Buffer.from(signPush(param, salt))
  const given = Buffer.from(sign.toUpperCase())
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/**
 * The salt of one parcel's subscription, made from our own secret: nothing needs to be stored, and who learns one
 * parcel's salt can forge no push for another. The number alone decides, because Kuaidi100 may correct the courier.
 */
export function saltOf(waybillNumber: string, saltKey: string): string {
  return createHmac('sha256', saltKey).update(`kuaidi100/${waybillNumber}`).digest('hex').slice(0, 32)
}

function upperMd5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex').toUpperCase()
}
