import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configSchema, readConfig } from '../../contracts/config.ts'
import { readSimulatorConfig, simulatorConfigSchema } from '../../simulator/config.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully'])
const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  user: z.string().optional(),
  read_only: z.boolean().default(false),
  restart: z.string(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  profiles: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  deploy: z.object({ resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }) }),
})
type Service = z.output<typeof service>

const composeText = read('docker-compose.yml')
const compose = z
  .object({
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.object({})),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  })
  .parse(parse(composeText, { merge: true }))
const services = Object.entries(compose.services)
const LONG_RUNNING = ['api', 'worker', 'relay', 'channels'] as const

function named(name: string): Service {
  const found = compose.services[name]
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

/** `${NAME:?why}` and `${NAME:-default}`; `$$` is a dollar for the container's shell. */
const VARIABLE = /(?<!\$)\$\{([A-Z0-9_]+)(?::([?-])([^}]*))?\}/g

function interpolate(text: string, values: Record<string, string>): string {
  return text.replaceAll(VARIABLE, (_all, name: string, kind: string | undefined, rest = '') => {
    const value = values[name]
    if (value) return value
    if (kind === '-') return rest
    throw new Error(`${name} is not set`)
  })
}

const key = (letter: string) => `k1:${Buffer.alloc(32, letter).toString('base64')}`
/** What somebody might write into .env. */
const SAMPLE = {
  HUB_OWNER_PASSWORD: 'a1b2',
  HUB_APP_PASSWORD: 'c3d4',
  REDIS_PASSWORD: 'e5f6',
  TEMPORAL_DB_PASSWORD: 'a7b8',
  DATA_KEYS: key('d'),
  PAYLOAD_KEYS: key('p'),
  SESSION_SECRET: 's'.repeat(64),
  OUTSIDE_SECRET: 'o'.repeat(64),
  PDA_URL: 'https://pda.example.com',
  PAYMENT_URL: 'https://pay.example.com',
  COURIER_URL: 'https://courier.example.com',
  PUBLIC_API_URL: 'https://hub.example.com',
  TEMPORAL_WEB_ORIGIN: 'https://temporal.hub.example.com',
}

function environmentOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(named(name).environment).map(([variable, value]) => [
      variable,
      interpolate(value, SAMPLE),
    ]),
  )
}

describe('the settings of the processes', () => {
  test.each(LONG_RUNNING)('%s gets only settings that the schema knows, and every required one', (name) => {
    const environment = environmentOf(name)
    const known = Object.keys(configSchema.shape)
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([])
    expect(() => readConfig(environment)).not.toThrow()
  })

  test('migrate alone gets the rights of the schema’s owner', () => {
    expect(Object.keys(environmentOf('migrate')).sort()).toEqual(['DATABASE_OWNER_URL', 'HUB_APP_PASSWORD'])
    for (const [name, { environment }] of services.filter(
      ([other]) => !['migrate', 'postgres'].includes(other),
    )) {
      expect(JSON.stringify(environment), name).not.toMatch(/hub_owner|HUB_OWNER_PASSWORD/)
    }
  })

  test('roles, passwords and databases of the clients are those of the servers', () => {
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = environmentOf('postgres')
    expect(environmentOf('migrate').DATABASE_OWNER_URL).toBe(
      `postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
    )
    const { DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS } = environmentOf('api')
    expect(DATABASE_URL).toBe(
      `postgresql://hub_app:${environmentOf('migrate').HUB_APP_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
    )
    expect(REDIS_URL).toBe(`redis://:${environmentOf('redis').REDISCLI_AUTH}@redis:6379`)
    expect(TEMPORAL_ADDRESS).toBe(environmentOf('temporal-ui').TEMPORAL_ADDRESS)
    expect(environmentOf('worker').TEMPORAL_NAMESPACE).toBe(environmentOf('temporal-setup').NAMESPACE)
    expect(environmentOf('worker').TEMPORAL_TASK_QUEUE).toBe(environmentOf('relay').TEMPORAL_TASK_QUEUE)
  })

  test('the simulator gets only settings that it knows, and only in the profile demo', () => {
    const environment = environmentOf('simulator')
    const known = Object.keys(simulatorConfigSchema.shape)
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([])
    expect(() => readSimulatorConfig(environment)).not.toThrow()
    expect(services.filter(([, { profiles }]) => profiles.length > 0).map(([name]) => name)).toEqual([
      'simulator',
      'wms',
    ])
    expect(named('simulator').profiles).toEqual(['demo'])
    expect(named('wms').profiles).toEqual(['demo'])
  })
})

