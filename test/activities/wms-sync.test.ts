import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWmsSyncActivities } from '../../activities/wms-sync.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { type WmsMapping, wmsMappingEntry } from '../../contracts/policies/wms-mapping.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { putWmsConnection } from '../../store/wms-connections.ts'
import { listFreshness, requestReading } from '../../store/wms-freshness.ts'
import { expectSound, openTestStore, type TestStore } from '../store/support.ts'
import { createWmsDatabase, type WmsDatabase } from '../support/mariadb.ts'

let store: TestStore
let wms: WmsDatabase
let activities: ReturnType<typeof createWmsSyncActivities>
const wmsReader = new WmsReader()

beforeAll(async () => {
  store = await openTestStore()
  wms = await createWmsDatabase()
  activities = createWmsSyncActivities({ db: store.db, dataKeys: store.keyRing, wmsReader })
  await connect('hz', {})
  await connect('gone', { port: 1 })
})
afterAll(async () => {
  await expectSound(store.db)
  await wmsReader.close()
  await wms.destroy()
  await store.close()
})

async function connect(name: string, change: { port?: number }) {
  const body = { ...wms.connection, ...change }
  await putWmsConnection(store.db, store.keyRing, { name, body, operator: 'test' })
}

/** A table of its own for each test, mapped to WH-HZ; WH-GZ only where it is asked for. */
async function publish(change: Partial<WmsMapping> & { table: string }, more: object = {}) {
  const { table, ...rest } = change
  const entry = wmsMappingEntry.parse({
    connection: 'hz',
    source: { table },
    rows: 'one',
    onHandFallsAt: 'pack',
    timeZone: '+08:00',
    columns: {
      sku: 'sku',
      quantity: ['qty'],
      updatedAt: 'updated_at',
      cursor: { column: 'updated_at', type: 'time' },
    },
    ...rest,
  })
  const document: PolicyDocument<'wms-mapping'> = {
    ...POLICIES['wms-mapping'].initial,
    clockToleranceSeconds: 1,
    reportDelaySeconds: 0,
    limits: { rows: 1_000, seconds: 1, megabytes: 1 },
    warehouses: { 'WH-HZ': entry },
    ...more,
  }
  await publishPolicy(store.db, { kind: 'wms-mapping', document, author: 'test', reason: 'test' })
  return document
}
const newTable = async () => {
  const table = `t_${uuid().replaceAll('-', '')}`
  await wms.run(`CREATE TABLE ${table} (sku VARCHAR(64), qty VARCHAR(20), updated_at DATETIME(3))`)
  return table
}
const put = (table: string, skuId: string, qty: string | number | null, ageSeconds = 10) =>
  wms.run(`INSERT INTO ${table} VALUES (?, ?, NOW(3) - INTERVAL ? SECOND)`, [skuId, qty, ageSeconds])
const sync = (full = false, warehouseId = 'WH-HZ') => activities.syncWarehouse({ warehouseId, full })
const freshness = async (warehouseId = 'WH-HZ') => {
  const all = await listFreshness(store.db, new Map([[warehouseId, 60]]))
  return all.find((each) => each.warehouseId === warehouseId)
}
const items = (kind: 'wms_unreachable' | 'wms_bad_rows', key = 'WH-HZ') =>
  store.db
    .selectFrom('work_item')
    .select(['state', 'detail'])
    .where('kind', '=', kind)
    .where('key', '=', key)
    .orderBy('created_at', 'desc')
    .execute()
const onHand = async (skuId: string) => (await store.level(skuId, 'WH-HZ')).total

