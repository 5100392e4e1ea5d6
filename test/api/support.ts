import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import { v7 as uuid } from 'uuid'
import type { ApiDeps } from '../../api/deps.ts'
import { createLogger } from '../../api/logger.ts'
import { buildServer } from '../../api/server.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { createFileStore } from '../../connectors/files/file-store.ts'
import { PayloadCryptoCodec } from '../../connectors/temporal/codec.ts'
import type { OrderCommands } from '../../connectors/temporal/order-commands.ts'
import type { PromotionCommands } from '../../connectors/temporal/promotion-commands.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { type Config, readConfig } from '../../contracts/config.ts'
import type { CommandAnswer } from '../../domain/order.ts'
import { ROLES, type Role } from '../../domain/role.ts'
import type { Db } from '../../store/database.ts'
import { DurableIntake } from '../../store/durable-intake.ts'
import { createApiKey, SYSTEMS, type System, upsertAccount } from '../../store/identity.ts'
import { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import { closePromotion } from '../../store/promotions.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

export const PASSWORD = 'correct horse battery staple'
export const DIVISION = '330110'
/** Keys and secrets of one test run, made on the spot. */
const key = (letter: string) => `k1:${Buffer.alloc(32, letter).toString('base64')}`

export type Command = {
  name: keyof OrderCommands
  orderId: string
  requestId: string
  mayCancelPaid?: boolean
}

/** Commands are answered here instead of by a workflow; what the API asked is kept. */
class ScriptedCommands implements OrderCommands {
  readonly sent: Command[] = []
  answer: (command: Command) => Promise<CommandAnswer> = async () => ({ accepted: true })
  cancel = this.#record('cancel')
  requestReturn = this.#record('requestReturn')
  decideReturn = this.#record('decideReturn')
  receiveReturn = this.#record('receiveReturn')
  inspectReturn = this.#record('inspectReturn')

  #record(name: keyof OrderCommands) {
    return (orderId: string, command: { requestId: string; mayCancelPaid?: boolean }) => {
      const { requestId, mayCancelPaid } = command
      const sent: Command = {
        name,
        orderId,
        requestId,
        ...(mayCancelPaid === undefined ? {} : { mayCancelPaid }),
      }
      this.sent.push(sent)
      return this.answer(sent)
    }
  }
}

export type TestApi = {
  app: FastifyInstance
  deps: ApiDeps
  database: TestDatabase
  commands: ScriptedCommands
  clock: { now: () => Date; advance: (ms: number) => void }
  /** Every line that was logged. */
  log: string[]
  keys: Record<System, string>
  /** The cookie of a signed-in person of this role, made on first use. */
  signIn: (role: Role) => Promise<string>
  as: (caller: System | Role | null, request: InjectOptions) => Promise<LightMyRequestResponse>
  /** Reads past every access rule. */
  rows: (query: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  close: () => Promise<void>
}

/**
 * The whole API over a database of its own, with a store in 华东 (ST-1) and one in 华南 (ST-2), warehouse WH-1, SKUs
 * SKU-1 and SKU-2 with 100 units each, a key for every system and an account for every role (people of stores
 * belong to ST-1, the director to 华东).
 */
export async function createTestApi(
  options: { config?: Partial<Config>; redis?: Redis | null; deps?: Partial<ApiDeps> } = {},
): Promise<TestApi> {
  const database = await createTestDatabase()
  const api = await openTestApi(database, await seedForOrders(database), options)
  return {
    ...api,
    close: async () => {
      await api.close()
      await database.destroy()
    },
  }
}

/** The API over a database that is there, for callers who are. `close` leaves the database. */
export async function openTestApi(
  database: TestDatabase,
  keys: Record<System, string>,
  options: Parameters<typeof createTestApi>[0] = {},
): Promise<TestApi> {
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  const commands = new ScriptedCommands()
  const log: string[] = []
  let offsetMs = 0
  const clock = {
    now: () => new Date(Date.now() + offsetMs),
    advance: (ms: number) => {
      offsetMs += ms
    },
  }
  const keyRing = KeyRing.parse(key('d'))
  const filesDir = await mkdtemp(join(tmpdir(), 'hub-files-'))
  const deps: ApiDeps = {
    config: { ...testConfig(database.appUrl), ...options.config },
    db: database.db,
    redis: options.redis ?? null,
    orderCommands: commands,
    promotionCommands: promotionCommandsOn(database),
    keyRing,
    policies: new Policies(),
    connectors: CHANNEL_CONNECTORS,
    shops: new ShopAccounts(database.db, keyRing),
    files: createFileStore(filesDir),
    intake: new DurableIntake(database.db, { stream: null }),
    wmsReader: new WmsReader(),
    codec: new PayloadCryptoCodec(KeyRing.parse(key('p'))),
    cardDecisions: null,
    notice: { poke: () => undefined },
    clock,
    ids: { next: () => uuid() },
    logger: createLogger('trace', { write: (line) => void log.push(line) }),
    temporalReady: async () => true,
    // A busy machine sheds no load of tests that are about something else.
    pressureLimits: { maxEventLoopDelayMs: 60_000, maxHeapUsedBytes: Number.MAX_SAFE_INTEGER },
    ...options.deps,
  }
  const app = await buildServer(deps)
  const cookies = new Map<Role, Promise<string>>()
  const signIn = (role: Role) => {
    const known = cookies.get(role) ?? signInAs(app, role)
    cookies.set(role, known)
    return known
  }
  return {
    app,
    deps,
    database,
    commands,
    clock,
    log,
    keys,
    signIn,
    as: async (caller, request) => {
      const credentials =
        caller === null
          ? {}
          : isSystem(caller)
            ? { authorization: `Bearer ${keys[caller]}` }
            : { cookie: await signIn(caller), 'x-order-hub': '1' }
      // One system is called ops and so is one role: people are asked for by `person`.
      return app.inject({ ...request, headers: { ...credentials, ...request.headers } })
    },
    rows: async (query, values = []) => (await owner.query(query, values)).rows,
    close: async () => {
      await app.close()
      await deps.wmsReader.close()
      await rm(filesDir, { recursive: true, force: true })
      await owner.end()
    },
  }
}

function isSystem(caller: System | Role): caller is System {
  return SYSTEMS.some((system) => system === caller)
}

export async function signInAs(app: FastifyInstance, role: Role): Promise<string> {
  const response = await app.inject({
    method: 'POST',
    url: '/v1/session',
    payload: { userName: userName(role), password: PASSWORD },
  })
  const [cookie] = response.cookies
  if (response.statusCode !== 200 || !cookie) throw new Error(`${role} could not sign in: ${response.body}`)
  return `${cookie.name}=${encodeURIComponent(cookie.value)}`
}

/** What a promotion's workflow does with a command, without a workflow. */
function promotionCommandsOn({ db }: TestDatabase): PromotionCommands {
  return { close: (promotionId, command) => closePromotion(db, { ...command, promotionId }) }
}

export function userName(role: Role): string {
  return role.replace('_', '-')
}

function testConfig(databaseUrl: string): Config {
  return readConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    DATA_KEYS: key('d'),
    PAYLOAD_KEYS: key('p'),
    SESSION_SECRET: 's'.repeat(48),
    PDA_URL: 'http://127.0.0.1:1',
    PAYMENT_URL: 'http://127.0.0.1:1',
    COURIER_URL: 'http://127.0.0.1:1',
    OUTSIDE_SECRET: 'o'.repeat(48),
    TEMPORAL_WEB_ORIGIN: 'http://127.0.0.1:8233',
    RATE_LIMIT_PER_MINUTE: '1000000',
  })
}

