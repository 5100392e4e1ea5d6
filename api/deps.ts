import type { PayloadCodec } from '@temporalio/common'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { ChannelConnectors } from '../connectors/channels/channel.ts'
import type { FileStore } from '../connectors/files/file-store.ts'
import type { OrderCommands } from '../connectors/temporal/order-commands.ts'
import type { PromotionCommands } from '../connectors/temporal/promotion-commands.ts'
import type { WmsReader } from '../connectors/wms/reader.ts'
import type { Config } from '../contracts/config.ts'
import type { Db } from '../store/database.ts'
import type { DurableIntake } from '../store/durable-intake.ts'
import type { KeyRing } from '../store/keyring.ts'
import type { Policies } from '../store/policy-cache.ts'
import type { ShopAccounts } from '../store/shop-accounts.ts'
import type { CardDecisions } from './card-decisions.ts'
import type { EventStreamLimits } from './event-stream.ts'
import type { PressureLimits } from './plugins/limits.ts'

/** What the API needs from outside. Clock and ids are injected, so that tests decide them. */
export type ApiDeps = {
  config: Config
  db: Db
  /** Null, or away: the rate limit then counts per process, or lets everybody in. */
  redis: Redis | null
  orderCommands: OrderCommands
  promotionCommands: PromotionCommands
  keyRing: KeyRing
  policies: Policies
  /** The platforms that this version can talk to. */
  connectors: ChannelConnectors
  shops: ShopAccounts
  /** Exports; shared with the relay. */
  files: FileStore
  /** Keeps what platforms push. */
  intake: Pick<DurableIntake, 'accept'>
  /** Tries a mapping before it is published. */
  wmsReader: WmsReader
  /** Opens Temporal's payloads for signed-in ops. */
  codec: PayloadCodec
  /** Who decides on what cards in WeCom ask; null: nobody, so that none are sent. */
  cardDecisions: CardDecisions | null
  /** Told after every commit that wrote an inbox row. */
  notice: { poke(): void }
  clock: { now(): Date }
  ids: { next(): string }
  logger: Logger
  temporalReady(): Promise<boolean>
  /** The folder of the built console, which is served at `/`; absent: the API alone. */
  consoleDir?: string
  /** Connections of the database pool, for the metrics. */
  poolUsage?: () => { total: number; idle: number; waiting: number }
  /** For tests, which reach these at once; otherwise the usual ones hold. */
  pressureLimits?: Partial<PressureLimits>
  wecomAnswerMs?: number
  eventStreamLimits?: Partial<EventStreamLimits>
}
