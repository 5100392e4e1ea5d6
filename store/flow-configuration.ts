import { sql } from 'kysely'
import type { FlowConfiguration, StatementGiver } from '../domain/flow-map.ts'
import { connectedChannels } from './channel-writeback.ts'
import type { Db, Tx } from './database.ts'
import { currentPolicy } from './policy.ts'

/** What of the map only the process knows: its connectors and its settings. */
export type OutsideSystems = {
  /** How the shops of a platform are fed; null where this version has no connector of it. Seconds. */
  feedOf: (platform: string) => {
    channel: string
    pushTargetSeconds: number | null
    pullTargetSeconds: number
    pullIntervalSeconds: number
  } | null
  /** Channels whose stores are told what to show although they have no shop here. */
  listingChannels: readonly string[]
  courierPushSources: readonly string[]
  statementsOf: readonly StatementGiver[]
  messageWays: readonly string[]
  hasErp: boolean
  sendsAlerts: boolean
  sendsCards: boolean
}

/** More edges of a kind would be no map any more. */
export const MOST_EDGES = 1_000

/** What the hub is connected with, from master data, policies and the settings of the process. */
export async function readFlowConfiguration(
  db: Db | Tx,
  outside: OutsideSystems,
  couriers: FlowConfiguration['couriers'],
): Promise<FlowConfiguration> {
  const { feedOf, listingChannels, ...settings } = outside
  const { document: wms } = await currentPolicy(db, 'wms-mapping')
  const channels = [...new Set([...listingChannels, ...(await connectedChannels(db))])]
  const shops = await db
    .selectFrom('shop')
    .select(['id', 'platform'])
    .where('active', '=', true)
    .orderBy('id')
    .limit(MOST_EDGES)
    .execute()
  const stores = await db
    .selectFrom('store')
    .select(['id as storeId', 'channel'])
    .where('active', '=', true)
    .where('channel', '=', sql<string>`any(${channels}::text[])`)
    .where(sql<boolean>`exists (select from listing where listing.store_id = store.id)`)
    .orderBy('id')
    .limit(MOST_EDGES)
    .execute()
  const subscriptions = await db
    .selectFrom('subscription')
    .select(['id as subscriptionId', 'name'])
    .where('state', '<>', 'deleted')
    .orderBy('id')
    .limit(MOST_EDGES)
    .execute()
  const warehouses = await db
    .selectFrom('warehouse')
    .select('id')
    .where('active', '=', true)
    .where('id', '=', sql<string>`any(${Object.keys(wms.warehouses)}::text[])`)
    .execute()
  const inService = new Set(warehouses.map(({ id }) => id))
  return {
    ...settings,
    shops: shops.flatMap(({ id: shopId, platform }) => {
      const feed = feedOf(platform)
      return feed ? [{ shopId, ...feed }] : []
    }),
    stores,
    subscriptions,
    warehouseSystems: Object.entries(wms.warehouses)
      .filter(([warehouseId, mapping]) => mapping.enabled && inService.has(warehouseId))
      .map(([warehouseId, mapping]) => ({
        warehouseId,
        intervalSeconds: mapping.intervalSeconds ?? wms.intervalSeconds,
      })),
    couriers,
  }
}
