import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doudianConnector } from '../../connectors/channels/doudian/index.ts'
import { mallConnector } from '../../connectors/channels/mall/index.ts'
import { createCourierBills } from '../../connectors/couriers/bills.ts'
import { createCrm } from '../../connectors/crm/crm.ts'
import { createFinance } from '../../connectors/finance/finance.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { wmsMappingEntry } from '../../contracts/policies/wms-mapping.ts'
import { listDifferencesQuery, type RunView } from '../../contracts/reconciliation.ts'
import { parcelFreightCents } from '../../domain/parcel-freight.ts'
import { COUNTERPARTS, type Counterpart } from '../../domain/reconciliation.ts'
import type { Role } from '../../domain/role.ts'
import { appSecretOf, SIMULATOR_SEED } from '../../simulator/platforms/accounts.ts'
import { WRONG_CENTS } from '../../simulator/statement.ts'
import { customerName } from '../../simulator/statements.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import type { System } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { listDifferences } from '../../store/reconciliation-queries.ts'
import { findRun, startRun } from '../../store/reconciliation-runs.ts'
import { createShop } from '../../store/shops.ts'
import { putMappings } from '../../store/sku-mappings.ts'
import { putWmsConnection } from '../../store/wms-connections.ts'
import { openTestApi, seedCallers, type TestApi } from '../api/support.ts'
import { simulatedErp } from '../support/erp.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { createWmsDatabase, type WmsDatabase } from '../support/mariadb.ts'
import { doudianShop, mallShop } from '../support/pushing-shops.ts'
import { testRunner } from '../support/reconciliation.ts'

/**
 * Everything real: orders that were bought, paid, changed and sent, the systems around them with books of their own behind their
 * own protocols, and known faults planted in each of them. What reconciliation finds is just those.
 */
let hub: TestHub
let api: TestApi
let wms: WmsDatabase
const wmsReader = new WmsReader()
const day = (ago: number) =>
  new Date(Date.now() + 8 * 3_600_000 - ago * 86_400_000).toISOString().slice(0, 10)

beforeAll(async () => {
  hub = await startTestHub({ patienceMs: 90_000, life: { afterSalesWindowSeconds: 600 } })
  const { keyRing, policies, commands: orderCommands } = hub
  const keys = await seedCallers(hub.db, 'MALL')
  api = await openTestApi(hub, keys, { deps: { keyRing, policies, orderCommands } })
  wms = await createWmsDatabase()
  // Nothing is late, nothing is tolerated but a day.
  const { initial } = POLICIES.reconciliation
  const document = Object.fromEntries(
    COUNTERPARTS.map((name) => [
      name,
      {
        ...initial[name],
        tolerance: 0,
        toleranceDays: name === 'wms' ? 0 : 1,
        graceDays: { here: 0, there: 0 },
      },
    ]),
  )
  await publish('reconciliation', POLICIES.reconciliation.schema.parse(document))
})
afterAll(async () => {
  await api.close()
  await wmsReader.close()
  await wms.destroy()
  await hub.close()
})

function publish<Kind extends 'reconciliation' | 'wms-mapping'>(kind: Kind, document: PolicyDocument<Kind>) {
  return publishPolicy(hub.db, { kind, document, author: 'test', reason: 'test' })
}

const runner = () => {
  const { url } = hub.simulator
  const outside = createOutsideHttp(url, hub.outsideSecret)
  return testRunner(hub.db, {
    finance: createFinance({
      baseUrl: `${url}/finance`,
      secret: appSecretOf(SIMULATOR_SEED, 'finance', 'hub'),
    }),
    crm: createCrm({ baseUrl: `${url}/crm`, secret: appSecretOf(SIMULATOR_SEED, 'crm', 'hub') }),
    erp: simulatedErp(url),
    courierBills: createCourierBills(outside),
    connectors: { mall: mallConnector, doudian: doudianConnector },
    callLimits: new CallLimits(null),
    dataKeys: hub.keyRing,
    wmsReader,
  })
}

async function reconcile(counterpart: Counterpart, days = 13): Promise<RunView> {
  const { runId } = await hub.inTransaction((tx) =>
    startRun(tx, { counterpart, from: day(days), to: day(0) }, 'test'),
  )
  const working = runner()
  while ((await working.runOnce()) > 0);
  const run = await findRun(hub.db, runId)
  expect(run).toMatchObject({ state: 'done', lastError: null })
  return run
}

