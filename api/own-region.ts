import { ProblemError } from '../contracts/errors.ts'
import type { Db } from '../store/database.ts'
import type { Identity } from '../store/identity.ts'
import { findWarehouseRegion } from '../store/transfer-queries.ts'

/**
 * A regional director acts for the warehouses of their own region.
 *
 * @throws ProblemError `forbidden`
 */
export async function requireOwnRegion(db: Db, identity: Identity, warehouseId: string): Promise<void> {
  if (identity.kind !== 'person' || identity.role !== 'regional_director') return
  const region = await findWarehouseRegion(db, warehouseId)
  if (region !== null && region !== identity.region) {
    throw new ProblemError('forbidden', `${warehouseId} is in ${region}, not in your region`)
  }
}
