import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishPolicy } from '../../store/policy-versions.ts'
import { listPromotions } from '../../store/promotion-queries.ts'
import { advancePromotion } from '../../store/promotions.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { awaitStock } from '../../store/stock-waits.ts'
import { HOUR_MS, openPromotions, type Quotas } from './promotion-support.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
let promotions: Awaited<ReturnType<typeof openPromotions>>

beforeAll(async () => {
  store = await openTestStore()
  promotions = await openPromotions(store)
})
afterAll(async () => {
  await promotions.expectAllSound()
  await store.close()
})

const items = (promotionId: string) =>
  store.db
    .selectFrom('work_item')
    .select(['kind', 'state', 'detail'])
    .where('key', '=', promotionId)
    .execute()

describe('the start', () => {
  test('holds every quota at the warehouses in proportion to what they have, and nobody else can have those units', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 60, 'WH-GZ': 30 })
    const promotionId = await promotions.run([
      { skuId, channel: 'mall', quantity: 30 },
      { skuId, channel: 'jd', quantity: 15 },
    ])
    expect((await promotions.view(promotionId)).quotas).toMatchObject([
      {
        channel: 'jd',
        promised: 15,
        drawn: 0,
        returned: 0,
        remaining: 15,
        warehouses: [
          { warehouseId: 'WH-GZ', remaining: 5 },
          { warehouseId: 'WH-HZ', remaining: 10 },
        ],
      },
      { channel: 'mall', remaining: 30 },
    ])
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 60, reserved: 30 })
    expect(await store.level(skuId, 'WH-GZ')).toMatchObject({ total: 30, reserved: 15 })
    await expectSound(store.db)
  })

  test('again and again changes nothing: a worker that died after it repeats it without harm', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 4 }])
    const again = await Promise.all([1, 2, 3].map(() => advancePromotion(store.db, promotionId)))
    expect(again.every((standing) => standing.state === 'running' && standing.waitMs > 0)).toBe(true)
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 4 })
  })

  test('leaves what paid orders wait for to them', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const { orderId } = await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])
    const placedAt = new Date().toISOString()
    const lines = [{ lineNumber: 1, skuId, quantity: 2, unitPriceCents: 100 }]
    await store.inTransaction((tx) =>
      awaitStock(tx, { orderId, lines, placedAt, paidAt: placedAt, holdUntil: new Date() }),
    )
    const promotionId = await promotions.plan([{ skuId, channel: 'mall', quantity: 4 }])
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({
      state: 'scheduled',
      shortages: [{ skuId, requested: 4, available: 3 }],
    })
  })

  test('before its moment it holds nothing and says how long to wait', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const startsAt = new Date(Date.now() + HOUR_MS / 2).toISOString()
    const promotionId = await promotions.plan([{ skuId, channel: 'mall', quantity: 4 }], { startsAt })
    const { state, waitMs } = await advancePromotion(store.db, promotionId)
    expect(state).toBe('scheduled')
    expect(waitMs).toBeGreaterThan(HOUR_MS / 2 - 10_000)
    expect(waitMs).toBeLessThanOrEqual(HOUR_MS / 2)
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
  })

  test('with too little it holds nothing of anything, is a work item, and succeeds once the units are there', async () => {
    const scarce = await store.addSku({ 'WH-HZ': 3 })
    const plenty = await store.addSku({ 'WH-HZ': 50 })
    const promotionId = await promotions.plan(
      [
        { skuId: plenty, channel: 'mall', quantity: 10 },
        { skuId: scarce, channel: 'mall', quantity: 5 },
      ],
      { stockExpected: true },
    )
    const shortages = [{ skuId: scarce, requested: 5, available: 3 }]
    const standing = await advancePromotion(store.db, promotionId)
    expect(standing).toEqual({ state: 'scheduled', waitMs: 60_000, shortages })
    expect(await store.level(plenty, 'WH-HZ')).toMatchObject({ reserved: 0 })
    expect(await items(promotionId)).toMatchObject([
      { kind: 'promotion_not_held', state: 'open', detail: { missing: `${scarce}: 3 of 5` } },
    ])
    expect((await promotions.view(promotionId)).shortages).toEqual(shortages)

    await sql`update stock_level set total = total + 2 where sku_id = ${scarce}`.execute(store.db)
    await sql`insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, operation_id, operator)
      values (${scarce}, 'WH-HZ', 'receive', 2, 'test', 'test')`.execute(store.db)
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'running' })
    expect(await items(promotionId)).toMatchObject([{ state: 'resolved' }])
    expect((await promotions.view(promotionId)).shortages).toEqual([])
  })

  test('units of an order that has expired a moment ago are there for it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const order = await store.order([{ skuId, quantity: 5 }])
    await store.endTimeOf(order.orderId)
    await promotions.run([{ skuId, channel: 'mall', quantity: 5 }])
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 5 })
  })

  test('of two overlapping promotions that start at once on the last units, one gets them and the other none', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 })
    const quotas: Quotas = [{ skuId, channel: 'mall', quantity: 7 }]
    const both = [
      await promotions.plan(quotas, { stockExpected: true }),
      await promotions.plan(quotas, { stockExpected: true }),
    ]
    const standings = await Promise.all(both.map((promotionId) => advancePromotion(store.db, promotionId)))
    expect(standings.map((standing) => standing.state).sort()).toEqual(['running', 'scheduled'])
    expect(standings.flatMap((standing) => standing.shortages)).toEqual([
      { skuId, requested: 7, available: 3 },
    ])
    await expectSound(store.db)
  })

  test('it waits for a rival that has the last units under lock, and then sees that they are gone', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const promotionId = await promotions.plan([{ skuId, channel: 'jd', quantity: 5 }])
    const rival = store.newRival()
    const tx = await store.begin()
    await lockStock(tx, [skuId])
    const { result } = await rival.start((db) => advancePromotion(db, promotionId))
    await rival.untilBlocked()
    const bought = await store.checkoutIn(tx, [{ skuId, quantity: 1 }])
    expect(bought.ok).toBe(true)
    await tx.commit().execute()
    expect(await result).toMatchObject({ state: 'scheduled', shortages: [{ requested: 5, available: 4 }] })
  })
})

