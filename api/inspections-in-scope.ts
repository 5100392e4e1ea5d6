import { ProblemError } from '../contracts/errors.ts'
import type { Db, Tx } from '../store/database.ts'
import { type Identity, scopeOf } from '../store/identity.ts'
import { findInspection, type InspectionViewer } from '../store/inspection-queries.ts'
import type { InspectionRow } from '../store/inspections.ts'

/** Whoever is sent somewhere sees it, wherever their own stores are. */
export function viewerOf(identity: Identity): InspectionViewer {
  return { scope: scopeOf(identity), userName: identity.kind === 'person' ? identity.userName : null }
}

/** @throws ProblemError `inspection-not-found`, also for one that the caller may not see */
export async function requireInspection(
  db: Db | Tx,
  inspectionId: string,
  identity: Identity,
): Promise<InspectionRow> {
  const row = await findInspection(db, inspectionId, viewerOf(identity))
  if (!row) throw new ProblemError('inspection-not-found')
  return row
}
