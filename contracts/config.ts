import { z } from 'zod'
import { LIMITS } from './common.ts'

const url = (protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => protocols.some((protocol) => value.startsWith(`${protocol}:`)),
      `must be a ${protocols.join(' or ')} URL`,
    )

/** Where an outside system listens. Its paths are part of the protocol, so that only the origin is configured. */
const origin = url(['http', 'https']).refine(
  (value) => /^https?:\/\/[^/]+\/?$/.test(value),
  'must have no path',
)

/** "id:base64 of 32 bytes", the newest first; older keys stay listed until nothing is sealed with them. */
const keyRing = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/=]{44}(,[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/=]{44})*$/,
    'must be "id:base64 of 32 bytes", comma separated',
  )

const port = z.coerce.number().int().min(0).max(65_535)

/**
 * Every setting of every process, read once from the environment. Names in docs/configuration and the compose file
 * are checked against this schema.
 */
export const configSchema = z.strictObject({
  DATABASE_URL: url(['postgres', 'postgresql']),
  /** Connections per process. Transactions are short; a larger pool only moves the queue into the database. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),
  REDIS_URL: url(['redis', 'rediss']).optional(),
  TEMPORAL_ADDRESS: z.string().min(1),
  /** Paths of PEM files. Any of the five turns TLS on. */
  TEMPORAL_TLS_CA: z.string().min(1).optional(),
  TEMPORAL_TLS_CERT: z.string().min(1).optional(),
  TEMPORAL_TLS_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS_SERVER_NAME: z.string().min(1).optional(),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('orders'),
  /** Path of the workflow bundle built beforehand; without it the worker bundles at start. */
  WORKFLOW_BUNDLE: z.string().optional(),
  API_HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: port.default(8080),
  DATA_KEYS: keyRing,
  PAYLOAD_KEYS: keyRing,
  SESSION_SECRET: z.string().min(32),
  /** The company's OpenID provider. */
  OIDC_ISSUER_URL: url(['http', 'https']).optional(),
  OIDC_CLIENT_ID: z.string().min(1).max(200).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).max(1_000).optional(),
  /** Where it sends browsers back to, as it is registered there. */
  OIDC_REDIRECT_URL: url(['http', 'https'])
    .refine((value) => value.endsWith('/v1/session/oidc/callback'), 'must end with /v1/session/oidc/callback')
    .optional(),
  /** The claim that is the user name of an account. */
  OIDC_USER_CLAIM: z.string().min(1).max(100).default('preferred_username'),
  /** Set behind TLS, so that the session cookie never travels in clear. */
  COOKIE_SECURE: z.stringbool().default(false),
  TRUST_PROXY: z.stringbool().default(false),
  TRUST_TEMPORAL_CLI: z.stringbool().default(false),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(6_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  PDA_URL: origin,
  PAYMENT_URL: origin,
  COURIER_URL: origin,
  /** Kuaidi100 follows parcels of the couriers that it knows, if customer and key are given. */
  KUAIDI100_URL: url(['http', 'https']).default('https://poll.kuaidi100.com'),
  KUAIDI100_CUSTOMER: z.string().min(1).max(128).optional(),
  KUAIDI100_KEY: z.string().min(1).max(128).optional(),
  KUAIDI100_QUERIES_PER_SECOND: z.coerce.number().int().min(1).max(1_000).default(1),
  /** Where Kuaidi100 reaches `/v1/webhooks/couriers/kuaidi100` from outside. Absent: parcels are only asked about. */
  KUAIDI100_CALLBACK_URL: url(['http', 'https']).optional(),
  /** What the salts of subscriptions are made from, the newest first: older ones still check pushes. */
  KUAIDI100_SALT_KEYS: z
    .string()
    .transform((value) => value.split(','))
    .pipe(z.array(z.string().min(32, 'must be 32 characters or more each')).min(1).max(10))
    .optional(),
  /** SF's own interface (丰桥) for SF's parcels, if partner and check word are given. */
  SF_URL: url(['http', 'https']).default('https://bspgw.sf-express.com/std/service'),
  SF_PARTNER_ID: z.string().min(1).max(128).optional(),
  SF_CHECK_WORD: z.string().min(1).max(128).optional(),
  /** Last four digits of the phone that parcels are sent with: some couriers want them as a proof. */
  SENDER_PHONE_TAIL: z
    .string()
    .regex(/^[0-9]{4}$/, 'must be four digits')
    .optional(),
  /** Without it what the own mall’s stores should show is decided, but not sent. */
  MALL_URL: origin.optional(),
  OUTSIDE_SECRET: z.string().min(32),
  /** The ERP that is told of approved changes. Absent: none is. */
  ERP_KIND: z.enum(['http', 'erpnext']).optional(),
  ERP_URL: url(['http', 'https']).optional(),
  /** `http`: what calls are signed with. */
  ERP_SECRET: z.string().min(32).optional(),
  /** `erpnext`: key and secret of the user that the hub is there. */
  ERP_API_KEY: z.string().min(1).max(128).optional(),
  ERP_API_SECRET: z.string().min(1).max(128).optional(),
  ERP_CALLS_PER_SECOND: z.coerce.number().int().min(1).max(1_000).default(5),
  /** The finance system that tells what was settled. Absent: only what people upload is compared. */
  FINANCE_URL: url(['http', 'https']).optional(),
  FINANCE_SECRET: z.string().min(32).optional(),
  /** The CRM that tells whose orders are whose. Absent: it is not compared. */
  CRM_URL: url(['http', 'https']).optional(),
  CRM_SECRET: z.string().min(32).optional(),
  /** Who carries text messages to customers. Absent: none are sent. */
  SMS_PROVIDER: z.enum(['aliyun', 'tencent']).optional(),
  /** Where the provider is called; absent: at its own address. */
  SMS_URL: url(['http', 'https']).optional(),
  SMS_KEY_ID: z.string().min(1).max(128).optional(),
  SMS_KEY_SECRET: z.string().min(1).max(128).optional(),
  SMS_SIGN_NAME: z.string().min(1).max(40).optional(),
  /** Tencent’s alone: the application, and the region that is called. */
  SMS_APP_ID: z
    .string()
    .regex(/^\d{1,20}$/, 'must be a number')
    .optional(),
  SMS_REGION: z
    .string()
    .regex(/^[a-z-]{1,32}$/, 'must be a region such as ap-guangzhou')
    .default('ap-guangzhou'),
  /**
   * What ends the address that operators' reports are pushed to, the newest first: they are not signed. Absent: reports are only
   * asked for.
   */
  SMS_REPORT_SECRETS: z
    .string()
    .transform((value) => value.split(','))
    .pipe(
      z
        .array(z.string().regex(/^[A-Za-z0-9_-]{32,128}$/, 'must be 32 letters and digits or more each'))
        .min(1)
        .max(10),
    )
    .optional(),
  /** Networks that reports are taken from: addresses and ranges after commas. Absent: from anywhere. */
  SMS_REPORT_SOURCES: z
    .string()
    .regex(/^[A-Fa-f0-9.:/]+( *, *[A-Fa-f0-9.:/]+)*$/, 'must be addresses or ranges after commas')
    .optional(),
  /** The mini-program whose buyers get subscribe messages, if both are given. */
  WECHAT_URL: url(['http', 'https']).default('https://api.weixin.qq.com'),
  WECHAT_APP_ID: z.string().min(1).max(64).optional(),
  WECHAT_APP_SECRET: z.string().min(1).max(128).optional(),
  /** The official account (公众号) whose followers get template messages, if both are given. */
  WECHAT_OFFICIAL_APP_ID: z.string().min(1).max(64).optional(),
  WECHAT_OFFICIAL_APP_SECRET: z.string().min(1).max(128).optional(),
  /** The merchant's WeCom app that sends approvers their cards, if all five are given. */
  WECOM_URL: url(['http', 'https']).default('https://qyapi.weixin.qq.com'),
  WECOM_CORP_ID: z.string().min(1).max(64).optional(),
  WECOM_AGENT_ID: z
    .string()
    .regex(/^\d{1,10}$/, 'must be a number')
    .optional(),
  WECOM_SECRET: z.string().min(1).max(128).optional(),
  /** What the app's callbacks are signed and sealed with. */
  WECOM_CALLBACK_TOKEN: z.string().min(1).max(32).optional(),
  WECOM_CALLBACK_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, 'must be an EncodingAESKey of 43 letters and digits')
    .optional(),
  /** The key in the webhook of the group's robot that says which stock runs out. */
  WECOM_ROBOT_KEY: z.string().min(1).max(128).optional(),
  /** Where cards lead to, `{token}` being a link's token. Absent: they lead nowhere. */
  WECOM_PAGE_URL: url(['http', 'https'])
    .refine((value) => value.includes('{token}'), 'must contain {token}')
    .optional(),
  TEMPORAL_WEB_ORIGIN: url(['http', 'https']).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http', 'https']).optional(),
  /** "host:port" where the worker serves the metrics of Temporal's core; absent: not at all. */
  TEMPORAL_METRICS_ADDRESS: z
    .string()
    .regex(/^[^:]+:[0-9]+$/, 'must be host:port')
    .optional(),
  /** Private networks and hosts that events may be sent to: addresses, ranges and names, after commas. */
  EVENT_ALLOWED_TARGETS: z
    .string()
    .regex(
      /^[A-Za-z0-9.:/_-]+( *, *[A-Za-z0-9.:/_-]+)*$/,
      'must be addresses, ranges or host names after commas',
    )
    .optional(),
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(7).max(3_650).default(30),
  INBOX_BODY_MONTHS: z.coerce.number().int().min(2).max(120).default(6),
  /** Folder of exports and attachments; API and relay must see the same one. */
  FILES_DIR: z.string().min(1).default('.data/files'),
  /** A bucket of S3, or of whoever speaks like it, instead of the folder, if all three are given. */
  FILES_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  FILES_S3_KEY_ID: z.string().min(1).max(128).optional(),
  FILES_S3_KEY_SECRET: z.string().min(1).max(128).optional(),
  FILES_S3_ENDPOINT: url(['http', 'https']).optional(),
  FILES_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be a region such as cn-north-1')
    .default('us-east-1'),
  FILES_S3_PATH_STYLE: z.stringbool().default(true),
  /** Of one attachment of a change request. */
  ATTACHMENT_MEBIBYTES: z.coerce.number().int().min(1).max(50).default(10),
  /** A telephone's best camera writes some 40 of them. */
  INSPECTION_PHOTO_MEBIBYTES: z.coerce.number().int().min(1).max(50).default(40),
  ATTACHMENTS_PER_REQUEST: z.coerce.number().int().min(1).max(LIMITS.attachments).default(10),
  /** After the request has ended. Three years are what the E-Commerce Law (art. 31) wants of a trade's records. */
  ATTACHMENT_RETENTION_DAYS: z.coerce.number().int().min(30).max(3_650).default(1_095),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  /** Where worker and relay serve /metrics and /readyz; 0 takes any free port. */
  METRICS_PORT: port.default(0),
})

