import { toWmsError } from '../connectors/wms/errors.ts'
import type { WmsRead, WmsReader } from '../connectors/wms/reader.ts'
import type { PolicyDocument } from '../contracts/policies/index.ts'
import type { WmsMapping } from '../contracts/policies/wms-mapping.ts'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import { isTrustworthy, onHandRange } from '../domain/wms-snapshot.ts'
import type { Db, Tx } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { currentPolicy } from '../store/policy.ts'
import { stockKey } from '../store/reconciliation-differences.ts'
import { readOnHand } from '../store/reconciliation-hub.ts'
import { stageLines } from '../store/reconciliation-lines.ts'
import { openWmsConnection } from '../store/wms-connections.ts'
import { readFacts } from '../store/wms-facts.ts'
import { snapshotRules } from '../store/wms-rules.ts'
import { NoCounterpartError, type ReadStep } from './reconciliation-reading.ts'

export type WmsDeps = { db: Db; dataKeys: KeyRing; wmsReader: WmsReader }

/**
 * Each warehouse's own stock, read whole, one a step, beside the hub's of the same moment. What has moved between the two readings
 * is carried along as a snapshot's is (domain/wms-snapshot.ts): within what that leaves open, both say the same.
 */
export function readWarehouses({ db, dataKeys, wmsReader }: WmsDeps): ReadStep {
  return async ({ run }, position) => {
    const { document } = await currentPolicy(db, 'wms-mapping')
    const warehouses = Object.entries(document.warehouses)
      .filter(([, { enabled }]) => enabled)
      .sort(([one], [other]) => (one < other ? -1 : 1))
    if (warehouses.length === 0) throw new NoCounterpartError('no warehouse is mapped to a system of its own')
    const [found] = warehouses.filter(([warehouseId]) => position === null || warehouseId > position)
    if (!found) return async () => ({ count: 0, next: null })
    const [warehouseId, mapping] = found
    const connection = await openWmsConnection(db, dataKeys, mapping.connection)
    if (!connection)
      throw new NoCounterpartError(`${warehouseId}: there is no connection ${mapping.connection}`)
    const read = await wmsReader
      .read(`${warehouseId}/reconciliation`, connection, mapping, { cursor: null, limits: document.limits })
      .catch((error: unknown) => {
        throw new Error(`${warehouseId}: ${toWmsError(error).message}`, { cause: error })
      })
    return async (tx) => {
      const { hub, there } = await linesOf(tx, { warehouseId, mapping, document, read })
      return {
        hubCount: await stageLines(tx, run.id, 'hub', hub),
        count: await stageLines(tx, run.id, 'there', there),
        next: warehouseId,
      }
    }
  }
}

type WarehouseReading = {
  warehouseId: string
  mapping: WmsMapping
  document: PolicyDocument<'wms-mapping'>
  read: WmsRead
}

async function linesOf(
  tx: Tx,
  { warehouseId, mapping, document, read }: WarehouseReading,
): Promise<{ hub: ReconciliationLine[]; there: ReconciliationLine[] }> {
  const onHand = await readOnHand(tx, warehouseId)
  const { timing } = snapshotRules(document, mapping, { newestMs: read.newestMs, atMs: read.atMs })
  const snapshots = read.rows.map((row) => ({
    ...row,
    asOfMs: row.asOfMs !== null && isTrustworthy(row.asOfMs, read, timing) ? row.asOfMs : null,
  }))
  const asked = snapshots.map(({ skuId, asOfMs }) => ({
    skuId,
    since: asOfMs === null ? null : new Date(asOfMs),
  }))
  const facts = await readFacts(tx, warehouseId, asked, mapping.onHandFallsAt)
  const line = (skuId: string, value: number): ReconciliationLine => {
    const key = stockKey(warehouseId, skuId)
    const nowhere = { orderId: null, storeId: null }
    return {
      ref: key,
      kind: 'stock',
      key,
      group: key,
      value,
      status: null,
      atMs: null,
      inPeriod: true,
      ...nowhere,
    }
  }
  const there = snapshots.flatMap((snapshot) => {
    const mine = onHand.get(snapshot.skuId)
    if (mine === undefined) return snapshot.onHand === 0 ? [] : [line(snapshot.skuId, snapshot.onHand)]
    const { least, most } = onHandRange(
      snapshot,
      facts.get(snapshot.skuId) ?? [],
      mapping.onHandFallsAt,
      timing,
    )
    // Without a time the number says only what is there at most.
    const floor = snapshot.asOfMs === null ? 0 : least
    return [line(snapshot.skuId, Math.min(Math.max(mine, floor), most))]
  })
  const bad = new Set(read.bad.map(({ skuId }) => skuId))
  const listed = new Set(snapshots.map(({ skuId }) => skuId))
  const hub = [...onHand].flatMap(([skuId, value]) => {
    // A row that is no number is a work item of the reading already.
    if (bad.has(skuId) || (value === 0 && !listed.has(skuId))) return []
    return [line(skuId, value)]
  })
  return { hub, there }
}
