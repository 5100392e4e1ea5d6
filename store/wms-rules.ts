import type { PolicyDocument } from '../contracts/policies/index.ts'
import type { WmsMapping } from '../contracts/policies/wms-mapping.ts'
import type { SnapshotRules } from './wms-snapshots.ts'

/**
 * How a warehouse's snapshots are judged, by the policy.
 *
 * @param read when it was read, and the newest change that this WMS has ever named: when that is long ago, its data is
 *   stale
 */
export function snapshotRules(
  policy: Omit<PolicyDocument<'wms-mapping'>, 'warehouses'>,
  mapping: Pick<WmsMapping, 'onHandFallsAt'>,
  read: { newestMs: number | null; atMs: number },
): SnapshotRules {
  const { newestMs, atMs } = read
  return {
    fallsAt: mapping.onHandFallsAt,
    timing: {
      clockToleranceMs: policy.clockToleranceSeconds * 1_000,
      reportDelayMs: policy.reportDelaySeconds * 1_000,
    },
    mayRaise: newestMs !== null && atMs - newestMs <= policy.staleAfterSeconds * 1_000,
    plausible: policy.plausible,
  }
}