describe('secrets', () => {
  test('no secret has a default, and none stands in the file', () => {
    const secret = /PASSWORD|SECRET|PWD|AUTH|_KEYS?$/
    for (const [name, { environment, profiles }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (secret.test(variable) && profiles.length === 0) {
          expect(value, `${name}: ${variable}`).toMatch(/^\$\{[A-Z0-9_]+:(\?[^}]+|-)\}$/)
        }
        const password = /:\/\/[^:/]*:([^@]*)@/.exec(value)?.[1]
        if (password !== undefined)
          expect(password, `${name}: ${variable}`).toMatch(/^\$\{[A-Z0-9_]+:\?[^}]+\}$/)
      }
    }
    const defaults = [...composeText.matchAll(VARIABLE)].filter(
      ([, name = '', kind]) => secret.test(name) && kind === '-',
    )
    // Empty: of couriers and providers that need not be used, and of the simulated world.
    expect([...new Set(defaults.map(([, name]) => name))]).toEqual([
      'KUAIDI100_KEY',
      'KUAIDI100_SALT_KEYS',
      'ERP_SECRET',
      'ERP_API_KEY',
      'ERP_API_SECRET',
      'FINANCE_SECRET',
      'CRM_SECRET',
      'SMS_KEY_SECRET',
      'SMS_REPORT_SECRETS',
      'WECHAT_APP_SECRET',
      'WECHAT_OFFICIAL_APP_SECRET',
      'WECOM_SECRET',
      'WECOM_CALLBACK_AES_KEY',
      'WECOM_ROBOT_KEY',
      'FILES_S3_KEY_SECRET',
      'OIDC_CLIENT_SECRET',
      'HUB_WAREHOUSE_KEY',
      'SIMULATOR_WMS_PASSWORD',
      'SIMULATOR_WMS_READER_PASSWORD',
    ])
    for (const [, , , fallback] of defaults) expect(fallback).toBe('')
  })

  test('.env.example names every variable, and leaves every required one for people to fill in', () => {
    const example = new Map(
      [...read('.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    const variables = [...composeText.matchAll(VARIABLE)]
    expect([...example.keys()].sort()).toEqual([...new Set(variables.map(([, name]) => name))].sort())
    for (const [, name = '', kind] of variables) if (kind === '?') expect(example.get(name), name).toBe('')
  })
})

describe('images', () => {
  test('every image is pinned to a full version', () => {
    for (const [name, { image, build }] of services) {
      if (build === undefined) expect(image, name).toMatch(/:\d+\.\d+/)
    }
    const bases = [...read('Dockerfile').matchAll(/^(?:FROM|ARG NODE_IMAGE=)\s*(\S+)/gm)].map(
      ([, base = '']) => base,
    )
    expect(bases.length).toBeGreaterThan(0)
    for (const base of bases) expect(base).toMatch(/^(\$\{NODE_IMAGE\}|node:\d+\.\d+\.\d+-bookworm-slim)$/)
  })

  test('the tools of Temporal are those of its server', () => {
    const [, version = ''] = named('temporal').image.split(':')
    expect(named('temporal-schema').image).toContain(`:${version}-`)
    expect(named('temporal-setup').image).toBe(named('temporal-schema').image)
  })

  test('the image runs as nobody special and holds every program that a service starts', () => {
    const dockerfile = read('Dockerfile')
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
    expect(dockerfile).toContain('connectors/temporal/failure-converter.cjs')
    const outputs = [...read('scripts/build.ts').matchAll(/^ {2}(\w+): '\w+\/\w+\.ts',$/gm)].map(
      ([, name]) => `dist/${name}.js`,
    )
    for (const [name, { command }] of services.filter(([, { build }]) => build !== undefined)) {
      expect(outputs, name).toContain(command.at(-1))
    }
    expect(environmentOf('worker').WORKFLOW_BUNDLE).toBe('/app/dist/workflow-bundle.js')
  })
})

describe('what can be reached', () => {
  test('only the API and Temporal Web are published, on the ports that they listen on', () => {
    expect(
      services
        .filter(([, { ports }]) => ports.length > 0)
        .map(([name]) => name)
        .sort(),
    ).toEqual(['api', 'temporal-ui'])
    for (const [name, port] of [
      ['api', environmentOf('api').API_PORT],
      ['temporal-ui', environmentOf('temporal-ui').TEMPORAL_UI_PORT],
    ] as const) {
      expect(named(name).ports.map((entry) => interpolate(entry, {}))).toEqual([
        expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+:${port}$`)),
      ])
    }
  })

  test('the stores have no way in or out', () => {
    expect(compose.networks.stores?.internal).toBe(true)
    for (const name of ['postgres', 'redis', 'temporal-postgres', 'temporal', 'migrate']) {
      expect(named(name).networks, name).toEqual(['stores'])
    }
  })

  test('Temporal Web decodes at the API, with the session’s cookie, from the origin that the API trusts', () => {
    const web = environmentOf('temporal-ui')
    expect(web.TEMPORAL_CODEC_ENDPOINT).toBe(`${SAMPLE.PUBLIC_API_URL}/codec`)
    expect(web.TEMPORAL_CODEC_INCLUDE_CREDENTIALS).toBe('true')
    expect(web.TEMPORAL_CORS_ORIGINS).toBe(environmentOf('api').TEMPORAL_WEB_ORIGIN)
  })

  test('every container runs without root, without capabilities, and within limits', () => {
    const writing = services.filter(([, entry]) => !entry.read_only).map(([name]) => name)
    expect(writing.sort()).toEqual(['temporal', 'temporal-ui']) // their start scripts write configuration files
    for (const [name, entry] of services) {
      expect(entry.user, name).toMatch(/^(?!root)[a-z]+$/)
      expect(entry.cap_drop, name).toEqual(['ALL'])
      expect(entry.security_opt, name).toEqual(['no-new-privileges:true'])
    }
  })
})

describe('starting and staying', () => {
  test('one-shots end and are waited for; whatever else is waited for has a health check', () => {
    const oneShots = services.filter(([, { restart }]) => restart !== 'unless-stopped').map(([name]) => name)
    expect(oneShots.sort()).toEqual(['migrate', 'temporal-schema', 'temporal-setup'])
    for (const [name, entry] of services) {
      expect(entry.healthcheck !== undefined, name).toBe(!oneShots.includes(name))
      for (const [other, { condition }] of Object.entries(entry.depends_on)) {
        expect(Object.keys(compose.services), name).toContain(other)
        expect(condition === 'service_completed_successfully', `${name} on ${other}`).toBe(
          oneShots.includes(other),
        )
      }
    }
  })

  test('orders are taken while Temporal is away: the API waits for the schema only', () => {
    expect(Object.keys(named('api').depends_on).sort()).toEqual(['migrate', 'redis'])
    expect(named('api').healthcheck?.test.join(' ')).toContain('/healthz')
  })

  test('no order starts before its search attributes are registered', () => {
    for (const name of ['worker', 'relay']) {
      expect(named(name).depends_on['temporal-setup']?.condition).toBe('service_completed_successfully')
    }
  })

  test('health checks ask on the ports that the processes listen on', () => {
    const ports = {
      api: 'API_PORT',
      worker: 'METRICS_PORT',
      relay: 'METRICS_PORT',
      simulator: 'SIMULATOR_PORT',
    }
    for (const [name, variable] of Object.entries(ports)) {
      expect(named(name).healthcheck?.test.join(' '), name).toContain(
        `127.0.0.1:${environmentOf(name)[variable]}/`,
      )
    }
  })

  test('whatever must outlive a container is in a declared volume', () => {
    const used = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0]))
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort())
    // What one process writes there another one reads.
    for (const name of ['api', 'relay']) {
      expect(named(name).volumes, name).toEqual([`files:${environmentOf(name).FILES_DIR}`])
    }
    for (const name of ['postgres', 'redis', 'temporal-postgres'])
      expect(named(name).volumes, name).toHaveLength(1)
  })

  test('Redis keeps what it has acknowledged', () => {
    const command = named('redis').command.join(' ')
    for (const setting of ['--appendonly yes', '--appendfsync always', '--maxmemory-policy noeviction']) {
      expect(command).toContain(setting)
    }
  })
})

test('the search attributes are those of npm start, and what starts workflows sets no other', () => {
  const registered = Object.fromEntries(
    (environmentOf('temporal-setup').SEARCH_ATTRIBUTES ?? '').split(' ').map((entry) => entry.split('=')),
  )
  const [, listed = ''] = /const searchAttributes = \{([^}]*)\}/.exec(read('scripts/parts/temporal.ts')) ?? []
  const started = Object.fromEntries(
    [...listed.matchAll(/(\w+): '(\w+)'/g)].map(([, name, type]) => [name, type]),
  )
  expect(registered).toEqual(started)
  const starters = ['workers/order-relay.ts', 'workers/carried.ts'].map(read).join('\n')
  const set = [...starters.matchAll(/defineSearchAttributeKey\('(\w+)', '(\w+)'\)/g)]
  const types: Record<string, string> = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', BOOL: 'Bool' }
  expect(Object.fromEntries(set.map(([, name, type = '']) => [name, types[type]]))).toEqual(registered)
})
