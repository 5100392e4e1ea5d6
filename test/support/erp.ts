import type { Erp } from '../../connectors/erp/erp.ts'
import { createHttpErp } from '../../connectors/erp/http.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'

/** The ERP of a simulator that was started with its own seed, in the hub's own words. */
export function simulatedErp(simulatorUrl: string): Erp {
  return createHttpErp({
    baseUrl: `${simulatorUrl}/erp`,
    secret: appSecretOf('order-hub', 'erp', 'hub'),
    mapping: async () => POLICIES['erp-mapping'].initial.http,
  })
}
