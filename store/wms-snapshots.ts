import { sql } from 'kysely'
import {
  judgeSnapshot,
  type OnHandFallsAt,
  onHandRange,
  type SnapshotVerdict,
  type WmsTiming,
} from '../domain/wms-snapshot.ts'
import type { Db, Tx } from './database.ts'
import { withOperation } from './operation.ts'
import { raiseShortfalls } from './shortfalls.ts'
import { findKnownSkus } from './stock.ts'
import { lockStock, moveStock } from './stock-movement.ts'
import { readFacts } from './wms-facts.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** What a WMS says about a SKU. No time, or one that cannot be trusted: the number may only lower. */
export type WmsReading = { skuId: string; onHand: number; asOf: Date | null }

export type SnapshotRules = {
  fallsAt: OnHandFallsAt
  timing: WmsTiming
  /** False while the warehouse's data is stale. */
  mayRaise: boolean
  /** Changes of more than both are set aside for a person. */
  plausible: { units: number; share: number }
}

export type SnapshotReport = {
  /** Levels whose number became another one. */
  changed: number
  quarantined: number
  /** SKUs that the hub does not know. */
  unknownSkus: number
}

/** So much of a snapshot is implausible that the source must be wrong, not the stock. */
export class ImplausibleSnapshotError extends Error {
  override readonly name = 'ImplausibleSnapshotError'
}

/** Rows that are judged by one statement; those that change something are applied in smaller groups under locks. */
const JUDGED_AT_ONCE = 2_000
const APPLIED_AT_ONCE = 200
/** Fewer implausible levels are work items of their own. */
const MAX_JUMPS = 20
const MAX_JUMP_SHARE = 0.2

type StoredReading = {
  on_hand: number
  as_of: Date | null
  decision: 'applied' | 'quarantined' | 'dismissed'
  is_settled: boolean
}
type Judged = { reading: WmsReading; current: number; stored: StoredReading | undefined; verdict: Verdict }
/** `known`: this snapshot, or a newer one, has been dealt with. */
type Verdict = SnapshotVerdict | { kind: 'known' }

/**
 * Takes over what a warehouse's system says, as `domain/wms-snapshot.ts` judges it. Levels that nothing happens to are
 * judged without locks; the others again under theirs. Repeating it is harmless: a snapshot says what is there, not
 * what to add.
 *
 * @param operationId one for each reading of the WMS
 * @throws ImplausibleSnapshotError before anything is changed
 */
export async function applySnapshots(
  db: Db,
  snapshot: {
    warehouseId: string
    readings: readonly WmsReading[]
    rules: SnapshotRules
    operationId: string
  },
): Promise<SnapshotReport> {
  const { warehouseId, rules, operationId } = snapshot
  const known = await findKnownSkus(
    db,
    snapshot.readings.map((reading) => reading.skuId),
  )
  const readings = [
    ...snapshot.readings.filter((reading) => known.has(reading.skuId)),
    ...(await unsettledReadings(db, warehouseId, snapshot.readings)),
  ].sort((a, b) => (a.skuId < b.skuId ? -1 : 1))
  const judged: Judged[] = []
  for (const part of chunks(readings, JUDGED_AT_ONCE)) {
    judged.push(...(await judgeAll(db, warehouseId, part, rules)))
  }
  refuseIfImplausible(judged)
  const report = {
    changed: 0,
    quarantined: 0,
    unknownSkus: snapshot.readings.filter((reading) => !known.has(reading.skuId)).length,
  }
  const actions = judged.filter(needsAction).map(({ reading }) => reading)
  for (const [index, part] of chunks(actions, APPLIED_AT_ONCE).entries()) {
    const done = await withOperation(db, `${operationId}/${index}`, (tx) =>
      applyPart(tx, warehouseId, part, rules, `${operationId}/${index}`),
    )
    report.changed += done.changed
    report.quarantined += done.quarantined
  }
  await remember(
    db,
    warehouseId,
    judged.filter((each) => each.verdict.kind === 'unchanged' && !needsAction(each) && isNews(each)),
  )
  return report
}

/** Only these need the levels' locks: whatever is sold meanwhile need not wait for the others. */
function needsAction({ verdict, stored }: Judged): boolean {
  if (verdict.kind === 'set' || verdict.kind === 'implausible') return true
  return verdict.kind === 'unchanged' && stored?.decision === 'quarantined'
}

function isNews({ reading, stored, verdict }: Judged): boolean {
  if (verdict.kind !== 'unchanged' || !stored) return true
  return (
    stored.on_hand !== reading.onHand ||
    (reading.asOf !== null && stored.as_of?.getTime() !== reading.asOf.getTime()) ||
    stored.is_settled !== verdict.isSettled ||
    stored.decision !== 'applied'
  )
}

function refuseIfImplausible(judged: readonly Judged[]): void {
  const jumps = judged.filter((each) => each.verdict.kind === 'implausible').length
  if (jumps <= Math.max(MAX_JUMPS, MAX_JUMP_SHARE * judged.length)) return
  throw new ImplausibleSnapshotError(
    `${jumps} of ${judged.length} articles jumped beyond the plausible bound`,
  )
}

