import type { Redis } from 'ioredis'
import type { Config } from '../../contracts/config.ts'
import type { PolicyDocument } from '../../contracts/policies/index.ts'
import { CallLimits } from '../rate-limit.ts'
import type { Erp } from './erp.ts'
import { createErpnextErp } from './erpnext.ts'
import { createHttpErp } from './http.ts'

type ErpConfig = Pick<
  Config,
  'ERP_KIND' | 'ERP_URL' | 'ERP_SECRET' | 'ERP_API_KEY' | 'ERP_API_SECRET' | 'ERP_CALLS_PER_SECOND'
>

/** The ERP that the configuration names, within the limit of all processes together; null where it names none. */
export function createErp(
  config: ErpConfig,
  options: { mapping: () => Promise<PolicyDocument<'erp-mapping'>>; redis: Redis | null },
): Erp | null {
  const erp = namedErp(config, options.mapping)
  if (!erp) return null
  const calls = new CallLimits(options.redis).of('erp', config.ERP_CALLS_PER_SECOND)
  const limited =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      await calls.take()
      return call(...args)
    }
  return {
    orderAmounts: limited(erp.orderAmounts),
    applyChange: limited(erp.applyChange),
    reverseChange: limited(erp.reverseChange),
    findChange: limited(erp.findChange),
    placePurchase: limited(erp.placePurchase),
    findPurchase: limited(erp.findPurchase),
  }
}

function namedErp(config: ErpConfig, mapping: () => Promise<PolicyDocument<'erp-mapping'>>): Erp | null {
  const { ERP_URL: baseUrl, ERP_SECRET: secret, ERP_API_KEY: apiKey, ERP_API_SECRET: apiSecret } = config
  if (config.ERP_KIND === 'http' && baseUrl && secret) {
    return createHttpErp({ baseUrl, secret, mapping: async () => (await mapping()).http })
  }
  if (config.ERP_KIND === 'erpnext' && baseUrl && apiKey && apiSecret) {
    return createErpnextErp({ baseUrl, apiKey, apiSecret, mapping: async () => (await mapping()).erpnext })
  }
  return null
}
