import { describe, expect, test } from 'vitest'
import { classify } from '../../../scripts/replay/classify.ts'
import { driveRun } from '../../../scripts/replay/drive.ts'
import { prepareMasterData, readStockTotals } from '../../../scripts/replay/prepare.ts'
import { progressLine } from '../../../scripts/replay/progress-bar.ts'
import { checksOf, reportOf, volumeOf } from '../../../scripts/replay/report.ts'
import type { RetailLine } from '../../../scripts/replay/retail-line.ts'
import { createRunState, isStuck, noteMove, type Run } from '../../../scripts/replay/run-state.ts'
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

const runOf = (hub: FakeHub): Run => ({
  client: hub,
  openChanges: hub.openChanges,
  runId: 'r1',
  storeId: 'REPLAY-r1',
  selection,
  speed: null,
  signal: new AbortController().signal,
  state: createRunState(),
})

async function replayOn(hub: FakeHub, signal = new AbortController().signal, more: Partial<Run> = {}) {
  const { storeId } = await prepareMasterData(hub, { runId: 'r1', orders, articles: classification.articles })
  const before = await readStockTotals(hub)
  const state = createRunState()
  await driveRun({ ...runOf(hub), storeId, signal, state, ...more })
  const returnOrderIds = [...state.placed.values()].map(({ orderId }) => orderId)
  return { state, totals: await readHubTotals(hub, { storeId, before, returnOrderIds }) }
}

describe('a whole run', () => {
  test('ends with totals equal to the file, every order ended and every return settled', async () => {
    const hub = new FakeHub()
    const { state, totals } = await replayOn(hub)
    const expected = volumeOf(orders, returns)
    expect(expected).toMatchObject({ orders: 3, units: 19, returns: 2, returnedUnits: 5 })
    expect(expected.returnedPence).toBe(2 * 500 + 3 * 695)
    for (const { name, file, hub: found } of checksOf(expected, totals)) expect(found, name).toBe(file)
    expect(state.sent).toMatchObject({ orders: 3, units: 19, returns: 2, returnedUnits: 5 })
    expect(totals.ordersByStatus).toEqual(new Map([['completed', 3]]))
    expect(totals).toMatchObject({ unitsReserved: 0, unitsShipped: 14, unitsReturned: 5 })
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
    expect(different.map(({ name }) => name)).toEqual([
      'units ordered less returned',
      'units returned',
      'refunded',
    ])
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
        if (request.path.endsWith('/decisions')) throw new Error('nobody is in the office')
        return send(request)
      },
    })
    await expect(replayOn(hub)).rejects.toThrow('nobody is in the office')
  })

  test('a hub in which nothing moves any more is not waited for, and is found out', async () => {
    const hub = new FakeHub()
    hub.deliversNothing = true
    const { state, totals } = await replayOn(hub, undefined, { patienceMs: 1 })
    expect(state.hasStalled).toBe(true)
    expect(state.sent.returnsLeft).toEqual(new Map([['its order did not arrive', 2]]))
    expect(reportOf(state.sent, volumeOf(orders, returns), totals)).toContain('DIFFERENT')
  })

  test('a return is asked for on arrival, which keeps its order open, and settled when its day has come', async () => {
    const hub = new FakeHub()
    // A minute of the file lasts a millisecond; the cancellation is the last thing that happens in it.
    const { state } = await replayOn(hub, undefined, { speed: 60_000 })
    expect(state.sent.returns).toBe(2)
    const steps = hub.steps.map(([, step]) => step)
    const firstSettled = steps.indexOf('decisions')
    expect(steps.indexOf('returns')).toBeLessThan(firstSettled)
    expect(steps.lastIndexOf('orders')).toBeLessThan(firstSettled)
  })
})

test('the quiet of a night in the file is no stall', () => {
  const state = createRunState()
  noteMove(state)
  const run = { ...runOf(new FakeHub()), state, patienceMs: 1_000 }
  const later = state.lastMoveAt + 10_000
  expect(isStuck(run, later)).toBe(true)
  state.quietUntil = later
  expect(isStuck(run, later + 500)).toBe(false)
  expect(isStuck(run, later + 1_500)).toBe(true)
})
