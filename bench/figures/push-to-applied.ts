import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import { DOUDIAN_APP_KEY } from '../../simulator/platforms/doudian/index.ts'
import type { NewMarketOrder } from '../../simulator/platforms/market.ts'
import { startSimulator } from '../../simulator/server.ts'
import type { Db } from '../../store/database.ts'
import type { KeyRing } from '../../store/keyring.ts'
import { createShop } from '../../store/shops.ts'
import { putMappings } from '../../store/sku-mappings.ts'
import { takeStatistics } from '../catalogue.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { percentile } from '../statistics.ts'

const SEED = 'bench-applied'
/** Several, because a platform allows one shop about as many calls a second as there are changes here. */
const SHOPS = ['4463801', '4463802', '4463803', '4463804']
const PER_SECOND = 50
const CHANGES = 500
/** Placing costs more than paying, and is not what is measured. */
const PLACED_PER_SECOND = 10
const LOOK_EVERY_MS = 250
const GIVE_UP_MS = 300_000
const SKU = { platformSkuId: '51000001', platformItemId: '68000001', skuId: 'SKU-1' }

/**
 * Orders at a simulated Doudian that are paid, fifty a second: from the change there until the hub's order shows it, over
 * push, inbox, fetch, relay, workflow and its commit. Compared with the first half of the way, until the platform's
 * order as it is now is stored.
 */
export async function measurePushToApplied(stage: Stage): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.hub()
  const { url: hubApi } = await stage.api()
  await stage.channels()
  const simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, hubApi })
  try {
    await connectShops(db, stage.keyRing(), simulator.url)
    const { market } = simulator
    const orderIds = Array.from({ length: CHANGES }, (_, index) => newOrder(index))
    await paced(orderIds, PLACED_PER_SECOND, stage.signal, (order) => void market.place(order))
    await settled(db, 'reserved', stage.signal)
    await takeStatistics(ownerUrl)
    const paidAtMs = new Map<string, number>()
    await paced(orderIds, PER_SECOND, stage.signal, ({ orderId }) => {
      paidAtMs.set(orderId, performance.timeOrigin + performance.now())
      market.pay('doudian', orderId)
    })
    await settled(db, 'paid', stage.signal)
    stage.check()
    return figuresOf(await changesOf(db), paidAtMs)
  } finally {
    await simulator.close()
  }
}

function figuresOf(changes: Change[], paidAtMs: ReadonlyMap<string, number>): Figure[] {
  const sinceMs = (orderId: string, at: Date) => at.getTime() - (paidAtMs.get(orderId) ?? Number.NaN)
  const stored = changes.map(({ orderId, storedAt }) => sinceMs(orderId, storedAt))
  const applied = changes.map(({ orderId, appliedAt }) => sinceMs(orderId, appliedAt))
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([name, share]) => ({
    name: `push-to-applied-${name}`,
    value: percentile(applied, share),
    unit: 'ms',
    baseline: percentile(stored, share),
    against: 'until the platform’s order is fetched and stored',
  }))
}

type Change = { orderId: string; storedAt: Date; appliedAt: Date }

/** When the platform's order was last stored, and when the order's workflow wrote that it is paid. */
async function changesOf(db: Db): Promise<Change[]> {
  const { rows } = await sql<Change>`
    select platform_order_id as "orderId", channel_order.updated_at as "storedAt", log.at as "appliedAt"
    from channel_order join operation_log as log using (order_id)
    where log.field = 'status' and log.new_value = 'paid'`.execute(db)
  return rows
}

async function settled(db: Db, status: string, signal: AbortSignal): Promise<void> {
  for (const giveUpAtMs = performance.now() + GIVE_UP_MS; ; ) {
    const { rows } = await sql<{ done: number }>`
      select count(distinct order_id)::int as done from channel_order join operation_log as log using (order_id)
      where log.field = 'status' and log.new_value = ${status}`.execute(db)
    if (rows[0]?.done === CHANGES) return
    if (performance.now() > giveUpAtMs)
      throw new Error(`only ${rows[0]?.done} of ${CHANGES} orders became ${status}`)
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** One piece of work after the other, at a rate that does not wait for any of them. */
async function paced<Item>(
  items: readonly Item[],
  perSecond: number,
  signal: AbortSignal,
  work: (item: Item) => void,
): Promise<void> {
  const startedAtMs = performance.now()
  for (const [index, item] of items.entries()) {
    const earlyMs = startedAtMs + (index * 1_000) / perSecond - performance.now()
    if (earlyMs > 0) await delay(earlyMs, undefined, { signal })
    work(item)
  }
}

function newOrder(index: number): NewMarketOrder {
  const orderId = String(6_917_116_789_000_000_000n + BigInt(index * 10))
  return {
    platform: 'doudian',
    platformShopId: SHOPS[index % SHOPS.length] ?? '',
    orderId,
    buyerId: `buyer-${index}`,
    receiver: {
      name: '张三丰',
      phone: '13812345678',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '文一西路969号',
    },
    freightCents: 0,
    lines: [
      {
        lineId: `${orderId}1`,
        itemId: SKU.platformItemId,
        skuId: SKU.platformSkuId,
        outerSkuId: '',
        title: '龙井茶',
        quantity: 1,
        unitPriceCents: 1_000,
        paidCents: 1_000,
      },
    ],
  }
}

async function connectShops(db: Db, keyRing: KeyRing, simulatorUrl: string): Promise<void> {
  await db
    .insertInto('store')
    .values({ id: 'BENCH-APPLIED', name: '抖音店', channel: 'douyin', region: '华东' })
    .execute()
  await db.transaction().execute(async (tx) => {
    for (const platformShopId of SHOPS) {
      const id = `BENCH-${platformShopId}`
      const { accessToken, refreshToken } = new Tokenbook(SEED, 'doudian').tokensOf(platformShopId)
      const appSecret = appSecretOf(SEED, 'doudian', DOUDIAN_APP_KEY)
      const body = {
        ...{ id, storeId: 'BENCH-APPLIED', platform: 'doudian' as const, platformShopId },
        ...{
          appKey: DOUDIAN_APP_KEY,
          gatewayUrl: `${simulatorUrl}/doudian`,
          pushUrl: null,
          pullFrom: new Date(),
        },
        credentials: { appSecret, accessToken, refreshToken, signMethod: 'hmac-sha256' },
      }
      await createShop(tx, keyRing, { body, operator: 'bench', channel: 'douyin' })
      const mapping = {
        shopId: id,
        platformSkuId: SKU.platformSkuId,
        platformItemId: SKU.platformItemId,
        parts: [{ skuId: SKU.skuId, quantity: 1 }],
      }
      await putMappings(tx, { mappings: [mapping], author: 'bench' })
    }
  })
}
