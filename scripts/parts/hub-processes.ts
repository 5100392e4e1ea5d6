import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { appSecretOf, SIMULATOR_SEED } from '../../simulator/platforms/accounts.ts'
import { oidcAccountOf } from '../../simulator/platforms/oidc/account.ts'
import { ALIYUN_KEY_ID } from '../../simulator/platforms/sms/aliyun.ts'
import { SIGN_NAME } from '../../simulator/platforms/sms/book.ts'
import { OFFICIAL_APP_ID, WECHAT_APP_ID } from '../../simulator/platforms/wechat/index.ts'
import { wecomAccountOf } from '../../simulator/platforms/wecom/account.ts'
import { capture } from './cache.ts'
import type { MariadbPart } from './mariadb.ts'
import { freePort, isListening } from './ports.ts'
import type { PostgresPart } from './postgres.ts'
import { appRole } from './postgres.ts'
import { type ChildSpec, Supervised } from './process.ts'
import type { Print } from './progress.ts'
import type { RedisPart } from './redis.ts'
import type { Secrets } from './secrets.ts'
import type { TemporalPart } from './temporal.ts'

/** The parts that the product's own processes stand on. */
export interface Stores {
  postgres: PostgresPart
  redis: RedisPart
  temporal: TemporalPart
  /** Outside the product: where the simulated warehouses keep their stock, if this machine has it. */
  mariadb?: MariadbPart
}

export interface ProductOptions extends Stores {
  root: string
  dataDir: string
  secrets: Secrets
  apiPort: number
  simulatorPort: number
  onRevived: (name: string, pid: number) => void
  out: Print
}

const probeTimeoutMs = 2_000
/** A worker finishes the activities that it has begun. */
const drainMs = 20_000

/** Does this URL answer 2xx? */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false // not listening yet
  }
}

/** Bring the schema up to date with the owner's rights; the application's role gets its password here. */
export async function migrate(root: string, postgres: PostgresPart, secrets: Secrets): Promise<void> {
  const { code, stdout, stderr } = await capture(process.execPath, [join(root, 'dist', 'migrate.js')], {
    cwd: root,
    env: { ...process.env, DATABASE_OWNER_URL: postgres.ownerUrl, HUB_APP_PASSWORD: secrets.hubAppPassword },
  })
  if (code !== 0) throw new Error(`The migrations failed:\n${`${stdout}\n${stderr}`.trim()}`)
}

/** Settings that worker, relay, channels and API share; names as in contracts/config.ts. */
export function productEnvironment(options: ProductOptions): NodeJS.ProcessEnv {
  const { postgres, redis, temporal, secrets } = options
  const outside = `http://127.0.0.1:${options.simulatorPort}`
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: postgres.urlFor(appRole, secrets.hubAppPassword),
    REDIS_URL: redis.url,
    TEMPORAL_ADDRESS: temporal.address,
    WORKFLOW_BUNDLE: join(options.root, 'dist', 'workflow-bundle.js'),
    FILES_DIR: join(options.dataDir, 'files'),
    API_HOST: '127.0.0.1',
    API_PORT: String(options.apiPort),
    DATA_KEYS: secrets.dataKeys,
    PAYLOAD_KEYS: secrets.payloadKeys,
    SESSION_SECRET: secrets.sessionSecret,
    OUTSIDE_SECRET: secrets.outsideSecret,
    PDA_URL: outside,
    PAYMENT_URL: outside,
    COURIER_URL: outside,
    MALL_URL: outside,
    ...courierEnvironment(options, outside),
    ERP_KIND: 'http',
    ERP_URL: `${outside}/erp`,
    ERP_SECRET: derived(secrets, 'erp'),
    FINANCE_URL: `${outside}/finance`,
    FINANCE_SECRET: derived(secrets, 'finance'),
    CRM_URL: `${outside}/crm`,
    CRM_SECRET: derived(secrets, 'crm'),
    ...wecomEnvironment(options, outside),
    ...messengerEnvironment(options, outside),
    ...oidcEnvironment(options, outside),
    EVENT_ALLOWED_TARGETS: '127.0.0.0/8,::1',
    ...(temporal.webUrl ? { TEMPORAL_WEB_ORIGIN: temporal.webUrl } : {}),
  }
  delete environment.DATABASE_OWNER_URL // only the migrations may have the owner's rights
  return environment
}

