import { createHash } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { createShop } from '../store/shops.ts'

const SHOP = { id: 'BENCH-DY', platformShopId: '4463798', appKey: '7000000000000000001' }
const APP_SECRET = 'bench-secret-of-the-app'

/** The shop that the pushes are for. */
export async function createPushedShop(db: Db, keyRing: KeyRing): Promise<void> {
  await db
    .insertInto('store')
    .values({ id: 'BENCH-DY', name: '抖音店', channel: 'douyin', region: '华东' })
    .execute()
  const body = {
    ...SHOP,
    storeId: 'BENCH-DY',
    platform: 'doudian' as const,
    gatewayUrl: 'http://127.0.0.1:1',
    pushUrl: null,
    pullFrom: new Date(),
    credentials: { appSecret: APP_SECRET, accessToken: '', refreshToken: '', signMethod: 'hmac-sha256' },
  }
  await db
    .transaction()
    .execute((tx) => createShop(tx, keyRing, { body, operator: 'bench', channel: 'douyin' }))
}

/** A push of one message about an order that was paid, signed as the platform does. */
export function signedPush(): { headers: Record<string, string>; body: string } {
  const orderId = String(6_917_116_789_700_000_000n + BigInt(Math.trunc(Math.random() * 1e11)))
  const seconds = Math.trunc(Date.now() / 1000)
  const data = JSON.stringify({
    p_id: orderId,
    s_ids: [orderId],
    shop_id: SHOP.platformShopId,
    order_status: 2,
    order_type: 0,
    pay_time: seconds,
    pay_type: 2,
    pay_amount: 12_900,
    update_time: seconds,
  })
  const body = JSON.stringify([{ tag: '101', msg_id: uuid(), data }])
  const sign = createHash('md5').update(`${SHOP.appKey}${body}${APP_SECRET}`).digest('hex')
  return {
    headers: { 'content-type': 'application/json', 'app-id': SHOP.appKey, 'event-sign': sign },
    body,
  }
}