describe('planning', () => {
  test('asks for more than there is: refused with the shortage, unless units are expected', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const quotas: Quotas = [
      { skuId, channel: 'mall', quantity: 8 },
      { skuId, channel: 'jd', quantity: 3 },
    ]
    await expect(promotions.plan(quotas)).rejects.toMatchObject({
      code: 'insufficient-stock',
      extra: { shortages: [{ skuId, requested: 11, available: 10 }] },
    })
    await expect(promotions.plan(quotas, { stockExpected: true })).resolves.toBeTypeOf('string')
  })

  test('what other planned promotions of the same time are to get counts as gone; what running ones give back before counts as there', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
    await promotions.run([{ skuId, channel: 'mall', quantity: 6 }]) // ends in an hour
    await promotions.plan([{ skuId, channel: 'jd', quantity: 7 }], { startsAt: at(2), endsAt: at(4) })
    const third = (startsAt: string, endsAt: string) =>
      promotions.plan([{ skuId, channel: 'taobao', quantity: 4 }], { startsAt, endsAt })
    await expect(third(at(3), at(5))).rejects.toMatchObject({
      code: 'insufficient-stock',
      extra: { shortages: [{ available: 3 }] },
    })
    await expect(third(at(4), at(5))).resolves.toBeTypeOf('string')
  })

  test('is held to the published policy: share of what is free, length, number of SKUs', async () => {
    const policy = { maxSharePercent: 50, maxDurationDays: 1, maxSkus: 1, retrySeconds: 7 }
    const publish = (document: typeof policy) =>
      publishPolicy(store.db, { kind: 'promotion', document, author: 'test', reason: 'test' })
    const version = await publish(policy)
    const skuId = await store.addSku({ 'WH-HZ': 11 })
    const quotas = (quantity: number): Quotas => [{ skuId, channel: 'mall', quantity }]
    await expect(promotions.plan(quotas(6))).rejects.toMatchObject({
      code: 'insufficient-stock',
      extra: { shortages: [{ available: 5 }] },
    })
    const endsAt = new Date(Date.now() + 25 * HOUR_MS).toISOString()
    await expect(promotions.plan(quotas(5), { endsAt })).rejects.toMatchObject({
      code: 'promotion-not-allowed',
    })
    const other = await store.addSku({ 'WH-HZ': 10 })
    const two: Quotas = [...quotas(1), { skuId: other, channel: 'mall', quantity: 1 }]
    await expect(promotions.plan(two)).rejects.toMatchObject({ code: 'promotion-not-allowed' })
    const accepted = await promotions.plan(quotas(5))
    const tooMuch = await promotions.plan(quotas(6), { stockExpected: true })
    await publish({ ...policy, maxSharePercent: 100, maxDurationDays: 31, maxSkus: 500, retrySeconds: 60 })
    // The limits that it was accepted under go on to hold at its start.
    expect(await advancePromotion(store.db, tooMuch)).toMatchObject({ state: 'scheduled', waitMs: 7_000 })
    expect(await advancePromotion(store.db, accepted)).toMatchObject({ state: 'running' })
    expect((await promotions.view(accepted)).policyVersion).toBe(version)
  })

  test('a promotion that is over already and an unknown SKU are refused; one that ends before it begins is refused by the table too', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const quotas: Quotas = [{ skuId, channel: 'mall', quantity: 1 }]
    const past = (ms: number) => new Date(Date.now() - ms).toISOString()
    await expect(
      promotions.plan(quotas, { startsAt: past(9_000), endsAt: past(1_000) }),
    ).rejects.toMatchObject({
      fields: [{ field: 'endsAt' }],
    })
    await expect(promotions.plan([{ skuId: 'NONE', channel: 'mall', quantity: 1 }])).rejects.toMatchObject({
      code: 'unknown-sku',
      fields: [{ field: 'quotas.0.skuId' }],
    })
    const startsAt = new Date(Date.now() + 2 * HOUR_MS).toISOString()
    await expect(promotions.plan(quotas, { startsAt })).rejects.toThrow('promotion_ends_after_it_begins')
  })
})