/** Couriers that the platforms know, too. SF's parcels are asked about at SF, the others are pushed by Kuaidi100. */
const COURIERS = ['sf', 'yto', 'zto', 'sto', 'yunda']

function courierEnvironment({ secrets, apiPort }: ProductOptions, outside: string): NodeJS.ProcessEnv {
  const { kuaidi100, sf } = courierAccounts(secrets)
  return {
    KUAIDI100_URL: `${outside}/kuaidi100`,
    KUAIDI100_CUSTOMER: kuaidi100.customer,
    KUAIDI100_KEY: kuaidi100.key,
    KUAIDI100_CALLBACK_URL: `http://127.0.0.1:${apiPort}/v1/webhooks/couriers/kuaidi100`,
    KUAIDI100_SALT_KEYS: derived(secrets, 'couriers/salt'),
    SF_URL: `${outside}/sf/std/service`,
    SF_PARTNER_ID: sf.partnerId,
    SF_CHECK_WORD: sf.checkWord,
    SENDER_PHONE_TAIL: '0000',
  }
}

/** What the couriers' interfaces are called with, made from this clone's secrets. */
function courierAccounts(secrets: Secrets) {
  return {
    kuaidi100: { customer: 'ORDERHUB', key: derived(secrets, 'couriers/kuaidi100').slice(0, 24) },
    sf: { partnerId: 'ORDERHUB', checkWord: derived(secrets, 'couriers/sf').slice(0, 32) },
  }
}

/** What stock alerts and cards go out with; the simulated WeCom makes the same of the secret. */
function wecomEnvironment({ secrets, apiPort }: ProductOptions, outside: string): NodeJS.ProcessEnv {
  const account = wecomAccountOf(wecomSecret(secrets))
  return {
    WECOM_URL: `${outside}/wecom`,
    WECOM_CORP_ID: account.corpId,
    WECOM_AGENT_ID: account.agentId,
    WECOM_SECRET: account.secret,
    WECOM_CALLBACK_TOKEN: account.token,
    WECOM_CALLBACK_AES_KEY: account.encodingAesKey,
    WECOM_ROBOT_KEY: account.robotKey,
    // Behind the hash, so that the token is in no server's log.
    WECOM_PAGE_URL: `http://127.0.0.1:${apiPort}/link#{token}`,
  }
}

const wecomSecret = (secrets: Secrets) => derived(secrets, 'wecom')

/** The company's sign-in, which local accounts have beside their own. */
function oidcEnvironment({ secrets, apiPort }: ProductOptions, outside: string): NodeJS.ProcessEnv {
  const { clientId, clientSecret } = companySignIn(secrets)
  return {
    OIDC_ISSUER_URL: `${outside}/oidc`,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    OIDC_REDIRECT_URL: `http://127.0.0.1:${apiPort}/v1/session/oidc/callback`,
  }
}

const oidcSecret = (secrets: Secrets) => derived(secrets, 'oidc')

/** What the hub, and people, sign in with at the simulated company. */
export function companySignIn(secrets: Secrets) {
  return oidcAccountOf(oidcSecret(secrets))
}

/** Who tells customers: the simulated providers know their accounts by its seed. */
function messengerEnvironment({ secrets }: ProductOptions, outside: string): NodeJS.ProcessEnv {
  return {
    SMS_PROVIDER: 'aliyun',
    SMS_URL: `${outside}/aliyun-sms/`,
    SMS_KEY_ID: ALIYUN_KEY_ID,
    SMS_KEY_SECRET: appSecretOf(SIMULATOR_SEED, 'aliyun-sms', ALIYUN_KEY_ID),
    SMS_SIGN_NAME: SIGN_NAME,
    SMS_REPORT_SECRETS: smsReportSecret(secrets),
    WECHAT_URL: `${outside}/wechat`,
    WECHAT_APP_ID,
    WECHAT_APP_SECRET: appSecretOf(SIMULATOR_SEED, 'wechat', WECHAT_APP_ID),
    WECHAT_OFFICIAL_APP_ID: OFFICIAL_APP_ID,
    WECHAT_OFFICIAL_APP_SECRET: appSecretOf(SIMULATOR_SEED, 'wechat', OFFICIAL_APP_ID),
  }
}

