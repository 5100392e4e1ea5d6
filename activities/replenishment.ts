import { CancelledFailure, Context } from '@temporalio/activity'
import type { ReplenishmentPolicy } from '../contracts/policies/replenishment.ts'
import { addDays, knownDemand } from '../domain/demand.ts'
import type { NamedForecaster } from '../domain/forecast.ts'
import {
  leadTimeOf,
  measureLeadTime,
  nextForecast,
  preferTransfers,
  protectedDays,
  type ReplenishmentFacts,
  replenish,
  weekGrowth,
} from '../domain/replenishment.ts'
import type { Db } from '../store/database.ts'
import { type LevelDemand, readDemand, takeDemand } from '../store/demand.ts'
import { currentPolicy, policyOfVersion } from '../store/policy.ts'
import {
  type LevelSituation,
  nextSkus,
  type ReplenishmentRow,
  readLeadTimes,
  readSituations,
  writeReplenishment,
} from '../store/replenishment.ts'
import {
  advanceRun,
  beginRun,
  cancelRun,
  finishRun,
  type ReplenishmentRun,
} from '../store/replenishment-runs.ts'

/** SKUs that are worked out and written together, with all of their warehouses. */
const SKUS_A_BATCH = 100
/** Working out must not hold up what else this process does. */
const BREATH_MS = 15
/** Of what sells every day a batch may take longer than a worker that says nothing is waited for. */
const WORD_MS = 5_000

export type ReplenishmentPlan = { runId: string; day: string }
export type ReplenishmentResult = { skus: number; levels: number; ended: 'done' | 'cancelled' }

/** The nightly work of replenishment. Each batch is one transaction; a try that dies is gone on from after its last one. */
export function createReplenishmentActivities({
  db,
  heavyForecasters,
}: {
  db: Db
  heavyForecasters: readonly NamedForecaster[]
}) {
  return {
    /** Takes what the stock ledger has new into the demand of each day. */
    takeDemand: async (): Promise<{ rows: number }> => {
      let rows = 0
      for (;;) {
        const taken = await takeDemand(db)
        if (taken === 0) return { rows }
        rows += taken
        stillHere({ rows })
      }
    },

    /** Works out what every SKU needs in every warehouse, as of the morning of a day. */
    planReplenishment: async (plan: ReplenishmentPlan): Promise<ReplenishmentResult> => {
      try {
        return await planAll(db, plan, heavyForecasters)
      } catch (error) {
        if (error instanceof CancelledFailure) await cancelRun(db, plan.runId)
        throw error
      }
    },
  }
}

async function planAll(
  db: Db,
  { runId, day }: ReplenishmentPlan,
  heavy: readonly NamedForecaster[],
): Promise<ReplenishmentResult> {
  const { version } = await currentPolicy(db, 'replenishment')
  let run = await beginRun(db, { id: runId, day, policyVersion: version })
  const done = { skus: 0, levels: 0 }
  while (run !== null) {
    const batch = await planBatch(db, run, heavy, { stillHere: () => stillHere(done) })
    if (batch === 'done') {
      await finishRun(db, runId)
      return { ...done, ended: 'done' }
    }
    if (batch === 'cancelled') break
    done.skus += batch.skus
    done.levels += batch.levels
    run = batch.run
    stillHere(done)
  }
  return { ...done, ended: 'cancelled' }
}

/** Tells Temporal how far it is. @throws CancelledFailure when the work is no longer wanted */
function stillHere(progress: object): void {
  const context = Context.current()
  context.heartbeat(progress)
  context.cancellationSignal.throwIfAborted()
}

type Batch = { skus: number; levels: number; run: ReplenishmentRun }

/** Who is told now and then, while a batch lasts, that it is still worked on; throws where it is no longer wanted. */
type Pace = { stillHere: () => void; breathMs?: number; wordMs?: number }

/**
 * The next SKUs of a run. By the policy that the run was begun with, whatever is published meanwhile.
 *
 * @throws what `stillHere` throws; nothing of the batch is then written
 */