/** What `createTestApi` promises to be there. Returns the keys. */
export async function seedForOrders({ db }: TestDatabase): Promise<Record<System, string>> {
  await db
    .insertInto('sku')
    .values(
      ['SKU-1', 'SKU-2'].map((id) => ({
        id,
        name: `商品 ${id}`,
        category: '日用',
        standard_price_cents: 1_000,
        weight_grams: 500,
      })),
    )
    .execute()
  await db
    .insertInto('warehouse')
    .values({
      id: 'WH-1',
      name: '杭州仓',
      division_code: DIVISION,
      longitude: 120.1,
      latitude: 30.4,
      region: '华东',
    })
    .execute()
  await db
    .insertInto('store')
    .values([
      { id: 'ST-1', name: '一店', channel: 'mall', region: '华东' },
      { id: 'ST-2', name: '二店', channel: 'mall', region: '华南' },
    ])
    .execute()
  await db
    .insertInto('stock_level')
    .values(['SKU-1', 'SKU-2'].map((sku_id) => ({ sku_id, warehouse_id: 'WH-1', total: 100 })))
    .execute()
  return seedCallers(db, 'ST-1')
}

/** An account for each role, where a role belongs to one of this store, and a key for each system. */
export async function seedCallers(db: Db, storeId: string): Promise<Record<System, string>> {
  await Promise.all(
    ROLES.map((role) => {
      const ofStore = role === 'clerk' || role === 'team_lead' || role === 'store_manager'
      return upsertAccount(db, {
        userName: userName(role),
        displayName: role,
        role,
        password: PASSWORD,
        storeIds: ofStore ? [storeId] : [],
        region: role === 'regional_director' || role === 'inspector' ? '华东' : null,
      })
    }),
  )
  const secret = async (system: System) =>
    (await createApiKey(db, { name: `${system}-test`, system, storeIds: [] })).secret
  return {
    mall: await secret('mall'),
    payments: await secret('payments'),
    warehouse: await secret('warehouse'),
    ops: await secret('ops'),
  }
}

/** The body of an order that succeeds. */
export function orderBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    storeId: 'ST-1',
    channel: 'mall',
    contact: {
      name: '欧阳晓明',
      phone: '13812341234',
      divisionCode: DIVISION,
      address: '文一西路 969 号 3 幢',
      remark: '放门卫处',
    },
    lines: [{ skuId: 'SKU-1', quantity: 2, unitPriceCents: 1_000 }],
    ...changes,
  }
}

export function placeOrder(
  api: TestApi,
  changes: Record<string, unknown> = {},
  idempotencyKey: string = uuid(),
): Promise<LightMyRequestResponse> {
  return api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': idempotencyKey },
    payload: orderBody(changes),
  })
}

/** A client like the API process makes, for the Redis of the test run. */
export function redisAt(url: string): Redis {
  return new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 200 })
}
