import type { RawBuilder } from 'kysely'
import { RecentPlans } from '../domain/allocation-recent.ts'
import { SharedReasons } from './allocation-decisions.ts'
import { type Db, sendAhead, sendLast, together } from './database.ts'
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

/** So many are decided before anything is written: enough to keep the server busy until the rest is decided. */
const FIRST_PART = 16

function partsOf(requests: ReserveRequest[]): ReserveRequest[][] {
  const isSmall = requests.length < 2 * FIRST_PART
  return isSmall ? [requests] : [requests.slice(0, FIRST_PART), requests.slice(FIRST_PART)]
}

/** Reserves; the same operation again gets the first result. */
export type Reservations = { reserve: (request: ReserveRequest) => Promise<ReserveResult> }

/**
 * Reservations that share transactions when they are asked for at the same time: one hot SKU is sold as fast as the
 * disk takes groups, not orders.
 */
export function createReservations(db: Db, limits?: GroupLimits): Reservations {
  const policies = new Policies()
  const recent = new RecentPlans()
  const shared = new SharedReasons()
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
        const policy = await policies.current(tx, 'allocation')
        let stock = await stockInHand(tx, levels, operationIds[0] ?? '')
        const sent: Promise<unknown>[] = []
        let last: RawBuilder<unknown> | null = null
        for (const part of partsOf(fresh)) {
          // The server writes what was decided while the rest is decided here.
          if (last) sent.push((await sendAhead(tx, last)).answered)
          const decided = decideReservations(stock, part, policy, { recent })
          const results = decided.members.map(({ request, result }) => ({ id: request.operationId, result }))
          await moveFreed(tx, decided)
          last = heldUnits(decided, { results, shared })
          for (const { id, result } of results) known.set(id, result)
          stock = { ...stock, reclaimed: [] }
        }
        if (last) sent.push((await sendLast(tx, last)).answered)
        const answered = Promise.all(sent)
        // Whoever waits for it hears of a failure; a commit that breaks off is heard of first.
        answered.catch(() => undefined)
        return {
          results: requests.map((request) => {
            const result = known.get(request.operationId)
            if (!result) throw new Error(`reservation ${request.operationId} was not decided`)
            return result
          }),
          answered,
        }
      },
    },
    limits,
  )
  return { reserve: (request) => shared.follow(request.operationId, group.submit(request)) }
}
