import { UnreachableError } from '../connectors/outside-errors.ts'
import { ClaimLostError } from '../store/idempotency.ts'
import { isPassing } from '../store/passing-error.ts'

/** Whether an error only says that a part of the hub cannot be reached right now, so that a repetition helps. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof ClaimLostError || error instanceof UnreachableError || isPassing(error)
}