export type Config = z.output<typeof configSchema>

/** Settings that are of use only together, both ways round, or the first only with the second. */
const PAIRS = [
  ['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY'],
  ['TEMPORAL_TLS_KEY', 'TEMPORAL_TLS_CERT'],
  ['KUAIDI100_KEY', 'KUAIDI100_CUSTOMER'],
  ['KUAIDI100_CUSTOMER', 'KUAIDI100_KEY'],
  ['KUAIDI100_CALLBACK_URL', 'KUAIDI100_SALT_KEYS'],
  ['SF_PARTNER_ID', 'SF_CHECK_WORD'],
  ['SF_CHECK_WORD', 'SF_PARTNER_ID'],
  ['WECHAT_APP_ID', 'WECHAT_APP_SECRET'],
  ['WECHAT_APP_SECRET', 'WECHAT_APP_ID'],
  ['WECHAT_OFFICIAL_APP_ID', 'WECHAT_OFFICIAL_APP_SECRET'],
  ['WECHAT_OFFICIAL_APP_SECRET', 'WECHAT_OFFICIAL_APP_ID'],
  ['SMS_REPORT_SECRETS', 'SMS_PROVIDER'],
  ['SMS_REPORT_SOURCES', 'SMS_REPORT_SECRETS'],
  ['WECOM_CORP_ID', 'WECOM_AGENT_ID'],
  ['WECOM_CORP_ID', 'WECOM_SECRET'],
  // WeCom refuses cards with buttons of an app that cannot be called back.
  ['WECOM_CORP_ID', 'WECOM_CALLBACK_TOKEN'],
  ['WECOM_CORP_ID', 'WECOM_CALLBACK_AES_KEY'],
  ['WECOM_AGENT_ID', 'WECOM_CORP_ID'],
  ['WECOM_SECRET', 'WECOM_CORP_ID'],
  ['WECOM_CALLBACK_TOKEN', 'WECOM_CORP_ID'],
  ['WECOM_CALLBACK_AES_KEY', 'WECOM_CORP_ID'],
  ['WECOM_PAGE_URL', 'WECOM_CORP_ID'],
  ['OIDC_ISSUER_URL', 'OIDC_CLIENT_ID'],
  ['OIDC_ISSUER_URL', 'OIDC_CLIENT_SECRET'],
  ['OIDC_ISSUER_URL', 'OIDC_REDIRECT_URL'],
  ['OIDC_CLIENT_ID', 'OIDC_ISSUER_URL'],
  ['OIDC_CLIENT_SECRET', 'OIDC_ISSUER_URL'],
  ['OIDC_REDIRECT_URL', 'OIDC_ISSUER_URL'],
  ['SMS_PROVIDER', 'SMS_KEY_ID'],
  ['SMS_PROVIDER', 'SMS_KEY_SECRET'],
  ['SMS_PROVIDER', 'SMS_SIGN_NAME'],
  ['ERP_KIND', 'ERP_URL'],
  ['FINANCE_URL', 'FINANCE_SECRET'],
  ['CRM_URL', 'CRM_SECRET'],
  ['FILES_S3_BUCKET', 'FILES_S3_KEY_ID'],
  ['FILES_S3_BUCKET', 'FILES_S3_KEY_SECRET'],
  ['FILES_S3_KEY_ID', 'FILES_S3_BUCKET'],
  ['FILES_S3_KEY_SECRET', 'FILES_S3_BUCKET'],
  ['FILES_S3_ENDPOINT', 'FILES_S3_BUCKET'],
] as const