export async function planBatch(
  db: Db,
  run: ReplenishmentRun,
  heavy: readonly NamedForecaster[],
  pace: Pace = { stillHere: () => undefined },
): Promise<Batch | 'done' | 'cancelled'> {
  const skuIds = await nextSkus(db, run.afterSkuId, SKUS_A_BATCH)
  const afterSkuId = skuIds.at(-1)
  if (afterSkuId === undefined) return 'done'
  const policy = await policyOfVersion(db, 'replenishment', run.policyVersion)
  const demands = await readDemand(db, skuIds, addDays(run.day, -policy.historyDays))
  const demandOf = new Map(demands.map((demand) => [keyOf(demand), demand]))
  const situations = await readSituations(db, skuIds)
  const leadDays = await readLeadTimes(db, skuIds, policy.leadTimes.minimumReceipts)
  const rows: ReplenishmentRow[] = []
  const breathe = breather(pace)
  for (const skuId of skuIds) {
    const levels = situations.filter((situation) => situation.skuId === skuId)
    const measuredLeadTime = measureLeadTime(leadDays.get(skuId) ?? [])
    const night = { measuredLeadTime, policy, day: run.day, heavy }
    rows.push(...(await planSku(levels, { ...night, demandOf, breathe })))
  }
  const done = { afterSkuId, skus: skuIds.length, levels: rows.length }
  const isOurs = await db.transaction().execute(async (tx) => {
    if (!(await advanceRun(tx, run, done))) return false
    await writeReplenishment(tx, rows, run)
    return true
  })
  return isOurs ? { ...done, run: { ...run, afterSkuId } } : 'cancelled'
}

function keyOf({ skuId, warehouseId }: { skuId: string; warehouseId: string }): string {
  return `${skuId} ${warehouseId}`
}

/** What holds for all levels of a SKU. */
type Night = {
  measuredLeadTime: ReplenishmentFacts['measuredLeadTime']
  policy: ReplenishmentPolicy
  day: string
  heavy: readonly NamedForecaster[]
}

/** All levels of one SKU: what each needs, and what they can give each other. */
async function planSku(
  situations: readonly LevelSituation[],
  context: Night & { demandOf: ReadonlyMap<string, LevelDemand>; breathe: () => Promise<void> },
): Promise<ReplenishmentRow[]> {
  const rows: Omit<ReplenishmentRow, 'shared'>[] = []
  for (const situation of situations) {
    const demand = context.demandOf.get(keyOf(situation))
    if (!demand) continue
    const { facts, triedOn } = factsOf(situation, demand, context)
    const { skuId, warehouseId } = situation
    rows.push({ skuId, warehouseId, facts, triedOn, result: replenish(facts, context.policy) })
    // One level that heavy forecasters are tried on takes a breath by itself.
    await context.breathe()
  }
  const [first] = rows
  const needs = rows.map(({ warehouseId, result }) => ({ warehouseId, ...result }))
  const shared = first ? preferTransfers(needs, first.facts.supply) : []
  return rows.map((row) => ({
    ...row,
    shared: shared.find(({ warehouseId }) => warehouseId === row.warehouseId) ?? {
      transferUnits: 0,
      purchaseUnits: 0,
    },
  }))
}

function factsOf(
  { stock, supply, previous, ...level }: LevelSituation,
  demand: LevelDemand,
  context: Night,
): { facts: ReplenishmentFacts; triedOn: string | null } {
  const { policy, day, heavy, measuredLeadTime } = context
  const known = knownDemand(demand.days, demand.level, {
    today: day,
    days: policy.historyDays,
    censorAboveOutPercent: policy.censorAboveOutPercent,
  })
  const leadTime = leadTimeOf({ measuredLeadTime, supply }, policy)
  const { forecast, triedOn } = nextForecast({
    ...{ known, heavy, previous, today: day },
    protectedDays: protectedDays(leadTime, policy),
    levelKey: keyOf(level),
  })
  return { facts: { forecast, growth: weekGrowth(known.history), measuredLeadTime, supply, stock }, triedOn }
}

/** Lets everybody else have a turn now and then, and says so more seldom. */
function breather({ stillHere, breathMs = BREATH_MS, wordMs = WORD_MS }: Pace): () => Promise<void> {
  let breathedAtMs = performance.now()
  let toldAtMs = breathedAtMs
  return async () => {
    if (performance.now() - breathedAtMs < breathMs) return
    await new Promise(setImmediate)
    breathedAtMs = performance.now()
    if (breathedAtMs - toldAtMs < wordMs) return
    stillHere()
    toldAtMs = breathedAtMs
  }
}
