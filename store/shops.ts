import { sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type { ChangeShopBody, CreateShopBody } from '../contracts/shops.ts'
import type { Platform } from '../domain/channel-order.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'

/** A shop with its credentials opened; a connector's `ShopAccount` with what the hub knows besides. */
export type OpenShop = {
  shopId: string
  storeId: string
  platform: Platform
  platformShopId: string
  appKey: string
  gatewayUrl: string
  pushUrl: string | null
  credentials: Readonly<Record<string, string>>
  /** Grows with every change of the credentials. */
  credentialsVersion: number
  active: boolean
}

type Addressed = Pick<OpenShop, 'shopId' | 'platform' | 'appKey' | 'gatewayUrl' | 'pushUrl'>

/**
 * What credentials are sealed for: whoever may change a shop cannot have the stored ones sent to a server or an app
 * of their own, for other addresses they need to be given again.
 */
function sealContext(at: Addressed): string {
  return JSON.stringify(['shop', at.shopId, at.platform, at.appKey, at.gatewayUrl, at.pushUrl])
}

function seal(keyRing: KeyRing, at: Addressed, credentials: OpenShop['credentials']) {
  const { keyId, sealed } = keyRing.seal(Buffer.from(JSON.stringify(credentials)), sealContext(at))
  return { key_id: keyId, sealed }
}

const credentialsText = z.record(z.string(), z.string())

type ShopRow = {
  id: string
  store_id: string
  platform: Platform
  platform_shop_id: string
  app_key: string
  gateway_url: string
  push_url: string | null
  key_id: string
  sealed: Buffer
  credentials_version: number
  active: boolean
}

/** @throws Error when the credentials were sealed for other addresses, or under a key that is gone */
export function openShop(keyRing: KeyRing, row: ShopRow): OpenShop {
  const shop = {
    shopId: row.id,
    storeId: row.store_id,
    platform: row.platform,
    platformShopId: row.platform_shop_id,
    appKey: row.app_key,
    gatewayUrl: row.gateway_url,
    pushUrl: row.push_url,
    credentialsVersion: row.credentials_version,
    active: row.active,
  }
  const opened = keyRing.open(row.key_id, row.sealed, sealContext(shop)).toString()
  return { ...shop, credentials: credentialsText.parse(JSON.parse(opened)) }
}

/** A shop with its credentials opened, or null. */
export async function findOpenShop(db: Db, keyRing: KeyRing, shopId: string): Promise<OpenShop | null> {
  const row = await db.selectFrom('shop').selectAll().where('id', '=', shopId).executeTakeFirst()
  return row ? openShop(keyRing, row) : null
}

export type NewShop = Omit<CreateShopBody, 'gatewayUrl' | 'pushUrl' | 'pullFrom'> & {
  gatewayUrl: string
  pushUrl: string | null
  /** Changes before this moment are not asked for. */
  pullFrom: Date
}

/**
 * Makes a shop.
 *
 * @param shop.channel what the stores' channel is called where orders come from its platform
 * @throws ProblemError `already-exists`, `unknown-store`
 */
export async function createShop(
  tx: Tx,
  keyRing: KeyRing,
  { body, operator, channel }: { body: NewShop; operator: string; channel: string },
): Promise<void> {
  await refuseWrongStore(tx, body.storeId, channel)
  const at = { ...body, shopId: body.id }
  const made = await tx
    .insertInto('shop')
    .values({
      id: body.id,
      store_id: body.storeId,
      platform: body.platform,
      platform_shop_id: body.platformShopId,
      app_key: body.appKey,
      gateway_url: body.gatewayUrl,
      push_url: body.pushUrl,
      ...seal(keyRing, at, body.credentials),
      changed_by: operator,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made)
    throw new ProblemError('already-exists', 'this id, or this shop of this app at the platform, is taken')
  await tx
    .insertInto('channel_feed')
    .values({ shop_id: body.id, way: 'pull', watermark: body.pullFrom })
    .execute()
}

/**
 * Changes the given fields. Credentials that are given replace all that were there; without them app and addresses
 * must stay what they were sealed for.
 *
 * @param checkCredentials judges new credentials by the rules of the shop's platform
 * @throws ProblemError `not-found`, `already-exists`, `unknown-store`, `invalid-request`
 */
export async function changeShop(
  tx: Tx,
  keyRing: KeyRing,
  change: {
    shopId: string
    body: ChangeShopBody
    operator: string
    /** What the stores' channel is called where orders come from this platform. */
    channelOf: (platform: Platform) => string
    checkCredentials: (platform: Platform, credentials: OpenShop['credentials']) => OpenShop['credentials']
  },
): Promise<void> {
  const { shopId, body, operator } = change
  const row = await tx.selectFrom('shop').selectAll().where('id', '=', shopId).forUpdate().executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no shop ${shopId}`)
  if (body.storeId !== undefined) await refuseWrongStore(tx, body.storeId, change.channelOf(row.platform))
  const at = {
    shopId,
    platform: row.platform,
    appKey: body.appKey ?? row.app_key,
    gatewayUrl: body.gatewayUrl ?? row.gateway_url,
    pushUrl: body.pushUrl === undefined ? row.push_url : body.pushUrl,
  }
  const platformShopId = body.platformShopId ?? row.platform_shop_id
  await refuseTakenShop(tx, { ...at, platformShopId })
  const sealed = body.credentials
    ? {
        ...seal(keyRing, at, change.checkCredentials(row.platform, body.credentials)),
        credentials_version: row.credentials_version + 1,
        refreshing_until: null,
      }
    : {}
  if (!body.credentials) refuseMovedCredentials(row, at)
  await tx
    .updateTable('shop')
    .set({
      store_id: body.storeId ?? row.store_id,
      platform_shop_id: platformShopId,
      app_key: at.appKey,
      gateway_url: at.gatewayUrl,
      push_url: at.pushUrl,
      active: body.active ?? row.active,
      ...sealed,
      changed_by: operator,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', shopId)
    .execute()
}

function refuseMovedCredentials(row: ShopRow, at: Addressed): void {
  const before = sealContext({
    shopId: row.id,
    platform: row.platform,
    appKey: row.app_key,
    gatewayUrl: row.gateway_url,
    pushUrl: row.push_url,
  })
  if (before === sealContext(at)) return
  const message = 'is needed again: the stored ones are sealed for the app and the addresses as they were'
  throw new ProblemError('invalid-request', undefined, { fields: [{ field: 'credentials', message }] })
}

async function refuseWrongStore(tx: Tx, storeId: string, channel: string): Promise<void> {
  const store = await tx
    .selectFrom('store')
    .select(['channel', 'active'])
    .where('id', '=', storeId)
    .executeTakeFirst()
  const message = !store?.active
    ? `${storeId} is not known or not active`
    : store.channel === channel
      ? null
      : `is a store of the channel ${store.channel}, not ${channel}`
  if (message === null) return
  throw new ProblemError('unknown-store', undefined, { fields: [{ field: 'storeId', message }] })
}

/** Said before the constraint says it, which could only fail the whole transaction. */
async function refuseTakenShop(tx: Tx, shop: Addressed & { platformShopId: string }): Promise<void> {
  const other = await tx
    .selectFrom('shop')
    .select('id')
    .where('platform', '=', shop.platform)
    .where('app_key', '=', shop.appKey)
    .where('platform_shop_id', '=', shop.platformShopId)
    .where('id', '<>', shop.shopId)
    .executeTakeFirst()
  if (other) throw new ProblemError('already-exists', `${other.id} is this shop of this app already`)
}

/** How long the platform may take to give out new tokens before another process may ask, too. */
const REFRESH_SECONDS = 30

/**
 * Asks for the right to refresh a shop's tokens. Of all processes that want to replace the same version one gets it:
 * the old refresh token may be worth nothing once it was used.
 *
 * @returns false when somebody else refreshes right now, or has done so
 */
export async function claimTokenRefresh(db: Db, shopId: string, version: number): Promise<boolean> {
  const claimed = await db
    .updateTable('shop')
    .set({ refreshing_until: sql`clock_timestamp() + make_interval(secs => ${REFRESH_SECONDS})` })
    .where('id', '=', shopId)
    .where('credentials_version', '=', version)
    .where(sql<boolean>`coalesce(refreshing_until, '-infinity') < clock_timestamp()`)
    .returning('id')
    .executeTakeFirst()
  return claimed !== undefined
}

/** Gives the right back without new tokens, so that the next one who needs them need not wait. */
export async function giveUpTokenRefresh(db: Db, shopId: string, version: number): Promise<void> {
  await db
    .updateTable('shop')
    .set({ refreshing_until: null })
    .where('id', '=', shopId)
    .where('credentials_version', '=', version)
    .execute()
}

/**
 * Stores refreshed credentials in the place of those of a version.
 *
 * @returns false when they have been replaced meanwhile: by a person, who knows better
 */
export async function saveRefreshedCredentials(
  db: Db,
  keyRing: KeyRing,
  shop: OpenShop,
  credentials: OpenShop['credentials'],
): Promise<boolean> {
  const saved = await db
    .updateTable('shop')
    .set({
      ...seal(keyRing, shop, credentials),
      credentials_version: shop.credentialsVersion + 1,
      refreshing_until: null,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', shop.shopId)
    .where('credentials_version', '=', shop.credentialsVersion)
    .returning('id')
    .executeTakeFirst()
  return saved !== undefined
}