/** Settings that one value of another needs. */
const NEEDED = [
  ['SMS_PROVIDER', 'tencent', 'SMS_APP_ID'],
  ['ERP_KIND', 'http', 'ERP_SECRET'],
  ['ERP_KIND', 'erpnext', 'ERP_API_KEY'],
  ['ERP_KIND', 'erpnext', 'ERP_API_SECRET'],
] as const

const wholeSchema = configSchema.check((context) => {
  for (const [setting, value, missing] of NEEDED) {
    if (context.value[setting] !== value || context.value[missing] !== undefined) continue
    const message = `is needed with ${value}`
    context.issues.push({ code: 'custom', message, path: [missing], input: undefined })
  }
  for (const [given, missing] of PAIRS) {
    if (context.value[given] === undefined || context.value[missing] !== undefined) continue
    context.issues.push({
      code: 'custom',
      message: `is needed with ${given}`,
      path: [missing],
      input: undefined,
    })
  }
})

const NAMES: ReadonlySet<string> = new Set(Object.keys(configSchema.shape))
/** Prefixes that belong to the hub alone: a misspelt name under one of them is an error, not a silent default. */
const OWN_PREFIXES = [
  'DATABASE_',
  'TEMPORAL_',
  'API_',
  'DATA_',
  'PAYLOAD_',
  'SESSION_',
  'OIDC_',
  'METRICS_',
  'FILES_',
  'ATTACHMENT',
  'INSPECTION_',
  'INBOX_',
  'EVENT_',
  'RATE_LIMIT_',
  'PDA_',
  'PAYMENT_',
  'COURIER_',
  'KUAIDI100_',
  'SF_',
  'SENDER_',
  'MALL_',
  'OUTSIDE_',
  'ERP_',
  'FINANCE_',
  'CRM_',
  'SMS_',
  'WECHAT_',
  'WECOM_',
]
/** Read by the migration and by tools, not by the long-running processes. */
const FOREIGN: ReadonlySet<string> = new Set(['DATABASE_OWNER_URL'])

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error naming each wrong or unknown variable, without its value
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const own = Object.entries(environment).filter(
    ([name, value]) =>
      value !== undefined &&
      value !== '' &&
      !FOREIGN.has(name) &&
      (NAMES.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix))),
  )
  const result = wholeSchema.safeParse(Object.fromEntries(own))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const name = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')
    return `${name}: ${issue.code === 'unrecognized_keys' ? 'unknown setting' : issue.message}`
  })
  throw new Error(`configuration is not usable:\n  ${problems.join('\n  ')}`)
}

const SECRET = /KEY|SECRET|TOKEN|PASSWORD|CHECK_WORD|PHONE/

/** The configuration as it may be printed: secrets replaced, and of URLs neither password nor query. */
export function redactConfig(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, SECRET.test(name) ? REDACTED : redactUrl(value)]),
  )
}

const REDACTED = '[redacted]'

function redactUrl(value: unknown): unknown {
  if (typeof value !== 'string' || !URL.canParse(value)) return value
  const { protocol, username, password, host, pathname } = new URL(value)
  if (host === '') return value
  const credentials =
    username === '' && password === '' ? '' : `${username}${password === '' ? '' : `:${REDACTED}`}@`
  return `${protocol}//${credentials}${host}${pathname === '/' ? '' : pathname}`
}