/** Numbers that came too close in time to something else to be judged to the end, and have not come again. */
async function unsettledReadings(
  db: Db,
  warehouseId: string,
  readings: readonly WmsReading[],
): Promise<WmsReading[]> {
  const named = new Set(readings.map((reading) => reading.skuId))
  const rows = await db
    .selectFrom('wms_level')
    .select(['sku_id', 'on_hand', 'as_of'])
    .where('warehouse_id', '=', warehouseId)
    .where('is_settled', '=', false)
    .execute()
  return rows
    .filter((row) => !named.has(row.sku_id))
    .map((row) => ({ skuId: row.sku_id, onHand: row.on_hand, asOf: row.as_of }))
}

/** Judges readings by the levels, the ledger and the pick tasks as they are now. */
async function judgeAll(
  db: Db | Tx,
  warehouseId: string,
  readings: readonly WmsReading[],
  rules: SnapshotRules,
  isApproved = false,
): Promise<Judged[]> {
  const skuIds = readings.map((reading) => reading.skuId)
  const levels = await readLevels(db, warehouseId, skuIds)
  const stored = await readStored(db, warehouseId, skuIds)
  const asked = readings.map(({ skuId, asOf }) => ({
    skuId,
    since: asOf && new Date(asOf.getTime() - rules.timing.clockToleranceMs),
  }))
  const facts = await readFacts(db, warehouseId, asked, rules.fallsAt)
  return readings.map((reading) => {
    const { skuId, onHand, asOf } = reading
    const before = stored.get(skuId)
    const level = levels.get(skuId)
    const current = level?.onHand ?? 0
    if (!isApproved && isKnown(reading, before)) {
      return { reading, current, stored: before, verdict: { kind: 'known' } }
    }
    const range = onHandRange(
      { onHand, asOfMs: asOf?.getTime() ?? null },
      facts.get(skuId) ?? [],
      rules.fallsAt,
      rules.timing,
    )
    // What has never held anything, on either side, cannot jump: this is its first stock.
    const isNew = before === undefined && (level === undefined || level.isUntouched)
    const verdict = judgeSnapshot({
      current,
      range,
      mayRaise: asOf !== null && (rules.mayRaise || isApproved),
      plausible: isApproved || isNew ? null : rules.plausible,
    })
    return { reading, current, stored: before, verdict }
  })
}

/** Older than what was heard before, or the very number that a person has dismissed. */
function isKnown({ onHand, asOf }: WmsReading, stored: StoredReading | undefined): boolean {
  if (!stored) return false
  if (asOf && stored.as_of && asOf < stored.as_of) return true
  const isSame = stored.on_hand === onHand && (asOf === null || stored.as_of?.getTime() === asOf.getTime())
  return stored.decision === 'dismissed' && isSame
}

async function readLevels(db: Db | Tx, warehouseId: string, skuIds: readonly string[]) {
  const rows = await db
    .selectFrom('stock_level')
    .select(['sku_id', 'total', 'shipped', 'reserved'])
    .where('warehouse_id', '=', warehouseId)
    .where('sku_id', '=', sql<string>`any(${skuIds}::text[])`)
    .execute()
  return new Map(
    rows.map((row) => [
      row.sku_id,
      { onHand: row.total - row.shipped, isUntouched: row.total === 0 && row.shipped === 0 },
    ]),
  )
}

async function readStored(db: Db | Tx, warehouseId: string, skuIds: readonly string[]) {
  const rows = await db
    .selectFrom('wms_level')
    .select(['sku_id', 'on_hand', 'as_of', 'decision', 'is_settled'])
    .where('warehouse_id', '=', warehouseId)
    .where('sku_id', '=', sql<string>`any(${skuIds}::text[])`)
    .execute()
  return new Map<string, StoredReading>(rows.map((row) => [row.sku_id, row]))
}

async function applyPart(
  tx: Tx,
  warehouseId: string,
  readings: readonly WmsReading[],
  rules: SnapshotRules,
  operationId: string,
): Promise<{ changed: number; quarantined: number }> {
  const skuIds = readings.map((reading) => reading.skuId)
  await sql`
    insert into stock_level (sku_id, warehouse_id) select sku_id, ${warehouseId} from unnest(${skuIds}::text[]) as named (sku_id)
    order by sku_id on conflict (sku_id, warehouse_id) do nothing`.execute(tx)
  await lockStock(tx, skuIds, warehouseId)
  const judged = await judgeAll(tx, warehouseId, readings, rules)
  const changed = await setOnHand(tx, warehouseId, judged, operationId)
  let quarantined = 0
  for (const each of judged) {
    if (each.verdict.kind === 'implausible') {
      if (isNewJump(each)) await quarantine(tx, warehouseId, each, each.verdict.onHand)
      quarantined += 1
    } else if (each.stored?.decision === 'quarantined' && each.verdict.kind !== 'known') {
      await closeJump(tx, warehouseId, each.reading.skuId, 'the WMS is plausible again', 'system')
    }
  }
  await remember(tx, warehouseId, judged)
  return { changed, quarantined }
}

