import { ProblemError } from '../contracts/errors.ts'
import { POLICIES, type PolicyDocument, type PolicyKind } from '../contracts/policies/index.ts'
import { planAllocation } from '../domain/allocation.ts'
import type { AllocationPolicy } from '../domain/allocation-policy.ts'
import { listDivisions } from '../domain/division.ts'
import { placeOf } from '../domain/place.ts'
import type { Tx } from './database.ts'
import { readActiveWarehouses } from './past-stock.ts'
import { TRIALS, type Trial } from './policy-trials.ts'

const DAYS = 30
const ORDERS = 100
/** One or two orders turned away may be what the policy is for; this many and nothing else is a mistake. */
const ENOUGH_ORDERS = 10

/**
 * Refuses to put in force what would turn every order away. The newest orders are tried, of those that the built-in
 * document would have served; and for allocation one unit to every city of the country, so that a hub without orders
 * is protected too. A policy that turns some orders away is the merchant's own business: the dry run shows which.
 *
 * @throws ProblemError `policy-refuses-everything`
 */
export async function refuseUselessPolicy<Kind extends PolicyKind>(
  tx: Tx,
  kind: Kind,
  document: PolicyDocument<Kind>,
): Promise<void> {
  const trial: Trial<PolicyDocument<Kind>> | null = TRIALS[kind]
  if (trial?.subject !== 'order') return
  const to = new Date()
  const from = new Date(to.getTime() - DAYS * 86_400_000)
  const orders = await trial.read(tx, { from, to }, null, ORDERS)
  const servable = orders.filter((order) => order.judge(POLICIES[kind].initial).refused === false)
  const isUseless =
    servable.length >= ENOUGH_ORDERS && servable.every((order) => order.judge(document).refused === true)
  if (isUseless) {
    const detail = `all of the ${servable.length} newest orders that could be served would have been turned away`
    throw new ProblemError('policy-refuses-everything', detail)
  }
  if (isAllocation(kind, document) && !(await reachesACity(tx, document))) {
    throw new ProblemError('policy-refuses-everything', 'no city of the country could be sent a single unit')
  }
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
    ({ code }) => planAllocation({ demand, levels, warehouses, place: placeOf(code), policy }).ok,
  )
}