const smsReportSecret = (secrets: Secrets) => derived(secrets, 'sms/reports')

function derived({ outsideSecret }: Secrets, name: string): string {
  return createHmac('sha256', outsideSecret).update(name).digest('base64url')
}

/** The product's processes, by name, to be started in any order; and where some of them serve their metrics. */
export async function productProcesses(options: ProductOptions) {
  const environment = productEnvironment(options)
  const process = (name: string, more: Pick<ChildSpec, 'isReady'> & Partial<ChildSpec>) =>
    new Supervised({
      name,
      command: globalThis.process.execPath,
      args: ['--enable-source-maps', join(options.root, 'dist', `${name}.js`)],
      cwd: options.root,
      folder: options.dataDir,
      readyWithinMs: 60_000,
      stopWithinMs: drainMs,
      onRevived: (pid) => options.onRevived(name, pid),
      out: options.out,
      ...more,
    })
  const metrics = { worker: '', relay: '', channels: '' }
  const withMetrics = async (name: keyof typeof metrics, preferredPort: number) => {
    const port = await freePort(preferredPort)
    metrics[name] = `http://127.0.0.1:${port}/metrics`
    const isReady = () => answersOk(`http://127.0.0.1:${port}/readyz`)
    return process(name, { env: { ...environment, METRICS_PORT: String(port) }, isReady })
  }
  const api = `http://127.0.0.1:${options.apiPort}`
  const processes = {
    simulator: process('simulator', {
      env: simulatorEnvironment(options, api),
      isReady: () => isListening(options.simulatorPort),
    }),
    worker: await withMetrics('worker', 9464),
    relay: await withMetrics('relay', 9465),
    channels: await withMetrics('channels', 9466),
    api: process('api', { env: environment, isReady: () => answersOk(`${api}/healthz`) }),
  }
  return { processes, metrics }
}

/** The outside world knows the hub's address and its own keys, nothing else. */
function simulatorEnvironment(
  { simulatorPort, dataDir, secrets, mariadb }: ProductOptions,
  api: string,
): NodeJS.ProcessEnv {
  const { kuaidi100, sf } = courierAccounts(secrets)
  return {
    PATH: process.env.PATH,
    SIMULATOR_PORT: String(simulatorPort),
    // The warehouse works its pick tasks by itself, and remembers what it did over a restart.
    SIMULATOR_WAREHOUSE: 'auto',
    SIMULATOR_STATE: join(dataDir, 'simulator.json'),
    ...(mariadb
      ? { SIMULATOR_WMS_URL: mariadb.url, SIMULATOR_WMS_READER_PASSWORD: wmsPasswords(secrets).reader }
      : {}),
    ...(process.env.SIMULATOR_REDELIVER_SECONDS
      ? { SIMULATOR_REDELIVER_SECONDS: process.env.SIMULATOR_REDELIVER_SECONDS }
      : {}),
    SIMULATOR_COURIERS: COURIERS.join(','),
    SIMULATOR_KUAIDI100: `${kuaidi100.customer}:${kuaidi100.key}`,
    SIMULATOR_WECOM_SECRET: wecomSecret(secrets),
    SIMULATOR_OIDC_SECRET: oidcSecret(secrets),
    SIMULATOR_SMS_REPORT_SECRET: smsReportSecret(secrets),
    SIMULATOR_SF: `${sf.partnerId}:${sf.checkWord}`,
    SIMULATOR_ERP_SECRET: derived(secrets, 'erp'),
    SIMULATOR_FINANCE_SECRET: derived(secrets, 'finance'),
    SIMULATOR_CRM_SECRET: derived(secrets, 'crm'),
    HUB_API: api,
    HUB_WAREHOUSE_KEY: secrets.apiKeys.warehouse,
    OUTSIDE_SECRET: secrets.outsideSecret,
  }
}

/** Passwords of the warehouses' own systems, made from this clone's secrets: of who owns them, and of who reads. */
export function wmsPasswords(secrets: Secrets): { world: string; reader: string } {
  const derive = (name: string) => derived(secrets, `wms/${name}`).slice(0, 24)
  return { world: derive('world'), reader: derive('reader') }
}
