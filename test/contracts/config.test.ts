import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configSchema, readConfig, redactConfig } from '../../contracts/config.ts'

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const REQUIRED = {
  DATABASE_URL: 'postgres://hub_app:pass-word-1@127.0.0.1:5432/hub',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  DATA_KEYS: `k1:${key(1)}`,
  PAYLOAD_KEYS: `k2:${key(2)},k1:${key(1)}`,
  SESSION_SECRET: 'session-secret-session-secret-1234',
  PDA_URL: 'http://127.0.0.1:9001',
  PAYMENT_URL: 'http://127.0.0.1:9002',
  COURIER_URL: 'https://courier.example',
  OUTSIDE_SECRET: 'outside-secret-outside-secret-1234',
}
const OIDC = {
  OIDC_ISSUER_URL: 'https://id.example/realms/company',
  OIDC_CLIENT_ID: 'order-hub',
  OIDC_CLIENT_SECRET: 'secret',
  OIDC_REDIRECT_URL: 'https://hub.example/v1/session/oidc/callback',
}
const names = Object.keys(configSchema.shape)
const problem = (environment: Record<string, string | undefined>) => {
  try {
    readConfig(environment)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('readConfig', () => {
  test('takes the required settings and fills in the rest', () => {
    expect(readConfig(REQUIRED)).toMatchObject({
      ...REQUIRED,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_TASK_QUEUE: 'orders',
      API_PORT: 8080,
      COOKIE_SECURE: false,
      LOG_LEVEL: 'info',
    })
  })

  test('names every setting that is missing, in one message', () => {
    const message = problem({})
    for (const name of Object.keys(REQUIRED)) expect(message).toContain(`${name}: `)
  })

  test.each(Object.keys(REQUIRED))('a missing or empty %s is named', (name) => {
    expect(problem({ ...REQUIRED, [name]: undefined })).toContain(name)
    expect(problem({ ...REQUIRED, [name]: '' })).toContain(name)
  })

  test.each([
    ['DATABASE_URL', 'mysql://127.0.0.1/hub'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['API_PORT', '65536'],
    ['KUAIDI100_SALT_KEYS', 'short'],
    ['SENDER_PHONE_TAIL', '12345'],
    ['API_PORT', 'eighty'],
    ['DATABASE_POOL_SIZE', '1'],
    ['INBOX_BODY_MONTHS', '1.5'],
    ['DATA_KEYS', 'k1:c2hvcnQ='],
    ['PAYLOAD_KEYS', key(1)],
    ['SESSION_SECRET', 'too short'],
    ['LOG_LEVEL', 'loud'],
    ['COOKIE_SECURE', 'maybe'],
    ['PDA_URL', 'ftp://pda'],
    ['PDA_URL', 'http://pda.example/path'],
  ])('a wrong %s is named, without its value', (name, value) => {
    const message = problem({ ...REQUIRED, [name]: value })
    expect(message).toContain(name)
    expect(message).not.toContain(value)
  })

  test.each([
    'DATABASE_POOLSIZE',
    'TEMPORAL_ADRESS',
    'API_PROT',
    'METRICS_PROT',
    'DATA_KEY',
    'SESSION_SECRETS',
    'OIDC_ISSUER',
  ])('a misspelt %s fails instead of being ignored', (name) => {
    expect(problem({ ...REQUIRED, [name]: '1' })).toContain(`${name}: unknown setting`)
  })

  test('variables of other programs, and those of the migration alone, are none of its business', () => {
    const others = {
      PATH: '/bin',
      HOME: '/root',
      PGHOST: 'db',
      DATABASE_OWNER_URL: 'postgres://owner@127.0.0.1/hub',
    }
    expect(problem({ ...REQUIRED, ...others })).toBeNull()
  })

  test.each([
    ['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY'],
    ['TEMPORAL_TLS_KEY', 'TEMPORAL_TLS_CERT'],
  ])('%s without %s is named: a certificate and its key go together', (given, missing) => {
    expect(problem({ ...REQUIRED, [given]: 'file.pem' })).toContain(`${missing}: is needed with ${given}`)
    expect(problem({ ...REQUIRED, [given]: 'a.pem', [missing]: 'b.pem' })).toBeNull()
  })

  test('an OpenID provider is named with all that it is called by, or not at all', () => {
    expect(problem({ ...REQUIRED, ...OIDC })).toBeNull()
    for (const name of Object.keys(OIDC))
      expect(problem({ ...REQUIRED, ...OIDC, [name]: undefined })).toContain(`${name}: is needed with OIDC_`)
    const elsewhere = { ...OIDC, OIDC_REDIRECT_URL: 'https://hub.example/' }
    expect(problem({ ...REQUIRED, ...elsewhere })).toContain('OIDC_REDIRECT_URL: must end with')
  })

  test('an ERP that is named needs its address, and what its kind is called with', () => {
    const http = { ...REQUIRED, ERP_KIND: 'http' }
    expect(problem(http)).toContain('ERP_URL: is needed with ERP_KIND')
    expect(problem(http)).toContain('ERP_SECRET: is needed with http')
    const erpnext = { ...REQUIRED, ERP_KIND: 'erpnext', ERP_URL: 'https://erp.example' }
    expect(problem(erpnext)).toContain('ERP_API_KEY: is needed with erpnext')
    expect(problem({ ...erpnext, ERP_API_KEY: 'k', ERP_API_SECRET: 's' })).toBeNull()
  })

  test('an empty optional setting is as good as none', () => {
    expect(readConfig({ ...REQUIRED, REDIS_URL: '', API_PORT: '' })).toMatchObject({ API_PORT: 8080 })
  })
})

describe('redactConfig', () => {
  test('shows no secret, no key and no password, and everything else', () => {
    const secrets = fc.record({
      password: fc.stringMatching(/^[A-Za-z0-9._~!$&'()*+,;=-]{12,30}$/),
      secret: fc.stringMatching(/^[ -~]{40,60}$/),
      bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    })
    fc.assert(
      fc.property(secrets, ({ password, secret, bytes }) => {
        const base64 = Buffer.from(bytes).toString('base64')
        const config = readConfig({
          ...REQUIRED,
          DATABASE_URL: `postgres://hub_app:${password}@127.0.0.1:5432/hub`,
          REDIS_URL: `redis://:${password}@127.0.0.1:6379`,
          COURIER_URL: `https://hub:${password}@courier.example`,
          SESSION_SECRET: secret,
          OUTSIDE_SECRET: secret,
          DATA_KEYS: `k1:${base64}`,
          PAYLOAD_KEYS: `k1:${base64}`,
        })
        const shown = JSON.stringify(redactConfig(config))
        for (const hidden of [password, secret, base64])
          expect(shown).not.toContain(JSON.stringify(hidden).slice(1, -1))
        expect(shown).toContain('postgres://hub_app:[redacted]@127.0.0.1:5432/hub')
        expect(shown).toContain('127.0.0.1:7233')
      }),
    )
  })

  test('hides every setting whose name says that it is secret', () => {
    const optional = {
      TEMPORAL_TLS_CERT: 'cert.pem',
      TEMPORAL_TLS_KEY: 'key.pem',
      TEMPORAL_API_KEY: 'secret',
      KUAIDI100_CUSTOMER: 'customer',
      KUAIDI100_KEY: 'secret',
      KUAIDI100_SALT_KEYS: 's'.repeat(32),
      SF_PARTNER_ID: 'partner',
      SF_CHECK_WORD: 'secret',
      ...OIDC,
      ERP_KIND: 'erpnext',
      ERP_URL: 'https://erp.example/site',
      ERP_SECRET: 's'.repeat(32),
      ERP_API_KEY: 'secret',
      ERP_API_SECRET: 'secret',
      FINANCE_URL: 'https://finance.example',
      FINANCE_SECRET: 's'.repeat(32),
      CRM_URL: 'https://crm.example',
      CRM_SECRET: 's'.repeat(32),
      SMS_PROVIDER: 'aliyun',
      SMS_KEY_ID: 'secret',
      SMS_KEY_SECRET: 'secret',
      SMS_SIGN_NAME: '商城',
      SMS_REPORT_SECRETS: 'r'.repeat(32),
      WECHAT_APP_ID: 'app',
      WECHAT_APP_SECRET: 'secret',
      WECHAT_OFFICIAL_APP_ID: 'app',
      WECHAT_OFFICIAL_APP_SECRET: 'secret',
      WECOM_CORP_ID: 'corp',
      WECOM_AGENT_ID: '1000002',
      WECOM_SECRET: 'secret',
      WECOM_CALLBACK_TOKEN: 'secret',
      WECOM_CALLBACK_AES_KEY: 's'.repeat(43),
      WECOM_ROBOT_KEY: 'secret',
      FILES_S3_BUCKET: 'hub-files',
      FILES_S3_KEY_ID: 'secret',
      FILES_S3_KEY_SECRET: 'secret',
    }
    const shown = redactConfig(readConfig({ ...REQUIRED, ...optional }))
    const secret = names.filter((name) => /KEY|SECRET|PASSWORD|TOKEN|CHECK_WORD/.test(name))
    expect(secret).toEqual([
      'TEMPORAL_TLS_KEY',
      'TEMPORAL_API_KEY',
      'DATA_KEYS',
      'PAYLOAD_KEYS',
      'SESSION_SECRET',
      'OIDC_CLIENT_SECRET',
      'KUAIDI100_KEY',
      'KUAIDI100_SALT_KEYS',
      'SF_CHECK_WORD',
      'OUTSIDE_SECRET',
      'ERP_SECRET',
      'ERP_API_KEY',
      'ERP_API_SECRET',
      'FINANCE_SECRET',
      'CRM_SECRET',
      'SMS_KEY_ID',
      'SMS_KEY_SECRET',
      'SMS_REPORT_SECRETS',
      'WECHAT_APP_SECRET',
      'WECHAT_OFFICIAL_APP_SECRET',
      'WECOM_SECRET',
      'WECOM_CALLBACK_TOKEN',
      'WECOM_CALLBACK_AES_KEY',
      'WECOM_ROBOT_KEY',
      'FILES_S3_KEY_ID',
      'FILES_S3_KEY_SECRET',
    ])
    for (const name of secret) expect(shown[name]).toBe('[redacted]')
  })
})