describe('a reading', () => {
  test('fills the stock and stamps the warehouse; the next one reads only what changed', async () => {
    const table = await newTable()
    const [still, moving] = [await store.addSku({ 'WH-GZ': 1 }), await store.addSku({ 'WH-GZ': 1 })]
    await put(table, still, 40, 1_000)
    await put(table, moving, 60, 5)
    await put(table, 'UNKNOWN-1', 5)
    await publish({ table })
    expect(await sync()).toEqual({ ok: true, rows: 3, changed: 2, quarantined: 0, bad: 0 })
    expect(await freshness()).toMatchObject({
      state: 'fresh',
      rowsRead: 3,
      unknownSkus: 1,
      lastFullCompareAt: expect.any(String),
    })
    await wms.run(`UPDATE ${table} SET qty = 55, updated_at = NOW(3) WHERE sku = ?`, [moving])
    // The row is as new as the read: the ledger cannot know better than its tolerance, and nothing moved here.
    expect(await sync()).toMatchObject({ ok: true, rows: 2, changed: 1 })
    expect([await onHand(still), await onHand(moving)]).toEqual([40, 55])
  })

  test('that compares everything lowers what the WMS does not have any more', async () => {
    const table = await newTable()
    const [kept, gone] = [await store.addSku({ 'WH-GZ': 1 }), await store.addSku({ 'WH-GZ': 1 })]
    await put(table, kept, 10)
    await put(table, gone, 10)
    await publish({ table })
    await sync(true)
    await wms.run(`DELETE FROM ${table} WHERE sku = ?`, [gone])
    await sync(false)
    expect(await onHand(gone)).toBe(10)
    await sync(true)
    expect([await onHand(kept), await onHand(gone)]).toEqual([10, 0])
  })

  test('of data that is long old only lowers', async () => {
    const table = await newTable()
    const [low, high] = [await store.addSku({ 'WH-GZ': 1 }), await store.addSku({ 'WH-GZ': 1 })]
    await put(table, low, 20, 16 * 3_600)
    await put(table, high, 20, 16 * 3_600)
    await publish({ table }, { staleAfterSeconds: 86_400 })
    await sync()
    await wms.run(
      `UPDATE ${table} SET qty = IF(sku = ?, 15, 25), updated_at = updated_at + INTERVAL 2 HOUR`,
      [low],
    )
    await publish({ table })
    await sync()
    expect([await onHand(low), await onHand(high)]).toEqual([15, 20])
    await publish({ table }, { staleAfterSeconds: 86_400 })
    await sync(true)
    expect(await onHand(high)).toBe(25)
  })

  test('whose clock is ahead of ours only lowers', async () => {
    const table = await newTable()
    const skuId = await store.addSku({ 'WH-HZ': 20 })
    await put(table, skuId, 25, -3_600)
    // One hour ahead of itself: a time zone that was mapped wrongly.
    await publish({ table })
    await sync()
    expect(await onHand(skuId)).toBe(20)
  })
})

describe('bad input', () => {
  test('text, NULL, negatives and duplicates leave their SKUs as they are and are one work item; the rest is applied', async () => {
    const table = await newTable()
    const bad = await Promise.all(Array.from({ length: 4 }, () => store.addSku({ 'WH-HZ': 7 })))
    const good = await store.addSku({ 'WH-HZ': 7 })
    const [text = '', nulled = '', negative = '', twice = ''] = bad
    await put(table, text, 'ten')
    await put(table, nulled, null)
    await put(table, negative, -2)
    await put(table, twice, 3)
    await put(table, twice, 4)
    await put(table, good, 9)
    await publish({ table })
    expect(await sync(true)).toMatchObject({ ok: true, bad: 4 })
    expect(await Promise.all(bad.map(onHand))).toEqual([7, 7, 7, 7])
    expect(await onHand(good)).toBe(9)
    const [item] = await items('wms_bad_rows')
    expect(item).toMatchObject({ state: 'open', detail: { skus: 4 } })
    expect(item?.detail.examples).toContain(`${nulled}: a quantity is NULL`)
    await wms.run(`DELETE FROM ${table} WHERE sku <> ?`, [good])
    await sync(true)
    expect((await items('wms_bad_rows'))[0]?.state).toBe('resolved')
  })

  test.each([
    ['no-such-column', { columns: { quantity: ['on_hand'] } }],
    ['no-such-table', { source: { table: 'nowhere' } }],
    ['no-connection', { connection: 'nobody' }],
    ['unreachable', { connection: 'gone' }],
    ['timeout', { source: { query: "SELECT 'S' AS sku, SLEEP(30) AS qty, NOW(3) AS updated_at" } }],
    [
      'too-many-rows',
      {
        source: {
          query: 'SELECT seq AS sku, 1 AS qty, NOW(3) AS updated_at FROM seq_1_to_1000000000',
        },
      },
    ],
    [
      'no-rows',
      { source: { query: 'SELECT 1 AS sku, 1 AS qty, NOW(3) AS updated_at FROM DUAL WHERE 1 = 0' } },
    ],
  ] as const)(
    '%s: stock stays, the warehouse is failing, the third time in a row is a work item',
    async (code, change) => {
      const table = await newTable()
      const skuId = await store.addSku({ 'WH-HZ': 20 })
      await put(table, skuId, 22)
      const columns = {
        sku: 'sku',
        quantity: ['qty'],
        subtract: [],
        updatedAt: 'updated_at',
        cursor: { column: 'updated_at', type: 'time' as const },
      }
      await publish({
        table,
        ...change,
        columns: { ...columns, ...('columns' in change ? { quantity: ['on_hand'] } : {}) },
      })
      for (let turn = 1; turn <= 3; turn += 1) {
        const repeated = code === 'timeout' && turn > 1
        if (repeated) await countFailure(code)
        else expect(await sync(true)).toEqual({ ok: false, code, failures: turn })
      }
      expect(await onHand(skuId)).toBe(20)
      expect(await freshness()).toMatchObject({ state: 'failing', lastError: { code } })
      expect((await items('wms_unreachable'))[0]).toMatchObject({
        state: 'open',
        detail: { code, failures: 3 },
      })
      await publish({ table })
      expect(await sync(true)).toMatchObject({ ok: true })
      expect(await onHand(skuId)).toBe(22)
      expect(await freshness()).toMatchObject({ state: 'fresh', lastError: null, consecutiveFailures: 0 })
      expect((await items('wms_unreachable'))[0]).toMatchObject({ state: 'resolved' })
    },
  )

  /** A time-out costs its whole second: the later ones are counted without waiting for them. */
  async function countFailure(code: 'timeout') {
    const { recordReadingFailure } = await import('../../store/wms-freshness.ts')
    const failure = {
      warehouseId: 'WH-HZ',
      code,
      detail: 'again',
      intervalSeconds: 60,
      failuresBeforeWorkItem: 3,
    }
    await recordReadingFailure(store.db, failure)
  }
})

