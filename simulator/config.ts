import { z } from 'zod'
import { SIMULATOR_SEED } from './platforms/accounts.ts'
import type { CourierAccounts } from './platforms/courier-accounts.ts'

/** A name and a secret, joined by a colon. */
const ACCOUNT = /^[^:]{1,128}:[^:]{1,128}$/

/** Settings of the simulator, read from the environment by `simulator/main.ts`. It knows nothing else of the hub. */
export const simulatorConfigSchema = z.object({
  /** Loopback unless the simulator has a container of its own; `/control` answers loopback callers only, always. */
  SIMULATOR_HOST: z.string().min(1).default('127.0.0.1'),
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8_090),
  /** Shared with the hub, which signs every call with it. */
  OUTSIDE_SECRET: z.string().min(32),
  /** A file that remembers idempotency keys, effects, tasks and parcels over a restart. */
  SIMULATOR_STATE: z.string().min(1).optional(),
  /** The same seed and the same ids give the same picking and the same parcels. */
  SIMULATOR_SEED: z.string().min(1).max(100).default(SIMULATOR_SEED),
  /** `auto`: the warehouse works its tasks by itself; `off`: it only receives them. */
  SIMULATOR_WAREHOUSE: z.enum(['auto', 'off']).default('off'),
  /** Where the warehouse reports to, and its API key (system `warehouse`). Needed with `auto`. */
  HUB_API: z.url().optional(),
  HUB_WAREHOUSE_KEY: z.string().min(1).optional(),
  /** A MySQL or MariaDB server, as a user who may make databases and users: the warehouses' own stock systems. */
  SIMULATOR_WMS_URL: z.string().startsWith('mysql://').optional(),
  /** Of that user, where it is not in the URL. */
  SIMULATOR_WMS_PASSWORD: z.string().min(1).optional(),
  /** What the hub signs in with as `hub_reader`, who may only read. */
  SIMULATOR_WMS_READER_PASSWORD: z.string().min(8).optional(),
  /** Who takes the warehouses' parcels, by the hub's codes, comma separated. `sim` is the gateway's courier. */
  SIMULATOR_COURIERS: z
    .string()
    .regex(/^[a-z]{2,16}(,[a-z]{2,16})*$/)
    .default('sim'),
  /** What the hub calls Kuaidi100 (`customer:key`) and SF (`partner:check word`) with. */
  SIMULATOR_KUAIDI100: z.string().regex(ACCOUNT).optional(),
  SIMULATOR_SF: z.string().regex(ACCOUNT).optional(),
  /** What the hub signs its calls to the ERP with. */
  SIMULATOR_ERP_SECRET: z.string().min(32).optional(),
  /** The same for the finance system. */
  SIMULATOR_FINANCE_SECRET: z.string().min(32).optional(),
  SIMULATOR_CRM_SECRET: z.string().min(32).optional(),
  /** What the merchant's WeCom account is made from (`platforms/wecom/account.ts`); by default the seed. */
  SIMULATOR_WECOM_SECRET: z.string().min(16).optional(),
  /** The same for the company's sign-in (`platforms/oidc/account.ts`): what the hub and people sign in with there. */
  SIMULATOR_OIDC_SECRET: z.string().min(16).optional(),
  /** What ends the address at the hub that SMS providers report to. Absent: they are only asked. */
  SIMULATOR_SMS_REPORT_SECRET: z.string().min(32).optional(),
  /** After how long a message over a long connection comes again when it was not confirmed. */
  SIMULATOR_REDELIVER_SECONDS: z.coerce.number().min(0.1).max(3_600).default(60),
  /** From the task's arrival to the packed parcel, on average. */
  SIMULATOR_PICKING_SECONDS: z.coerce.number().min(0).max(86_400).default(4),
  /** From the packed parcel to its delivery, on average. */
  SIMULATOR_DELIVERY_SECONDS: z.coerce.number().min(0).max(2_592_000).default(12),
})

export type SimulatorConfig = z.output<typeof simulatorConfigSchema>

/**
 * Reads the settings from environment variables.
 *
 * @throws Error naming each wrong variable, without its value
 */
export function readSimulatorConfig(environment: Record<string, string | undefined>): SimulatorConfig {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  const result = simulatorConfigSchema.safeParse(Object.fromEntries(given))
  const problems = result.success
    ? missingForWarehouse(result.data).map((name) => `${name}: needed with SIMULATOR_WAREHOUSE=auto`)
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (result.success && problems.length === 0) return result.data
  throw new Error(`configuration is not usable:\n  ${problems.join('\n  ')}`)
}

function missingForWarehouse(config: SimulatorConfig): string[] {
  if (config.SIMULATOR_WAREHOUSE === 'off') return []
  return (['HUB_API', 'HUB_WAREHOUSE_KEY'] as const).filter((name) => config[name] === undefined)
}

/** The couriers' accounts that are named, each in the words of its own interface. */
export function courierAccountsOf(config: SimulatorConfig): Partial<CourierAccounts> {
  const [customer, key] = config.SIMULATOR_KUAIDI100?.split(':') ?? []
  const [partnerId, checkWord] = config.SIMULATOR_SF?.split(':') ?? []
  return {
    ...(customer && key ? { kuaidi100: { customer, key } } : {}),
    ...(partnerId && checkWord ? { sf: { partnerId, checkWord } } : {}),
  }
}

/** Where the warehouses keep their stock, or undefined where they have no systems of their own. */
export function wmsOf(config: SimulatorConfig): { url: string; readerPassword: string } | undefined {
  const { SIMULATOR_WMS_URL: url, SIMULATOR_WMS_READER_PASSWORD: readerPassword } = config
  if (!url || !readerPassword) return undefined
  const target = new URL(url)
  if (config.SIMULATOR_WMS_PASSWORD) target.password = encodeURIComponent(config.SIMULATOR_WMS_PASSWORD)
  return { url: target.href, readerPassword }
}
