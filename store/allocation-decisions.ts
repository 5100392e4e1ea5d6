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

/** The part of a statement that keeps what was decided, beside the holds. The orders must exist. */
export function keptDecisions(decisions: readonly AllocationDecision[]): RawBuilder<unknown> {
  const column = <Value>(value: (decision: AllocationDecision) => Value) => decisions.map(value)
  return sql`insert into allocation_decision (order_id, operation_id, policy_version, explanation)
      select order_id, operation_id, policy_version, explanation::json
      from unnest(${column((decision) => decision.orderId)}::uuid[], ${column((decision) => decision.operationId)}::text[],
        ${column((decision) => decision.policyVersion)}::int[],
        ${jsonTexts(decisions.map((decision) => textOf(decision.explanation)))})
        as decision (order_id, operation_id, policy_version, explanation)`
}

/** The decisions about an order, the first one first, in words too. */
export async function decisionsOf(tx: Tx, orderId: string): Promise<z.output<typeof allocationDecision>[]> {
  const rows = await tx
    .selectFrom('allocation_decision')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('decided_at')
    .orderBy('operation_id')
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
