import { ProblemError } from '../contracts/errors.ts'
import { POLICIES, type PolicyDocument, type PolicyKind } from '../contracts/policies/index.ts'
import { planAllocation } from '../domain/allocation.ts'
import type { AllocationPolicy } from '../domain/allocation-policy.ts'
import { listDivisions } from '../domain/division.ts'
import { placeOf } from '../domain/place.ts'
import type { Tx } from './database.ts'
import { readActiveWarehouses } from './past-stock.ts'
import { TRIALS, type Trial, type TrialSubject } from './policy-trials.ts'

const DAYS = 30
/**
 * How many are looked at, while everything is turned away: the first one that is kept ends it. Levels come in the order
 * of their SKUs, so that a few would all be of one category.
 */
const MOST = {
  order: 100,
  'stock-level': 100_000,
  transfer: 0,
  'change-request': 0,
  'health-day': 0,
  difference: 0,
  customer: 0,
  'data-flow-edge': 0,
}
const BATCH = 100
/** One or two turned away may be what the policy is for; this many and nothing else is a mistake. */
const ENOUGH = 10

/**
 * Refuses to put in force what would turn everything away: every one of the newest orders, every stock level (no store
 * could show anything freely), of those that the built-in document would keep. And for allocation, a unit to any city
 * of the country, so that a hub without orders is protected too. A policy that turns some away is the merchant's own
 * business: the dry run shows which.
 *
 * @throws ProblemError `policy-refuses-everything`
 */
export async function refuseUselessPolicy<Kind extends PolicyKind>(
  tx: Tx,
  kind: Kind,
  document: PolicyDocument<Kind>,
): Promise<void> {
  const trial: Trial<PolicyDocument<Kind>> | null = TRIALS[kind]
  if (trial) await refuseIfNothingIsKept(tx, trial, POLICIES[kind].initial, document)
  if (isAllocation(kind, document) && !(await reachesACity(tx, document))) {
    throw new ProblemError('policy-refuses-everything', 'no city of the country could be sent a single unit')
  }
}

async function refuseIfNothingIsKept<Document>(
  tx: Tx,
  trial: Trial<Document>,
  initial: Document,
  document: Document,
): Promise<void> {
  const to = new Date()
  const window = { from: new Date(to.getTime() - DAYS * 86_400_000), to }
  let turnedAway = 0
  let position: [string, string] | null = null
  for (let seen = 0; seen < MOST[trial.subject]; seen += BATCH) {
    const subjects: TrialSubject<Document>[] = await trial.read(tx, window, position, BATCH)
    for (const subject of subjects) {
      if (subject.judge(initial).refused !== false) continue
      if (subject.judge(document).refused !== true) return
      turnedAway += 1
    }
    position = subjects.at(-1)?.position ?? null
    if (subjects.length < BATCH) break
  }
  if (turnedAway < ENOUGH) return
  const what = trial.subject === 'order' ? 'newest orders' : 'stock levels'
  const detail = `not one of ${turnedAway} ${what} that the built-in document keeps would be kept by this one`
  throw new ProblemError('policy-refuses-everything', detail)
}

/** The kind says what the document is; the compiler cannot follow that through a type parameter. */
function isAllocation(kind: PolicyKind, _document: object): _document is PolicyDocument<'allocation'> {
  return kind === 'allocation'
}

/** Whether one unit, had by every warehouse, could be sent to any city. Without a warehouse there is nothing to say. */
async function reachesACity(tx: Tx, policy: AllocationPolicy): Promise<boolean> {
  const warehouses = await readActiveWarehouses(tx)
  if (warehouses.length === 0) return true
  const unit = { skuId: 'any', available: 1, safetyStock: 0, weightGrams: 1 }
  const levels = warehouses.map(({ warehouseId }) => ({ ...unit, warehouseId }))
  const demand = [{ lineNumber: 1, skuId: unit.skuId, quantity: 1 }]
  return listDivisions('city').some(
    // Limits on distance do not apply to a place that cannot be measured to: it would prove nothing.
    ({ code }) => {
      const place = placeOf(code)
      return place.point !== null && planAllocation({ demand, levels, warehouses, place, policy }).ok
    },
  )
}
