import { createHash } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { toWmsError, WmsError } from '../connectors/wms/errors.ts'
import type { WmsRead, WmsReader } from '../connectors/wms/reader.ts'
import type { PolicyDocument } from '../contracts/policies/index.ts'
import type { WmsMapping } from '../contracts/policies/wms-mapping.ts'
import type { WmsErrorCode } from '../contracts/wms.ts'
import { isTrustworthy } from '../domain/wms-snapshot.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { currentPolicy } from '../store/policy.ts'
import { openWmsConnection } from '../store/wms-connections.ts'
import {
  claimDueWarehouses,
  missingSkus,
  readingState,
  recordReading,
  recordReadingFailure,
  requestReading,
} from '../store/wms-freshness.ts'
import { snapshotRules } from '../store/wms-rules.ts'
import { applySnapshots, ImplausibleSnapshotError, type WmsReading } from '../store/wms-snapshots.ts'

export type DueWarehouse = { warehouseId: string; full: boolean }
export type SyncResult =
  | { ok: true; rows: number; changed: number; quarantined: number; bad: number }
  | { ok: false; code: WmsErrorCode; failures: number }

type Policy = PolicyDocument<'wms-mapping'>

/** Reading the stock of warehouses' own systems. */
export function createWmsSyncActivities(deps: { db: Db; dataKeys: KeyRing; wmsReader: WmsReader }) {
  const { db } = deps
  return {
    /** The warehouses whose turn it is; with `full` all of them, to be compared whole. */
    claimDueWarehouses: async ({ full }: { full: boolean }): Promise<DueWarehouse[]> => {
      const { document } = await currentPolicy(db, 'wms-mapping')
      const mapped = Object.keys(document.warehouses).filter((id) => document.warehouses[id]?.enabled)
      if (full) await requestReading(db, mapped, true)
      return claimDueWarehouses(db, mapped)
    },

    /**
     * Reads one warehouse and takes over what it says. A WMS that cannot be read is a result, not a failure: it costs
     * its own freshness, and is tried again when its turn comes.
     */
    syncWarehouse: async ({ warehouseId, full }: DueWarehouse): Promise<SyncResult> => {
      const { version, document } = await currentPolicy(db, 'wms-mapping')
      const mapping = document.warehouses[warehouseId]
      // Unmapped since it was claimed.
      if (!mapping) return { ok: true, rows: 0, changed: 0, quarantined: 0, bad: 0 }
      const intervalSeconds = mapping.intervalSeconds ?? document.intervalSeconds
      try {
        return await sync(deps, { warehouseId, full, mapping, document, version, intervalSeconds })
      } catch (error) {
        if (!(error instanceof WmsError) && !(error instanceof ImplausibleSnapshotError)) throw error
        const { code, message } =
          error instanceof WmsError ? error : { code: 'implausible' as const, message: error.message }
        const failures = await recordReadingFailure(db, {
          warehouseId,
          code,
          detail: message,
          intervalSeconds,
          failuresBeforeWorkItem: code === 'implausible' ? 1 : document.failuresBeforeWorkItem,
        })
        return { ok: false, code, failures }
      }
    },
  }
}

type Job = {
  warehouseId: string
  full: boolean
  mapping: WmsMapping
  document: Policy
  version: number
  intervalSeconds: number
}

async function sync(
  { db, dataKeys, wmsReader }: { db: Db; dataKeys: KeyRing; wmsReader: WmsReader },
  { warehouseId, full, mapping, document, version, intervalSeconds }: Job,
): Promise<SyncResult> {
  const connection = await openWmsConnection(db, dataKeys, mapping.connection)
  if (!connection) throw new WmsError('no-connection', `there is no connection ${mapping.connection}`)
  const source = sourceOf(mapping)
  const before = await readingState(db, warehouseId, source)
  // Without a place to go on from everything is read, and then it is a full compare.
  const cursor = full ? null : before.cursor
  const isFull = cursor === null
  const read = await wmsReader
    .read(warehouseId, connection, mapping, { cursor, limits: document.limits })
    .catch((error: unknown) => {
      throw toWmsError(error)
    })
  // An empty table is a broken source sooner than an empty warehouse.
  if (isFull && read.rowCount === 0) throw new WmsError('no-rows', 'not a single row came back')
  const newestMs = newest(before.newestMs, read.newestMs)
  const rules = snapshotRules(document, mapping, { newestMs, atMs: read.atMs })
  const readings = readingsOf(read, rules.timing)
  if (isFull) readings.push(...(await missing(db, warehouseId, read)))
  const operationId = `wms/${warehouseId}/${uuid()}`
  const report = await applySnapshots(db, { warehouseId, readings, rules, operationId })
  await recordReading(db, {
    warehouseId,
    source,
    full: isFull,
    cursor: read.cursor,
    newestMs,
    clockSkewMs: read.clockSkewMs,
    rowCount: read.rowCount,
    levelsChanged: report.changed,
    bad: read.bad,
    unknownSkus: report.unknownSkus,
    policyVersion: version,
    intervalSeconds,
  })
  const { changed, quarantined } = report
  return { ok: true, rows: read.rowCount, changed, quarantined, bad: read.bad.length }
}

/** A cursor means nothing in another table. */
function sourceOf({ connection, source, columns, rows, timeFormat }: WmsMapping): string {
  return createHash('sha256')
    .update(JSON.stringify([connection, source, columns, rows, timeFormat]))
    .digest('base64url')
    .slice(0, 16)
}

function newest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}

function readingsOf(
  read: WmsRead,
  timing: { clockToleranceMs: number; reportDelayMs: number },
): WmsReading[] {
  return read.rows.map(({ skuId, onHand, asOfMs }) => ({
    skuId,
    onHand,
    asOf: asOfMs !== null && isTrustworthy(asOfMs, read, timing) ? new Date(asOfMs) : null,
  }))
}

async function missing(db: Db, warehouseId: string, read: WmsRead): Promise<WmsReading[]> {
  const named = new Set([...read.rows, ...read.bad].map((row) => row.skuId))
  const skuIds = await missingSkus(db, warehouseId, named)
  return skuIds.map((skuId) => ({ skuId, onHand: 0, asOf: null }))
}