/** What is open with a counterpart: the kind and the line that tells of it. */
async function found(counterpart: Counterpart): Promise<string[]> {
  const query = listDifferencesQuery.parse({ counterpart, limit: 200 })
  const { items } = await listDifferences(hub.db, query, { kind: 'all' }, new Date())
  return items.map(({ kind, hub: mine, there }) => `${kind} ${(there ?? mine)?.ref}`).sort()
}

async function call(caller: System | Role, method: 'GET' | 'POST', path: string, payload?: object) {
  const response = await api.as(caller, {
    method,
    url: `/v1${path}`,
    ...(payload ? { payload, headers: { 'idempotency-key': uuid() } } : {}),
  })
  if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${response.body}`)
  return response.json()
}

async function paidOrders(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) {
    const order = await hub.placeOrder()
    await hub.pay(order)
    ids.push(order.orderId)
  }
  return ids
}

/** A lower price, asked for, approved and applied; the difference goes back and the ERP is told. */
async function cheaper(orderId: string): Promise<void> {
  await hub.untilTasks(orderId)
  const { version: orderVersion } = await call('clerk', 'GET', `/orders/${orderId}`)
  const change = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] }
  const asked = { orderId, orderVersion, change, reasonCode: 'goodwill', reason: '协商让利' }
  const { changeId } = await call('clerk', 'POST', '/change-requests', asked)
  const read = () => call('clerk', 'GET', `/change-requests/${changeId}`)
  const open = await hub.until('the request to be asked for', async () => {
    const request = await read()
    return request.status === 'in_approval' ? request : null
  })
  await call('team_lead', 'POST', `/change-requests/${changeId}/decisions`, {
    ...{ decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion: open.orderVersion },
  })
  await hub.until('the change to be applied', async () => (await read()).status === 'applied')
}

test('finance: what providers have settled', async () => {
  const orders = await paidOrders(6)
  const [first] = orders
  if (!first) throw new Error('there are six')
  await cheaper(first)
  await hub.until('the refund', async () => (await hub.refunds(first)).every(({ state }) => state === 'done'))
  const rows = await api.rows(`
    select 'payment' as type, id as serial, order_id as "orderRef", amount_cents as "amountCents", paid_at as "settledAt" from payment
    union all select 'refund', id, order_id, amount_cents, settled_at from refund where state = 'done' order by 1, 2`)
  const { finance } = hub.simulator
  finance.add(rows.map((row, index) => settledLine(row, index)))
  expect(rows).toHaveLength(7)
  expect(await reconcile('finance')).toMatchObject({ result: { pairs: 7, differences: 0 } })

  const planted = (['missing_here', 'missing_there', 'amount', 'duplicate', 'timing'] as const).map(
    (kind, index) => {
      const told = finance.plant(kind, `L-${index}`)
      return kind === 'missing_there' ? `${kind} payment/${rows[index]?.serial}` : `${kind} wechat/${told}`
    },
  )
  await reconcile('finance')
  expect(await found('finance')).toEqual(planted.sort())
  // Read over HTTP with a wrong signature nothing is told.
  const forged = createFinance({ baseUrl: `${hub.simulator.url}/finance`, secret: 'x'.repeat(32) })
  await expect(forged.settlementLines({ from: new Date(0), to: new Date() }, null)).rejects.toThrow('401')
})

function settledLine(row: Record<string, unknown>, index: number) {
  return {
    account: 'wechat',
    lineId: `L-${index}`,
    type: row.type === 'refund' ? ('refund' as const) : ('payment' as const),
    serial: String(row.serial),
    orderRef: String(row.orderRef),
    amountCents: Number(row.amountCents),
    settledAt: new Date(String(row.settledAt)).toISOString(),
  }
}

test('ERP: what orders are worth after their changes', async () => {
  for (const orderId of await paidOrders(4)) await cheaper(orderId)
  expect(await reconcile('erp')).toMatchObject({ result: { pairs: 5, differences: 0 } })
  const { worth } = hub.simulator.erp
  const lines = worth.lines().map(({ lineId }) => lineId)
  const planted = (['missing_here', 'amount', 'duplicate', 'timing'] as const).map(
    (kind, index) => `${kind} ${worth.plant(kind, lines[index] ?? '')}`,
  )
  const gone = worth.lines().find(({ lineId }) => lineId === lines[4])
  worth.plant('missing_there', lines[4] ?? '')
  await reconcile('erp')
  expect(await found('erp')).toEqual([...planted, `missing_there ${gone?.orderId}`].sort())
})

test('logistics: waybills, what they cost, and what became of them', async () => {
  const { freight } = POLICIES.allocation.initial
  const freightCents = parcelFreightCents(freight, {
    from: { longitude: 120.13, latitude: 30.26, region: '华东' },
    divisionCode: '330106',
    weightGrams: 200,
  })
  const { bills } = hub.simulator
  const numbers: string[] = []
  for (const orderId of await paidOrders(6)) {
    const [task] = await hub.untilTasks(orderId)
    const waybillNumber = await hub.pack(task?.id ?? '')
    numbers.push(waybillNumber)
    await hub.untilStatus(orderId, 'shipped')
    bills.add([
      {
        ...{
          lineId: `B-${numbers.length - 1}`,
          courier: 'sim',
          waybillNumber,
          freightCents,
          state: 'under_way',
        },
        shippedAt: new Date().toISOString(),
      },
    ])
  }
  expect(await reconcile('logistics')).toMatchObject({ result: { pairs: 6, differences: 0 } })
  const planted = (['missing_here', 'missing_there', 'amount', 'status', 'duplicate', 'timing'] as const).map(
    (kind, index) => {
      const told = bills.plant(kind, `B-${index}`)
      return kind === 'missing_there' ? `${kind} waybill/sim/${numbers[index]}` : `${kind} ${told}`
    },
  )
  await reconcile('logistics')
  expect(await found('logistics')).toEqual(planted.sort())
})

/** A parcel that arrives, and a unit of it that comes back and is accepted. */
async function sendAndTakeBack(orderId: string): Promise<void> {
  const [task] = await hub.untilTasks(orderId)
  hub.scans(await hub.pack(task?.id ?? ''), ['in_transit', 'delivered'])
  await hub.untilStatus(orderId, 'delivered')
  await takeBack(orderId)
}

async function takeBack(orderId: string): Promise<void> {
  const asked = { reason: '不喜欢', lines: [{ lineNumber: 1, quantity: 1 }] }
  const { returnId } = await call('mall', 'POST', `/orders/${orderId}/returns`, asked)
  const step = (caller: System | Role, name: string, payload: object) =>
    call(caller, 'POST', `/orders/${orderId}/returns/${returnId}/${name}`, payload)
  await step('admin', 'decisions', { decision: 'approve' })
  await step('warehouse', 'receipt', {})
  await step('warehouse', 'inspection', { lines: [{ lineNumber: 1, restocked: 1, writtenOff: 0 }] })
}

test('channel: orders, amounts and refunds at the platforms', async () => {
  const { url, market } = hub.simulator
  await hub.db
    .insertInto('store')
    .values({ id: 'DOUYIN', name: '抖店', channel: 'douyin', region: '华东' })
    .execute()
  const stalls = [
    { connector: mallConnector, shop: mallShop(url, SIMULATOR_SEED), storeId: 'MALL' },
    { connector: doudianConnector, shop: doudianShop(url, SIMULATOR_SEED), storeId: 'DOUYIN' },
  ].map(({ connector, shop, storeId }, at) => {
    const { platform } = connector
    const idOf = (number: number) => String(6_912_345_678_901_000_000n + BigInt(1_000 * at + number))
    const buy = (number: number) => {
      const orderId = idOf(number)
      market.place({
        ...{ platform, platformShopId: shop.platformShopId, orderId, buyerId: 'B-1', freightCents: 200 },
        receiver: {
          ...{ name: '张三', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区' },
          address: '文三路 1 号',
        },
        lines: [
          {
            ...{ lineId: `${orderId}1`, itemId: '36001', skuId: '17001', outerSkuId: '', title: '商品' },
            ...{ quantity: 2, unitPriceCents: 1_000, paidCents: 2_000 },
          },
        ],
      })
      market.pay(platform, orderId)
      return orderId
    }
    return {
      ...{ connector, shop, storeId, platform, idOf, buy },
      name: (number: number) => `${shop.shopId}/${idOf(number)}`,
      /** As much of an order went back as the hub says, or more or less. */
      gaveBack: (number: number, cents: number) => market.misrefund(platform, idOf(number), cents),
    }
  })
  for (const { connector, shop, storeId, platform, idOf, buy, gaveBack } of stalls) {
    await hub.inTransaction(async (tx) => {
      const { platformShopId, appKey, gatewayUrl, credentials } = shop
      const body = {
        ...{ id: shop.shopId, storeId, platform, platformShopId, appKey, gatewayUrl, credentials },
        ...{ pushUrl: null, pullFrom: new Date() },
      }
      await createShop(tx, hub.keyRing, { body, operator: 'test', channel: connector.channel })
      const parts = [{ skuId: 'SKU-B', quantity: 1 }]
      const mapping = { shopId: shop.shopId, platformSkuId: '17001', platformItemId: null, parts }
      await putMappings(tx, { mappings: [mapping], author: 'test' })
    })
    const client = connector.client(shop)
    const placedOrder = async (number: number): Promise<string> => {
      const fetched = await client.fetchOrder(buy(number))
      if (!fetched) throw new Error('it was bought')
      const { keyRing, policies } = hub
      const report = { shop: { shopId: shop.shopId, storeId, platform }, order: fetched.order }
      const placed = await hub.inTransaction((tx) =>
        applyChannelOrder(tx, { keyRing, policies }, { ...report, inboxIds: [], traceParent: null }),
      )
      if (placed.outcome !== 'placed' || !placed.orderId) throw new Error(placed.outcome)
      await hub.untilStatus(placed.orderId, 'paid')
      return placed.orderId
    }
    for (const number of [1, 2, 3, 4, 5, 6, 7]) await placedOrder(number)
    // A unit of each of these comes back, and the platform gives back just what the hub owes for it.
    const sold = []
    for (const number of [11, 12, 13]) sold.push({ number, orderId: await placedOrder(number) })
    await Promise.all(
      sold.map(async ({ number, orderId }) => {
        const operationId = `W-${platform}-${number}`
        market.ship(platform, idOf(number), {
          ...{ courier: 'sf', waybillNumber: operationId, lineIds: [], operationId },
        })
        await sendAndTakeBack(orderId)
        await hub.until('what is owed', async () => (await hub.row(orderId)).refunded_cents === 1_000)
        gaveBack(number, 1_000)
      }),
    )
  }
  // What changes at this very moment is for the next run: a platform tells what was seconds ago.
  const settled = async () => {
    for (const { platform, connector } of stalls) {
      const lastMs = Math.max(...market.all(platform).map(({ modifiedAtMs }) => modifiedAtMs))
      const delayMs = connector.limits.pullDelaySeconds * 1_000 + 500
      await hub.until('the platform to tell of it', async () => Date.now() - lastMs > delayMs)
    }
  }
  await settled()
  // Ten orders at each, and three refunds of a part.
  expect(await reconcile('channel', 2)).toMatchObject({ result: { pairs: 26, differences: 0 } })
  const planted = stalls.flatMap(({ platform, idOf, name, buy, gaveBack }) => {
    market.lose(platform, idOf(2))
    market.misprice(platform, idOf(3), WRONG_CENTS)
    market.ship(platform, idOf(4), {
      ...{ courier: 'sf', waybillNumber: `W-${platform}`, lineIds: [], operationId: 'W-1' },
    })
    market.close(platform, idOf(5))
    market.mistime(platform, idOf(6), Date.now() - 2 * 86_400_000)
    gaveBack(7, 300)
    buy(8)
    gaveBack(12, 1_000 + WRONG_CENTS)
    gaveBack(13, 0)
    return [
      `missing_here order/${name(8)}`,
      `missing_there order/${name(2)}`,
      `amount order/${name(3)}`,
      `status order/${name(4)}`,
      `status order/${name(5)}`,
      `timing order/${name(6)}`,
      // All of the money went back there, or a part of a line, and nothing here.
      `missing_here refund/${name(5)}`,
      `missing_here refund/${name(7)}`,
      `amount refund/${name(12)}`,
      `missing_there refund/${name(13)}`,
    ]
  })
  await settled()
  await reconcile('channel', 2)
  expect(await found('channel')).toEqual(planted.sort())
  const query = listDifferencesQuery.parse({ counterpart: 'channel', limit: 200 })
  const { items } = await listDifferences(hub.db, query, { kind: 'all' }, new Date())
  const refunds = items.filter(({ lineKind }) => lineKind === 'refund')
  expect(refunds.map(({ valueDifference }) => valueDifference).sort((one, other) => one - other)).toEqual(
    [-2_200, -300, -WRONG_CENTS, 1_000].flatMap((cents) => stalls.map(() => cents)),
  )
}, 240_000)

test('CRM: whose orders are whose, and what became of their returns', async () => {
  const secret = appSecretOf(SIMULATOR_SEED, 'crm', 'hub')
  const { orders: crmOrders, afterSales } = hub.simulator.crm
  const returned = await paidOrders(5)
  for (const orderId of returned) {
    const [task] = await hub.untilTasks(orderId)
    hub.scans(await hub.pack(task?.id ?? ''), ['in_transit', 'delivered'])
    await hub.untilStatus(orderId, 'delivered')
    const asked = { reason: '不喜欢', lines: [{ lineNumber: 1, quantity: 1 }] }
    await call('mall', 'POST', `/orders/${orderId}/returns`, asked)
  }
  // Two returns of one order, each of which has a refund of its own.
  const [twice = ''] = await paidOrders(1)
  await sendAndTakeBack(twice)
  await takeBack(twice)
  const known = await api.rows('select id, created_at from orders where paid_cents > 0 order by id')
  crmOrders.add(
    known.map((row, index) => ({
      lineId: `K-${index}`,
      orderId: String(row.id),
      customer: customerName(secret, '13800138000'),
      orderedAt: new Date(String(row.created_at)).toISOString(),
    })),
  )
  const cases = await api.rows(
    "select id, order_id, created_at, state = 'settled' as done from order_return order by done, id",
  )
  afterSales.add(
    cases.map((row, index) => ({
      ...{ lineId: `A-${index}`, caseId: String(row.id), orderId: String(row.order_id) },
      // Of each that is settled one unit came back.
      ...(row.done
        ? ({ state: 'done', refundCents: 1_000 } as const)
        : ({ state: 'open', refundCents: null } as const)),
      openedAt: new Date(String(row.created_at)).toISOString(),
    })),
  )
  const pairs = known.length + cases.length
  expect(cases.filter(({ done }) => !done)).toHaveLength(5)
  expect(cases.filter(({ order_id }) => order_id === twice)).toHaveLength(2)
  expect(await reconcile('crm')).toMatchObject({ result: { pairs, differences: 0 } })

  const planted = (['missing_here', 'missing_there', 'status', 'duplicate', 'timing'] as const).flatMap(
    (kind, index) => {
      const [order, afterSale] = [crmOrders.plant(kind, `K-${index}`), afterSales.plant(kind, `A-${index}`)]
      if (kind !== 'missing_there') return [`${kind} customer/${order}`, `${kind} after-sale/${afterSale}`]
      return [`${kind} customer/${known[index]?.id}`, `${kind} after-sale/${cases[index]?.id}`]
    },
  )
  planted.push(`amount after-sale/${afterSales.plant('amount', `A-${cases.length - 1}`)}`)
  await reconcile('crm')
  expect(await found('crm')).toEqual(planted.sort())
  // Whose number it is stands nowhere: neither in what was compared nor in what was found.
  expect(JSON.stringify(await api.rows('select * from reconciliation_difference'))).not.toContain(
    '13800138000',
  )
}, 120_000)

test('WMS: units on hand, article by article', async () => {
  await wms.run('CREATE TABLE kucun (sku VARCHAR(64), qty INT, updated_at DATETIME(3))')
  const connection = { name: 'hz', body: wms.connection, operator: 'test' }
  await putWmsConnection(hub.db, hub.keyRing, connection)
  const entry = wmsMappingEntry.parse({
    ...{
      connection: 'hz',
      source: { table: 'kucun' },
      rows: 'one',
      onHandFallsAt: 'pack',
      timeZone: '+08:00',
    },
    columns: { sku: 'sku', quantity: ['qty'], updatedAt: 'updated_at', cursor: null },
  })
  const { initial } = POLICIES['wms-mapping']
  const timing = { clockToleranceSeconds: 1, reportDelaySeconds: 0 }
  await publish('wms-mapping', { ...initial, ...timing, warehouses: { 'WH-HZ': entry } })
  const put = async (skuId: string, units: number) => {
    await wms.run('DELETE FROM kucun WHERE sku = ?', [skuId])
    await wms.run('INSERT INTO kucun VALUES (?, ?, NOW(3))', [skuId, units])
  }
  const onHand = async (skuId: string) => {
    const { total, shipped } = await hub.stock(skuId, 'WH-HZ')
    return total - shipped
  }
  for (const skuId of ['SKU-A', 'SKU-B']) await put(skuId, await onHand(skuId))
  expect(await reconcile('wms')).toMatchObject({ result: { pairs: 2, differences: 0 } })
  await put('SKU-A', (await onHand('SKU-A')) + 9)
  await wms.run('DELETE FROM kucun WHERE sku = ?', ['SKU-B'])
  await put('SKU-STRANGE', 4)
  await reconcile('wms')
  expect(await found('wms')).toEqual([
    'amount stock/WH-HZ/SKU-A',
    'missing_here stock/WH-HZ/SKU-STRANGE',
    'missing_there stock/WH-HZ/SKU-B',
  ])
  const query = listDifferencesQuery.parse({ counterpart: 'wms', kind: 'amount' })
  const { items } = await listDifferences(hub.db, query, { kind: 'all' }, new Date())
  expect(items).toMatchObject([{ unit: 'units', valueDifference: 9, atStakeCents: 9_000 }])
})