describe('whose turn it is', () => {
  test('each due warehouse is claimed by one round; one that fails waits longer and longer, the other goes on', async () => {
    const table = await newTable()
    await put(table, 'X', 1)
    const document = await publish({ table })
    const down = wmsMappingEntry.parse({ ...document.warehouses['WH-HZ'], connection: 'gone' })
    await publish({ table }, { warehouses: { ...document.warehouses, 'WH-GZ': down } })
    await requestReading(store.db, ['WH-HZ', 'WH-GZ'], false)
    const [first, second] = await Promise.all([
      activities.claimDueWarehouses({ full: false }),
      activities.claimDueWarehouses({ full: false }),
    ])
    expect([...first, ...second].map((each) => each.warehouseId).sort()).toEqual(['WH-GZ', 'WH-HZ'])
    expect(await sync(false, 'WH-GZ')).toMatchObject({ ok: false, code: 'unreachable' })
    expect(await sync(false, 'WH-GZ')).toMatchObject({ ok: false, failures: 2 })
    expect(await sync(false)).toMatchObject({ ok: true })
    const wait = async (id: string) => {
      const next = Date.parse((await freshness(id))?.nextAttemptAt ?? '')
      return Math.round((next - Date.now()) / 1_000 / 30) * 30
    }
    expect([await wait('WH-HZ'), await wait('WH-GZ')]).toEqual([60, 120])
    expect(await freshness('WH-HZ')).toMatchObject({ state: 'fresh' })
  })

  test('the nightly round asks for everything of every warehouse', async () => {
    const table = await newTable()
    await publish({ table })
    expect(await activities.claimDueWarehouses({ full: true })).toEqual([
      { warehouseId: 'WH-HZ', full: true },
    ])
  })
})

test('a password cannot be sent to another host: a changed connection needs it again', async () => {
  await connect('moved', {})
  await store.db
    .updateTable('wms_connection')
    .set({ host: 'thief.example' })
    .where('name', '=', 'moved')
    .execute()
  const { openWmsConnection } = await import('../../store/wms-connections.ts')
  await expect(openWmsConnection(store.db, store.keyRing, 'moved')).rejects.toThrow()
  const rows = await store.db.selectFrom('wms_connection').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(wms.connection.password)
})

test('a snapshot that jumps nearly everywhere is refused at once, and says so', async () => {
  const table = await newTable()
  const skuIds = await Promise.all(Array.from({ length: 22 }, () => store.addSku({ 'WH-GZ': 1 })))
  for (const skuId of skuIds) await put(table, skuId, 1_000)
  await publish({ table })
  expect(await sync(true)).toMatchObject({ ok: true })
  await wms.run(`UPDATE ${table} SET qty = 1, updated_at = NOW(3)`)
  expect(await sync(true)).toEqual({ ok: false, code: 'implausible', failures: 1 })
  expect(await onHand(skuIds[0] ?? '')).toBe(1_000)
  expect((await items('wms_unreachable'))[0]).toMatchObject({
    state: 'open',
    detail: { code: 'implausible' },
  })
  await wms.run(`UPDATE ${table} SET qty = 1001, updated_at = NOW(3)`)
  expect(await sync(true)).toMatchObject({ ok: true })
})
