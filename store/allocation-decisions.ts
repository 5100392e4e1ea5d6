import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { allocationDecision } from '../contracts/orders.ts'
import type { AllocationExplanation } from '../domain/allocation-explanation.ts'
import { describeAllocation } from '../domain/allocation-text.ts'
import { jsonTexts, type Tx } from './database.ts'

/** Why a reservation took its units from where it did, and the version of the policy that said so. */
export type AllocationDecision = {
  orderId: string
  operationId: string
  policyVersion: number
  explanation: AllocationExplanation
}

/** As JSON, once for all orders whose plan is the same one. */
const texts = new WeakMap<AllocationExplanation, string>()

function textOf(explanation: AllocationExplanation): string {
  const known = texts.get(explanation)
  if (known !== undefined) return known
  const text = JSON.stringify(explanation)
  texts.set(explanation, text)
  return text
}

type Named = Pick<AllocationDecision, 'orderId' | 'operationId'>

/**
 * Reasons that stand in the database, for a process that decides all the time: an order whose plan is that of an earlier one
 * names it instead of writing the same again. Only what is known to be committed is named in a later transaction.
 */
export class SharedReasons {
  readonly #kept = new WeakMap<AllocationExplanation, Named>()
  /** By operation; of transactions that nobody knows to be committed yet. */
  readonly #written = new Map<string, AllocationDecision>()

  /** Where the reasons of a decision stand, or null: it writes them itself. */
  placeOf(decision: AllocationDecision): Named | null {
    const kept = this.#kept.get(decision.explanation) ?? null
    if (kept) this.#written.delete(decision.operationId)
    else this.#written.set(decision.operationId, decision)
    return kept
  }

  /** It names another one of its own transaction, so that nobody can name it. */
  namesAnother(operationId: string): void {
    this.#written.delete(operationId)
  }

  /** Hears how an operation ends. @returns the same outcome */
  follow<Result>(operationId: string, outcome: Promise<Result>): Promise<Result> {
    outcome.then(
      () => this.settle(operationId, true),
      () => this.settle(operationId, false),
    )
    return outcome
  }

  /** An operation has come to its end. */
  settle(operationId: string, isCommitted: boolean): void {
    const decision = this.#written.get(operationId)
    if (!decision) return
    this.#written.delete(operationId)
    if (isCommitted) this.#kept.set(decision.explanation, decision)
  }
}

/** The part of a statement that keeps what was decided, beside the holds. The orders must exist. */
export function keptDecisions(
  decisions: readonly AllocationDecision[],
  shared = new SharedReasons(),
): RawBuilder<unknown> {
  const here = new Map<AllocationExplanation, Named>()
  const told = decisions.map((decision) => {
    const before = here.get(decision.explanation)
    if (before) shared.namesAnother(decision.operationId)
    const place = before ?? shared.placeOf(decision)
    if (!place) here.set(decision.explanation, decision)
    return place
  })
  const column = <Value>(value: (decision: AllocationDecision) => Value) => decisions.map(value)
  const texts = decisions.map((decision, index) => (told[index] ? '' : textOf(decision.explanation)))
  return sql`insert into allocation_decision (order_id, operation_id, policy_version, explanation, same_as_order,
        same_as_operation)
      select order_id, operation_id, policy_version, nullif(explanation, '')::json, same_as_order, same_as_operation
      from unnest(${column((decision) => decision.orderId)}::uuid[], ${column((decision) => decision.operationId)}::text[],
        ${column((decision) => decision.policyVersion)}::int[], ${jsonTexts(texts)},
        ${told.map((place) => place?.orderId ?? null)}::uuid[], ${told.map((place) => place?.operationId ?? null)}::text[])
        as decision (order_id, operation_id, policy_version, explanation, same_as_order, same_as_operation)`
}

/** The decisions about an order, the first one first, in words too. */
export async function decisionsOf(tx: Tx, orderId: string): Promise<z.output<typeof allocationDecision>[]> {
  const rows = await tx
    .selectFrom('allocation_decision as decision')
    .leftJoin('allocation_decision as told', (join) =>
      join
        .onRef('told.order_id', '=', 'decision.same_as_order')
        .onRef('told.operation_id', '=', 'decision.same_as_operation'),
    )
    .select(['decision.operation_id', 'decision.policy_version', 'decision.decided_at'])
    .select(sql<AllocationExplanation>`coalesce(decision.explanation, told.explanation)`.as('explanation'))
    .where('decision.order_id', '=', orderId)
    .orderBy('decision.decided_at')
    .orderBy('decision.operation_id')
    .execute()
  if (rows.length === 0) return []
  const ids = rows.flatMap(({ explanation: { chosen, rejected } }) =>
    [...chosen, ...rejected].map((entry) => entry.warehouseId),
  )
  const warehouses = await tx
    .selectFrom('warehouse')
    .select(['id', 'name'])
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute()
  const names = new Map(warehouses.map((row) => [row.id, row.name]))
  return rows.map(
    ({ operation_id: operationId, policy_version: policyVersion, explanation, decided_at: decidedAt }) => ({
      operationId,
      policyVersion,
      decidedAt: decidedAt.toISOString(),
      text: describeAllocation(explanation, (warehouseId) => names.get(warehouseId) ?? warehouseId),
      explanation,
    }),
  )
}