describe('the end', () => {
  test('at its end what is left is free stock, once, and the counters say what went back', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 6 }])
    await promotions.endTimeOf(promotionId)
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'ended', waitMs: 0 })
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'ended' })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
    expect((await promotions.view(promotionId)).quotas).toMatchObject([
      { promised: 6, returned: 6, remaining: 0 },
    ])
    await expectSound(store.db)
  })

  test('with no worker running, its units are free from its end on all the same', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const promotionId = await promotions.run([{ skuId, channel: 'jd', quantity: 5 }])
    expect(await store.tryCheckout([{ skuId, quantity: 1 }])).toMatchObject({ ok: false })
    await promotions.endTimeOf(promotionId)
    expect(await store.tryCheckout([{ skuId, quantity: 5 }])).toMatchObject({ ok: true })
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'ended' })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 5 })
    expect((await promotions.view(promotionId)).quotas).toMatchObject([{ returned: 5, remaining: 0 }])
    await expectSound(store.db)
  })

  test('cancelled, or ended early: the rest is free at once, and a repeated command gets its first answer', async () => {
    for (const to of ['cancelled', 'ended'] as const) {
      const skuId = await store.addSku({ 'WH-HZ': 10 })
      const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 6 }])
      const requestId = uuid()
      expect(await promotions.close(promotionId, to, requestId)).toEqual({ accepted: true })
      expect(await promotions.close(promotionId, to, requestId)).toEqual({ accepted: true })
      expect(await promotions.close(promotionId, to)).toMatchObject({
        accepted: false,
        code: 'promotion-closed',
      })
      expect(await promotions.view(promotionId)).toMatchObject({
        state: to,
        closedBy: 'ops',
        closeReason: 'test',
      })
      expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
    }
    await expectSound(store.db)
  })

  test('cancelled before its start it never holds anything', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const promotionId = await promotions.plan([{ skuId, channel: 'mall', quantity: 6 }])
    expect(await promotions.close(promotionId, 'ended')).toMatchObject({ code: 'promotion-not-running' })
    expect(await promotions.close(promotionId)).toEqual({ accepted: true })
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'cancelled' })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
  })

  test('one that could never be held ends as a work item', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const promotionId = await promotions.plan([{ skuId, channel: 'mall', quantity: 6 }], {
      stockExpected: true,
    })
    await advancePromotion(store.db, promotionId)
    await promotions.endTimeOf(promotionId)
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'ended' })
    expect(await items(promotionId)).toMatchObject([{ kind: 'promotion_not_held', state: 'open' }])
  })
})

