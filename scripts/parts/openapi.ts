import { Kysely, PostgresDialect } from 'kysely'
import { pino } from 'pino'
import { buildServer } from '../../api/server.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { createFileStore } from '../../connectors/files/file-store.ts'
import { PayloadCryptoCodec } from '../../connectors/temporal/codec.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { readConfig } from '../../contracts/config.ts'
import { createPool } from '../../store/database.ts'
import { DurableIntake } from '../../store/durable-intake.ts'
import { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import type { Database } from '../../store/schema.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'

/** Nobody listens there: only what the routes say of themselves is asked. */
const NOWHERE = 'http://127.0.0.1:1'
const KEYS = `k1:${Buffer.alloc(32).toString('base64')}`

/** The server's OpenAPI document, from its routes; no database, no Temporal, no network. */
export async function readOpenapi(): Promise<unknown> {
  const config = readConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    DATA_KEYS: KEYS,
    PAYLOAD_KEYS: KEYS,
    SESSION_SECRET: '-'.repeat(48),
    OUTSIDE_SECRET: '-'.repeat(48),
    PDA_URL: NOWHERE,
    PAYMENT_URL: NOWHERE,
    COURIER_URL: NOWHERE,
  })
  const pool = createPool(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const keyRing = KeyRing.parse(KEYS)
  const wmsReader = new WmsReader()
  const unasked = async (): Promise<never> => {
    throw new Error('this server only describes itself')
  }
  const app = await buildServer({
    config,
    db,
    redis: null,
    orderCommands: {
      cancel: unasked,
      requestReturn: unasked,
      decideReturn: unasked,
      receiveReturn: unasked,
      inspectReturn: unasked,
    },
    promotionCommands: { close: unasked },
    keyRing,
    policies: new Policies(),
    connectors: CHANNEL_CONNECTORS,
    shops: new ShopAccounts(db, keyRing),
    files: createFileStore(config.FILES_DIR),
    intake: new DurableIntake(db, { stream: null }),
    wmsReader,
    codec: new PayloadCryptoCodec(keyRing),
    cardDecisions: null,
    notice: { poke: () => undefined },
    clock: { now: () => new Date() },
    ids: { next: () => 'none' },
    logger: pino({ level: 'silent' }),
    temporalReady: unasked,
    // A busy machine is no reason not to answer: nobody else asks.
    pressureLimits: { maxEventLoopDelayMs: 0, maxHeapUsedBytes: 0 },
  })
  try {
    return (await app.inject('/openapi.json')).json()
  } finally {
    await app.close()
    await wmsReader.close()
    await db.destroy()
  }
}
