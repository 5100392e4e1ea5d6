import { RecentPlans } from '../domain/allocation-recent.ts'
import { type Db, sendLast, together } from './database.ts'
import { GroupCommit, type GroupLimits } from './group-commit.ts'
import { knownOperations, resultsOf } from './operation.ts'
import { Policies } from './policy-cache.ts'
import {
  decideReservations,
  heldUnits,
  levelsUnderLock,
  moveFreed,
  type ReserveRequest,
  type ReserveResult,
  skusOf,
  stockInHand,
} from './reservation.ts'
import { stockLock } from './stock-movement.ts'

/** Reserves; the same operation again gets the first result. */
export type Reservations = { reserve: (request: ReserveRequest) => Promise<ReserveResult> }

/**
 * Reservations that share transactions when they are asked for at the same time: one hot SKU is sold as fast as the
 * disk takes groups, not orders.
 */
export function createReservations(db: Db, limits?: GroupLimits): Reservations {
  const policies = new Policies()
  const recent = new RecentPlans()
  const group = new GroupCommit<ReserveRequest, ReserveResult>(
    db,
    {
      keysOf: ({ demand }) => demand.map((line) => line.skuId),
      linesOf: ({ demand }) => demand.length,
      run: async (tx, requests, settings) => {
        const skuIds = skusOf(requests)
        const operationIds = requests.map((request) => request.operationId)
        const [, , done, levels] = await together(
          tx,
          settings,
          stockLock(skuIds),
          knownOperations(operationIds),
          levelsUnderLock(skuIds),
        )
        const known = resultsOf<ReserveResult>(done)
        const fresh = requests.filter((request) => !known.has(request.operationId))
        const stock = await stockInHand(tx, levels, operationIds[0] ?? '')
        const decided = decideReservations(stock, fresh, await policies.current(tx, 'allocation'), { recent })
        const results = decided.members.map(({ request, result }) => ({ id: request.operationId, result }))
        await moveFreed(tx, decided)
        const last = heldUnits(decided, results)
        for (const { id, result } of results) known.set(id, result)
        return {
          results: requests.map((request) => {
            const result = known.get(request.operationId)
            if (!result) throw new Error(`reservation ${request.operationId} was not decided`)
            return result
          }),
          ...(last && (await sendLast(tx, last))),
        }
      },
    },
    limits,
  )
  return { reserve: (request) => group.submit(request) }
}
