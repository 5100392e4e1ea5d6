import { createHash } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { page } from '../../contracts/common.ts'
import { type ImportReport, importReport } from '../../contracts/master-data.ts'
import { stockLevelView } from '../../contracts/stock.ts'
import type { HubClient } from '../parts/hub-client.ts'
import { pages } from '../parts/pages.ts'
import type { Article } from './classify.ts'
import type { RetailOrder } from './invoice-orders.ts'

/** Each gets the whole demand, so that no order fails for want of stock and the nearest one sends. */
export const replayWarehouses = ['WH-HZ', 'WH-GZ', 'WH-BJ'] as const

/** An import above this many rows would hold its locks for long; the hub takes 50,000. */
const importRows = 5_000
/** The file knows no weights. */
const assumedWeightGrams = 300

/** The hub's id of an article: under its own prefix it never meets a SKU of the merchant. */
export function skuIdOf(stockCode: string): string {
  return `UCI-${stockCode}`
}

/** Creates the store of this run, and every article that the orders need, with stock for all of them. */
export async function prepareMasterData(
  client: HubClient,
  {
    runId,
    orders,
    articles,
  }: { runId: string; orders: readonly RetailOrder[]; articles: Map<string, Article> },
): Promise<{ storeId: string; skus: number; units: number }> {
  const storeId = `REPLAY-${runId}`
  await importRowsOf(client, '/v1/stores/import?dryRun=false', runId, [
    { id: storeId, name: `Online Retail II ${runId}`, channel: 'mall', region: '华东' },
  ])
  const demand = new Map<string, number>()
  for (const { stockCode, quantity } of orders.flatMap(({ lines }) => lines)) {
    demand.set(stockCode, (demand.get(stockCode) ?? 0) + quantity)
  }
  const skus = [...demand.keys()].map((stockCode) => {
    const article = articles.get(stockCode)
    return {
      id: skuIdOf(stockCode),
      name: article?.name || stockCode,
      category: 'Online Retail II',
      standardPriceCents: article?.pricePence ?? 0,
      weightGrams: assumedWeightGrams,
    }
  })
  await importRowsOf(client, '/v1/skus/import?dryRun=false', runId, skus)
  const receipts = [...demand].flatMap(([stockCode, quantity]) =>
    replayWarehouses.map((warehouseId) => ({
      skuId: skuIdOf(stockCode),
      warehouseId,
      quantity,
    })),
  )
  await importRowsOf(client, '/v1/stock/adjustments/import', runId, receipts)
  return { storeId, skus: skus.length, units: [...demand.values()].reduce((sum, units) => sum + units, 0) }
}

async function importRowsOf(client: HubClient, path: string, runId: string, rows: object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += importRows) {
    const body = stringify(rows.slice(start, start + importRows), { header: true })
    const idempotencyKey = createHash('sha256').update(`${runId} ${path} ${start}`).digest('hex')
    const report = await client.send({
      as: 'ops',
      method: 'POST',
      path,
      body,
      idempotencyKey,
      answer: importReport,
    })
    failOnErrors(path, report)
  }
}

function failOnErrors(path: string, { errors }: ImportReport): void {
  const [first] = errors
  if (first)
    throw new Error(`${path}: line ${first.line}, ${first.field}: ${first.message} (${errors.length} errors)`)
}

const stockPage = page(stockLevelView.pick({ skuId: true, shipped: true, reserved: true }))

/** Units shipped and reserved of the replayed articles, over all replayed warehouses. */
export async function readStockTotals(client: HubClient): Promise<{ shipped: number; reserved: number }> {
  const totals = { shipped: 0, reserved: 0 }
  for (const warehouseId of replayWarehouses) {
    const query = new URLSearchParams({ warehouseId, limit: '200' })
    for await (const level of pages(client, '/v1/stock', query, stockPage)) {
      if (!level.skuId.startsWith(skuIdOf(''))) continue
      totals.shipped += level.shipped
      totals.reserved += level.reserved
    }
  }
  return totals
}