describe('moving between channels', () => {
  test('moves only what is left, in the warehouses where it lies; the stock’s counters stand still and the ledger says who', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 20, 'WH-GZ': 10 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 9 }])
    await promotions.move(promotionId, skuId, 3, ['mall', 'taobao'])
    expect((await promotions.view(promotionId)).quotas).toMatchObject([
      { channel: 'mall', promised: 6, remaining: 6 },
      {
        channel: 'taobao',
        promised: 3,
        remaining: 3,
        warehouses: [
          { warehouseId: 'WH-GZ', remaining: 1 },
          { warehouseId: 'WH-HZ', remaining: 2 },
        ],
      },
    ])
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 6 })
    await expect(promotions.move(promotionId, skuId, 7, ['mall', 'jd'])).rejects.toMatchObject({
      code: 'quota-too-small',
      extra: { remaining: 6 },
    })
    await promotions.move(promotionId, skuId, 6, ['mall', 'taobao'])
    expect(await promotions.counts(promotionId)).toMatchObject({
      mall: { remaining: 0 },
      taobao: { remaining: 9 },
    })
    const moved = await store.db
      .selectFrom('stock_ledger')
      .select(['operator', 'reason'])
      .where('sku_id', '=', skuId)
      .where('reason', 'is not', null)
      .where('kind', '=', 'promotion_hold')
      .execute()
    expect(moved.every((row) => row.operator === 'ops' && row.reason === 'mall → taobao: test')).toBe(true)
    await expectSound(store.db)
  })

  test('of two moves that want the same units, one waits and is refused', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 5 }])
    const both = await Promise.allSettled([
      promotions.move(promotionId, skuId, 3, ['mall', 'jd']),
      promotions.move(promotionId, skuId, 3, ['mall', 'taobao']),
    ])
    expect(both.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await promotions.view(promotionId)).total).toEqual({
      promised: 5,
      drawn: 0,
      returned: 0,
      remaining: 5,
    })
    await expectSound(store.db)
  })

  test('before the start, after the end, and when the end has come with no worker there, nothing is moved', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const promotionId = await promotions.plan([{ skuId, channel: 'mall', quantity: 5 }])
    const refused = { code: 'promotion-not-running' }
    await expect(promotions.move(promotionId, skuId, 1, ['mall', 'jd'])).rejects.toMatchObject(refused)
    await advancePromotion(store.db, promotionId)
    await promotions.endTimeOf(promotionId)
    await expect(promotions.move(promotionId, skuId, 1, ['mall', 'jd'])).rejects.toMatchObject(refused)
    await promotions.close(promotionId)
    await expect(promotions.move(promotionId, skuId, 1, ['mall', 'jd'])).rejects.toMatchObject(refused)
    await expect(promotions.move(uuid(), skuId, 1, ['mall', 'jd'])).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('a move that waited for the cancellation sees it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 5 }])
    const rival = store.newRival()
    const tx = await store.begin()
    await sql`select 1 from promotion where id = ${promotionId} for no key update`.execute(tx)
    const { result } = await rival.start((db) => promotions.move(promotionId, skuId, 2, ['mall', 'jd'], db))
    await rival.untilBlocked()
    const closing = promotions.close(promotionId)
    await tx.rollback().execute()
    const [outcome] = await Promise.allSettled([result, closing])
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'promotion-not-running' })
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { remaining: 0 } })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
  })
})

describe('the list', () => {
  test('pages by creation and by start, filtered by state, SKU and channel', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 50 })
    const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
    const quotas = (channel: 'mall' | 'jd'): Quotas => [{ skuId, channel, quantity: 1 }]
    const later = await promotions.plan(quotas('mall'), { startsAt: at(9), endsAt: at(10) })
    const sooner = await promotions.plan(quotas('jd'), { startsAt: at(7), endsAt: at(10) })
    const running = await promotions.run(quotas('mall'))
    const list = async (query: object) => {
      const page = { limit: 2, sort: 'newest' as const, skuId, ...query }
      const first = await listPromotions(store.db, page)
      if (first.nextCursor === null) return first.items.map((item) => item.promotionId)
      const second = await listPromotions(store.db, { ...page, cursor: first.nextCursor })
      return [...first.items, ...second.items].map((item) => item.promotionId)
    }
    expect(await list({})).toEqual([running, sooner, later])
    expect(await list({ sort: 'start' })).toEqual([running, sooner, later])
    expect(await list({ state: 'scheduled', sort: 'start' })).toEqual([sooner, later])
    expect(await list({ channel: 'jd' })).toEqual([sooner])
    expect(await list({ state: 'open' })).toHaveLength(3)
    await promotions.close(later)
    expect(await list({ state: 'cancelled' })).toEqual([later])
    expect(await list({ state: 'open' })).toEqual([running, sooner])
  })
})
