import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { expect } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import type { CreatePromotionBody } from '../../contracts/promotions.ts'
import { type CheckoutResult, checkout } from '../../store/checkout.ts'
import type { Db } from '../../store/database.ts'
import { findPromotion } from '../../store/promotion-queries.ts'
import { advancePromotion, closePromotion, createPromotion, moveQuota } from '../../store/promotions.ts'
import { findQuotaDrift } from '../../store/reconcile.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { expectSound, type Line, type TestStore } from './support.ts'

export type Quotas = CreatePromotionBody['quotas']
export type Channel = Quotas[number]['channel']
export const HOUR_MS = 3_600_000

/** What tests do with promotions. The store gets a second shop, `JD`, on the channel jd. */
export async function openPromotions(store: TestStore) {
  await store.db
    .insertInto('store')
    .values({ id: 'JD', name: '京东店', channel: 'jd', region: '华东' })
    .execute()

  /** Plans a promotion that is due now. */
  async function plan(quotas: Quotas, changes: Partial<CreatePromotionBody> = {}): Promise<string> {
    const promotionId = uuid()
    const body: CreatePromotionBody = {
      name: 'Double 11',
      startsAt: new Date(Date.now() - 1_000).toISOString(),
      endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
      quotas,
      stockExpected: false,
      ...changes,
    }
    await store.inTransaction((tx) => createPromotion(tx, { promotionId, body, createdBy: 'ops' }))
    return promotionId
  }

  async function run(quotas: Quotas): Promise<string> {
    const promotionId = await plan(quotas)
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'running', shortages: [] })
    return promotionId
  }

  const close = (promotionId: string, to: 'ended' | 'cancelled' = 'cancelled', requestId = uuid()) =>
    closePromotion(store.db, { promotionId, requestId, to, operator: 'ops', reason: 'test' })

  const move = (
    promotionId: string,
    skuId: string,
    quantity: number,
    [fromChannel, toChannel]: [Channel, Channel],
    db: Db = store.db,
  ) =>
    db.transaction().execute((tx) =>
      moveQuota(tx, {
        promotionId,
        body: { skuId, fromChannel, toChannel, quantity, reason: 'test' },
        operator: 'ops',
        operationId: uuid(),
      }),
    )

  /** Lets the promotion's time be over since a moment ago, for its row and its holds. */
  async function endTimeOf(promotionId: string): Promise<void> {
    await store.inTransaction(async (tx) => {
      await sql`update promotion set ends_at = clock_timestamp() - interval '1 millisecond',
        starts_at = clock_timestamp() - interval '1 day' where id = ${promotionId}`.execute(tx)
      const quotas = await tx
        .selectFrom('promotion_quota')
        .select('sku_id')
        .where('promotion_id', '=', promotionId)
        .execute()
      // As time does: nobody is in the middle of anything.
      await lockStock(
        tx,
        quotas.map((quota) => quota.sku_id),
      )
      await sql`update reservation set expires_at = clock_timestamp() - interval '1 millisecond'
        where owner_kind = 'promotion' and owner_id like ${`${promotionId}/%`}`.execute(tx)
    })
  }

  /** Buys on a channel, in a transaction that is rolled back when refused, as the API does. */
  async function tryBuy(channel: 'mall' | 'jd', lines: Line[], db: Db = store.db): Promise<CheckoutResult> {
    const input = store.checkoutInput(lines)
    const body = { ...input.body, channel, storeId: channel === 'jd' ? 'JD' : 'MALL' }
    const tx = await db.startTransaction().execute()
    try {
      const result = await checkout(tx, store, { ...input, body })
      await (result.ok ? tx.commit() : tx.rollback()).execute()
      return result
    } catch (error) {
      await tx.rollback().execute()
      throw error
    }
  }

  async function buy(channel: 'mall' | 'jd', lines: Line[]): Promise<PlacedOrder> {
    const result = await tryBuy(channel, lines)
    if (!result.ok) throw result.problem
    return result.order
  }

  async function view(promotionId: string) {
    const found = await findPromotion(store.db, promotionId)
    if (!found) throw new Error('no such promotion')
    return found
  }

  /** promised, drawn, returned, remaining of each channel of a promotion with one SKU. */
  const counts = async (promotionId: string) =>
    Object.fromEntries(
      (await view(promotionId)).quotas.map(({ channel, promised, drawn, returned, remaining }) => [
        channel,
        { promised, drawn, returned, remaining },
      ]),
    )

  /** Counters, ledger and holds agree for stock and for quotas, and every hold from a quota is counted there. */
  async function expectAllSound(): Promise<void> {
    await expectSound(store.db)
    expect(await findQuotaDrift(store.db)).toEqual([])
    const { rows } = await sql`
      select quota.quota_id, quota.sku_id, drawn, live.units
      from promotion_quota as quota join (
        select drawn_from, sku_id, sum(quantity) as units from reservation
        where state in ('held', 'confirmed') group by drawn_from, sku_id
      ) as live on live.drawn_from = quota.quota_id and live.sku_id = quota.sku_id
      where live.units > quota.drawn`.execute(store.db)
    expect(rows).toEqual([])
  }

  return { plan, run, close, move, endTimeOf, tryBuy, buy, view, counts, expectAllSound }
}
