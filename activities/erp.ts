import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { Erp, ErpAnswer, ErpCall } from '../connectors/erp/erp.ts'
import { RateLimitedError } from '../connectors/outside-errors.ts'
import { type ErpChange, type ErpStep, erpKey } from '../domain/erp-change.ts'
import type { Db } from '../store/database.ts'
import { recordAttempt } from '../store/deliveries.ts'

/** One step of one version of a change request: repeated, it is the same booking. */
export type ErpChangeCall = { change: ErpChange; step: string; version: number }
/** `skipped`: this hub has no ERP. A refusal is final, and a person's work. */
export type ErpOutcome = { skipped: true } | ErpAnswer

/**
 * Telling the ERP of changes. What may pass is thrown and tried again by Temporal; the key is that of the request's step
 * and version, so that no try books twice.
 */
export function createErpActivities(deps: { db: Db; erp: Erp | null }) {
  return {
    /** Books a change. The ERP is asked first whether it has it: an earlier try may have been cut off after its effect. */
    applyErpChange: (request: ErpChangeCall): Promise<ErpOutcome> =>
      tell(deps, 'erp_change', request, async (erp, call) => {
        const known = await erp.findChange(call)
        if (known?.state === 'applied') return { ok: true, reference: known.reference }
        return erp.applyChange(request.change, call)
      }),

    /** Takes back what `applyErpChange` of the same request may have booked; afterwards it can no longer be booked. */
    reverseErpChange: (request: ErpChangeCall): Promise<ErpOutcome> =>
      tell(deps, 'erp_reversal', request, (erp, call) => erp.reverseChange(request.change, call)),
  }
}

async function tell(
  { db, erp }: { db: Db; erp: Erp | null },
  kind: 'erp_change' | 'erp_reversal',
  { change, step, version }: ErpChangeCall,
  ask: (erp: Erp, call: ErpCall) => Promise<ErpAnswer>,
): Promise<ErpOutcome> {
  if (!erp) return { skipped: true }
  const key: ErpStep = { changeId: change.changeId, step, version }
  const call = { idempotencyKey: erpKey(key) }
  const attempt = {
    kind,
    target: 'erp',
    operationId: `${kind}:${call.idempotencyKey}`,
    orderId: change.orderId,
    payload: change,
  }
  try {
    const answer = await ask(erp, call)
    await recordAttempt(db, {
      ...attempt,
      state: answer.ok ? 'delivered' : 'failed',
      error: answer.ok ? null : `${answer.refused.code}: ${answer.refused.text}`,
    })
    return answer
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await recordAttempt(db, { ...attempt, state: 'pending', error: message })
    if (!(error instanceof RateLimitedError)) throw error
    throw ApplicationFailure.create({
      message,
      type: 'AskAgain',
      nextRetryDelay: error.retryAfterMs,
      category: ApplicationFailureCategory.BENIGN,
    })
  }
}
