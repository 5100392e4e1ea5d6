import { describe, expect, test } from 'vitest'
import { classify } from '../../../scripts/replay/classify.ts'
import { driveRun } from '../../../scripts/replay/drive.ts'
import { prepareMasterData, readStockTotals } from '../../../scripts/replay/prepare.ts'
import { progressLine } from '../../../scripts/replay/progress-bar.ts'
import { checksOf, reportOf, volumeOf } from '../../../scripts/replay/report.ts'
import type { RetailLine } from '../../../scripts/replay/retail-line.ts'
import { createRunState, hasStalled, type Run } from '../../../scripts/replay/run-state.ts'
import { selectDays } from '../../../scripts/replay/selection.ts'
import { readHubTotals } from '../../../scripts/replay/totals.ts'
import { FakeHub } from './fake-hub.ts'

const dayOne = Date.UTC(2010, 0, 4) / 1_000
const line = (change: Partial<RetailLine>, index: number): RetailLine => ({
  fileLine: index + 1,
  sheet: 1,
  invoice: '500001',
  stockCode: '85048',
  description: 'LIGHTS',
  quantity: 1,
  atSeconds: dayOne + index * 60,
  pricePence: 695,
  customerId: '13085',
  country: 'United Kingdom',
  ...change,
})

const classification = classify(
  [
    { quantity: 10 },
    { stockCode: '22041', pricePence: 210, quantity: 4 },
    { invoice: '500002', quantity: 2, pricePence: 500 },
    { invoice: '500003', customerId: null, quantity: 3 },
    { invoice: 'C500004', quantity: -5 },
  ].map(line),
)
const selection = selectDays(classification, { fromDay: '2010-01-04', days: 1 })
const { orders, returns } = selection

async function replayOn(hub: FakeHub, signal = new AbortController().signal) {
  const { storeId } = await prepareMasterData(hub, { runId: 'r1', orders, articles: classification.articles })
  const before = await readStockTotals(hub)
  const state = createRunState()
  const run: Run = { client: hub, runId: 'r1', storeId, selection, speed: null, signal, state, pauseMs: 1 }
  await driveRun(run)
  return { state, totals: await readHubTotals(hub, storeId, before) }
}

describe('a whole run', () => {
  test('ends with totals equal to the file, every order packed and every return settled', async () => {
    const hub = new FakeHub()
    const { state, totals } = await replayOn(hub)
    const expected = volumeOf(orders, returns)
    expect(expected).toMatchObject({ orders: 3, units: 19, returns: 2, returnedUnits: 5 })
    expect(expected.returnedPence).toBe(2 * 500 + 3 * 695)
    for (const { name, file, hub: found } of checksOf(expected, totals)) expect(found, name).toBe(file)
    expect(state.sent).toMatchObject({ orders: 3, units: 19, returns: 2, returnedUnits: 5 })
    expect(totals.ordersByStatus).toEqual(new Map([['delivered', 3]]))
    expect(totals).toMatchObject({ unitsReserved: 0, unitsShipped: 14 })
    expect(reportOf(state.sent, expected, totals)).not.toContain('DIFFERENT')
    expect(progressLine(state, selection)).toContain('100 %')
  })

  test('no two operations share an idempotency key', async () => {
    const hub = new FakeHub()
    await replayOn(hub)
    expect(hub.keys.length).toBeGreaterThan(15)
    expect(new Set(hub.keys).size).toBe(hub.keys.length)
  })

  test('stock for the whole demand is received in each of three warehouses before the first order', async () => {
    const hub = new FakeHub()
    await replayOn(hub)
    expect(hub.imports.get('skus')).toEqual([
      'UCI-85048,LIGHTS,Online Retail II,695,300',
      'UCI-22041,LIGHTS,Online Retail II,210,300',
    ])
    expect(hub.imports.get('stock')).toEqual(
      ['UCI-85048', 'UCI-22041'].flatMap((sku) =>
        ['WH-HZ', 'WH-GZ', 'WH-BJ'].map((warehouse) => `${sku},${warehouse},${sku === 'UCI-22041' ? 4 : 15}`),
      ),
    )
    expect(hub.imports.get('stores')?.[0]).toMatch(/^REPLAY-r1,/)
  })

  test('a refused order is counted, its returns are left out, and the comparison shows it', async () => {
    const hub = new FakeHub()
    hub.soldOut.add('UCI-22041')
    const { state, totals } = await replayOn(hub)
    expect(state.sent.refused).toEqual(new Map([['insufficient-stock', 1]]))
    expect(state.sent.returnsLeft).toEqual(new Map([['the hub refused the order', 1]]))
    const report = reportOf(state.sent, volumeOf(orders, returns), totals)
    expect(report).toContain('DIFFERENT')
    expect(report).toContain('refused: insufficient-stock')
  })

  test('a hub that loses returned units is found out', async () => {
    const hub = new FakeHub()
    hub.forgetsReturns = true
    const { totals } = await replayOn(hub)
    const different = checksOf(volumeOf(orders, returns), totals).filter(
      ({ file, hub: found }) => file !== found,
    )
    expect(different.map(({ name }) => name)).toEqual(['units ordered less returned', 'refunded'])
  })

  test('a stop before it begins sends no order', async () => {
    const hub = new FakeHub()
    const { state, totals } = await replayOn(hub, AbortSignal.abort())
    expect(hub.orders.size).toBe(0)
    expect(checksOf(state.sent, totals).every(({ file, hub: found }) => file === found)).toBe(true)
  })

  test('a stop in the middle leaves whole operations, and the hub agrees with what was sent', async () => {
    const hub = new FakeHub()
    const stopping = new AbortController()
    const { send } = hub
    Object.assign(hub, {
      send: (request: Parameters<typeof send>[0]) => {
        if (request.path.endsWith('/payments')) stopping.abort()
        return send(request)
      },
    })
    const { state, totals } = await replayOn(hub, stopping.signal)
    expect(state.sent.orders).toBeGreaterThan(0)
    for (const { name, file, hub: found } of checksOf(state.sent, totals)) expect(found, name).toBe(file)
  })

  test('a failure of one part ends the whole run', async () => {
    const hub = new FakeHub()
    const { send } = hub
    Object.assign(hub, {
      send: async (request: Parameters<typeof send>[0]) => {
        if (request.path.startsWith('/v1/pick-tasks')) throw new Error('the warehouse is on fire')
        return send(request)
      },
    })
    await expect(replayOn(hub)).rejects.toThrow('the warehouse is on fire')
  })
})

test('the quiet of a night in the file is no stall', () => {
  const state = { ...createRunState(), lastMoveAt: 0 }
  const run = {
    client: new FakeHub(),
    runId: 'r',
    storeId: 's',
    selection,
    speed: 1,
    signal: AbortSignal.abort(),
    state,
  }
  expect(hasStalled(run)).toBe(false)
  expect(hasStalled({ ...run, state: { ...state, isPlacingDone: true } })).toBe(true)
})
