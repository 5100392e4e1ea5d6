import pg from 'pg'
import type { ChannelConnector } from '../connectors/channels/channel.ts'
import { mallConnector } from '../connectors/channels/mall/index.ts'
import type { ChannelOrder } from '../domain/channel-order.ts'
import type { Db } from '../store/database.ts'
import { KeyRing } from '../store/keyring.ts'
import { createShop } from '../store/shops.ts'

/** Whom the hub is compared with here. */
export type Compared = 'finance' | 'channel'
export const [FROM, TO] = ['2026-10-01', '2026-10-31']
/** Of a hundred lines one is wrong. */
export const WRONG_EVERY = 100
const FIRST_MS = Date.parse('2026-10-01T00:00:00+08:00')
const SPAN_MS = 23 * 86_400_000
const SHOP = 'SHOP-1'
const PAGE = 100
const AMOUNTS = 90_000
const ID_DIGITS = 8

/** Shops' credentials are sealed with it; the process that opens them has it, too. */
export const BENCH_KEYS = KeyRing.parse(`bench:${Buffer.alloc(32).toString('base64')}`)

/** Lines of a month that the hub has; and, where they are in its own tables, what the others have of them. */
export async function fillBooks(
  { db, ownerUrl }: { db: Db; ownerUrl: string },
  counterpart: Compared,
  orders: number,
): Promise<void> {
  if (counterpart === 'channel') await openShop(db)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  for (const statement of counterpart === 'finance' ? settled(orders) : sold(orders)) {
    await owner.query(statement)
  }
  await owner.end()
}

const atSql = (orders: number) => `to_timestamp(${FIRST_MS / 1_000} + n * ${stepMs(orders) / 1_000})`
/** Whole milliseconds, so that both sides mean the same moment. */
const stepMs = (orders: number) => Math.floor(SPAN_MS / orders)

/** Payments of a month and what finance has of them. */
function settled(orders: number): string[] {
  return [
    `insert into payment (id, named_order_id, amount_cents, method, paid_at, outcome)
      select 'PAY-' || n, 'ORDER-' || n, 1000 + n % ${AMOUNTS}, 'wechat', ${atSql(orders)}, 'unmatched'
      from generate_series(1, ${orders}) as n`,
    `insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, counts)
      select 'wechat', 'L-' || n, 'payment', 'PAY-' || n, 'ORDER-' || n, 1000 + n % ${AMOUNTS} + (n % ${WRONG_EVERY} = 0)::int,
        ${atSql(orders)}, true from generate_series(1, ${orders}) as n`,
    'vacuum analyze payment, settlement_line',
  ]
}

/** Orders of a shop as the hub has heard of them; `platformOf` is what their platform says. */
function sold(orders: number): string[] {
  return [
    "insert into contact (id, key_id, sealed, division_code) values (gen_random_uuid(), 'bench', '\\x00', '330106')",
    `insert into channel_order (shop_id, platform_order_id, state, raw_status, modified_at, canonical, contact_id)
      select '${SHOP}', lpad(n::text, ${ID_DIGITS}, '0'), 'ignored', '2', ${atSql(orders)},
        jsonb_build_object('amountCents', 1000 + n % ${AMOUNTS}), contact.id
      from generate_series(1, ${orders}) as n, contact`,
    'vacuum analyze channel_order',
  ]
}

async function openShop(db: Db): Promise<void> {
  const body = {
    ...{ id: SHOP, storeId: 'MALL', platform: 'mall', platformShopId: SHOP, appKey: 'bench' },
    ...{
      gatewayUrl: 'https://gateway.invalid',
      pushUrl: null,
      pullFrom: new Date(),
      credentials: { appSecret: 'x' },
    },
  }
  await db
    .transaction()
    .execute((tx) => createShop(tx, BENCH_KEYS, { body, operator: 'bench', channel: 'mall' }))
}

/** A platform that has sold so many orders and answers at once; a hundredth of them are worth more there than the hub has heard. */
export function platformOf(orders: number): ChannelConnector {
  const modifiedAtMs = (number: number) => FIRST_MS + number * stepMs(orders)
  const idOf = (number: number) => String(number).padStart(ID_DIGITS, '0')
  return {
    ...mallConnector,
    client: (shop) => ({
      ...mallConnector.client(shop),
      fetchOrder: async (id) => ({ order: orderOf(id, modifiedAtMs(Number(id))), raw: '' }),
      changedOrders: async function* ({ from, to }) {
        const first = Math.max(1, Math.ceil((from.getTime() - FIRST_MS) / stepMs(orders)))
        for (let page = first; page <= orders && modifiedAtMs(page) < to.getTime(); page += PAGE) {
          yield Array.from({ length: PAGE }, (_, index) => page + index)
            .filter((number) => number <= orders && modifiedAtMs(number) < to.getTime())
            .map((number) => ({
              platformOrderId: idOf(number),
              modifiedAt: new Date(modifiedAtMs(number)),
            }))
        }
      },
    }),
  }
}

function orderOf(platformOrderId: string, modifiedAtMs: number): ChannelOrder {
  const number = Number(platformOrderId)
  const at = new Date(modifiedAtMs).toISOString()
  const amountCents = 1_000 + (number % AMOUNTS) + Number(number % WRONG_EVERY === 0)
  return {
    ...{ platformOrderId, status: 'paid', rawStatus: '2', createdAt: at, modifiedAt: at, paidAt: at },
    ...{ payUntil: null, shipUntil: null, buyerId: null, paymentId: null, amountCents, freightCents: 0 },
    ...{ buyerRemark: '', shippingForbidden: false, waybills: [] },
    lines: [
      {
        ...{ platformLineId: platformOrderId, platformSkuId: 'M-1', outerSkuId: null, title: '商品' },
        ...{ quantity: 1, amountCents, refund: 'none' },
      },
    ],
    receiver: {
      ...{ name: '张三', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区' },
      ...{ address: '文三路 1 号', ciphertext: {} },
    },
  }
}