/** Moves the levels to the numbers that the verdicts name. Rows must be locked. Returns how many moved. */
async function setOnHand(
  tx: Tx,
  warehouseId: string,
  judged: readonly Judged[],
  operationId: string,
): Promise<number> {
  const movements = judged.flatMap(({ reading, current, verdict }) => {
    if (verdict.kind !== 'set') return []
    const since = reading.asOf?.toISOString() ?? 'an unknown time'
    return [
      {
        kind: 'snapshot' as const,
        skuId: reading.skuId,
        warehouseId,
        totalDelta: verdict.onHand - current,
        reason: `${reading.onHand} on hand in the WMS since ${since}`,
      },
    ]
  })
  const operator = `wms:${warehouseId}`
  await raiseShortfalls(tx, await moveStock(tx, movements, { operationId, operator, physical: true }))
  return movements.length
}

function isNewJump({ reading, stored }: Judged): boolean {
  return (
    stored?.decision !== 'quarantined' ||
    stored.on_hand !== reading.onHand ||
    stored.as_of?.getTime() !== reading.asOf?.getTime()
  )
}

async function quarantine(tx: Tx, warehouseId: string, each: Judged, proposed: number): Promise<void> {
  const { skuId, onHand, asOf } = each.reading
  await openWorkItem(tx, {
    kind: 'wms_jump',
    key: `${skuId}/${warehouseId}`,
    orderId: null,
    detail: {
      skuId,
      warehouseId,
      onHandInWms: onHand,
      asOf: asOf?.toISOString() ?? '',
      onHandInHub: each.current,
      onHandProposed: proposed,
    },
  })
}

/** Writes down what was heard and what became of it. */
async function remember(tx: Tx | Db, warehouseId: string, judged: readonly Judged[]): Promise<void> {
  const rows = judged.filter((each) => each.verdict.kind !== 'known')
  for (const part of chunks(rows, JUDGED_AT_ONCE)) {
    const column = <Value>(value: (each: Judged) => Value) => part.map(value)
    await sql`
      insert into wms_level (warehouse_id, sku_id, on_hand, as_of, decision, is_settled)
      select ${warehouseId}, heard.* from unnest(${column((each) => each.reading.skuId)}::text[],
        ${column((each) => each.reading.onHand)}::int[], ${column((each) => each.reading.asOf)}::timestamptz[],
        ${column(({ verdict }) => (verdict.kind === 'implausible' ? 'quarantined' : 'applied'))}::text[],
        ${column(({ verdict }) => !('isSettled' in verdict) || verdict.isSettled)}::boolean[]) as heard
      on conflict (warehouse_id, sku_id) do update set on_hand = excluded.on_hand,
        as_of = coalesce(excluded.as_of, wms_level.as_of), decision = excluded.decision,
        is_settled = excluded.is_settled or excluded.as_of is null, seen_at = clock_timestamp()
      -- Another reading may have been newer.
      where excluded.as_of is null or wms_level.as_of is null or excluded.as_of >= wms_level.as_of`.execute(
      tx,
    )
  }
}

/** Closes the work item about a level's jump, if there is one. */
function closeJump(
  tx: Tx,
  warehouseId: string,
  skuId: string,
  resolution: string,
  operator: string,
): Promise<void> {
  return resolveOpenWorkItem(tx, 'wms_jump', `${skuId}/${warehouseId}`, resolution, operator)
}

export type JumpAnswer = 'done' | 'not-quarantined'

/**
 * A person says that a jump is right: the number is judged once more, by what has moved since, and taken over whatever
 * its size.
 */
export async function approveJump(
  tx: Tx,
  jump: {
    skuId: string
    warehouseId: string
    rules: SnapshotRules
    operator: string
    operationId: string
  },
): Promise<JumpAnswer> {
  const { skuId, warehouseId, rules, operator, operationId } = jump
  await lockStock(tx, [skuId], warehouseId)
  const stored = (await readStored(tx, warehouseId, [skuId])).get(skuId)
  if (stored?.decision !== 'quarantined') return 'not-quarantined'
  const reading = { skuId, onHand: stored.on_hand, asOf: stored.as_of }
  const judged = await judgeAll(tx, warehouseId, [reading], rules, true)
  await setOnHand(tx, warehouseId, judged, operationId)
  await remember(tx, warehouseId, judged)
  await closeJump(tx, warehouseId, skuId, 'approved', operator)
  return 'done'
}

/** A person says that a jump is wrong: this very number is not asked about again. */
export async function dismissJump(
  tx: Tx,
  jump: { skuId: string; warehouseId: string; operator: string },
): Promise<JumpAnswer> {
  const { skuId, warehouseId, operator } = jump
  const { numUpdatedRows } = await tx
    .updateTable('wms_level')
    .set({ decision: 'dismissed' })
    .where('warehouse_id', '=', warehouseId)
    .where('sku_id', '=', skuId)
    .where('decision', '=', 'quarantined')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return 'not-quarantined'
  await closeJump(tx, warehouseId, skuId, 'dismissed', operator)
  return 'done'
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = []
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size))
  return parts
}
