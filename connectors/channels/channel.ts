import type { z } from 'zod'
import type { ChannelOrder, Platform } from '../../domain/channel-order.ts'
import type { ConformanceCheck } from '../conformance-vector.ts'

/**
 * What every channel's connector is made of. A connector knows one platform's protocol and nothing of the hub's
 * database: it turns pushes into hints, hints into orders, and shipments and quantities into the platform's calls.
 *
 * Failures of calls: `UnreachableError` (ask again), `RateLimitedError` (ask again later), `TokenExpiredError`
 * (refresh, then ask again), `RefusedError` (asking again would get the same answer).
 */
export type ChannelConnector = {
  platform: Platform
  /** What the channel of the stores is called whose orders come from this platform. */
  channel: string
  /** Computes what a file of protocol vectors expects, by `system/kind`. */
  conformance: Readonly<Record<string, ConformanceCheck>>
  /** Everything secret or specific that a shop needs, as it is sealed in the database. Strings only. */
  credentials: z.ZodType<Credentials>
  /** Where the platform listens unless the shop says otherwise. */
  defaultGatewayUrl: string
  /** Of a platform whose messages come over a connection that the hub opens. */
  defaultPushUrl: string | null
  limits: ChannelLimits
  client: (shop: ShopAccount) => ChannelClient
  /** HTTP pushes; null where the platform sends none. */
  receivePush: ((push: PushRequest, directory: ShopDirectory) => Promise<PushOutcome>) | null
  /** Opens the platform's long connection for one shop (or one app); null where there is none. */
  listen: ((shop: ShopAccount, listener: PushListener) => PushConnection) | null
}

/** The connectors that there are, by platform. */
export type ChannelConnectors = Readonly<Record<Platform, ChannelConnector>>

/** Strings by name: app key, app secret, access token, refresh token … Each connector has its schema. */
export type Credentials = Readonly<Record<string, string>>

/** A merchant's shop at a platform, with its credentials opened. */
export type ShopAccount = {
  shopId: string
  /** The platform's own id of the shop (seller, venderId, mallID, shop_id). */
  platformShopId: string
  appKey: string
  gatewayUrl: string
  pushUrl: string | null
  credentials: Credentials
}

/** The platform's rules for whoever calls it. */
export type ChannelLimits = {
  /** Calls a second of one shop, all processes together. */
  callsPerSecond: number
  /** One pull asks for at most so long a window … */
  pullWindowSeconds: number
  /** … that begins so long before the last one's end, because the platform's clock and index lag, … */
  pullOverlapSeconds: number
  /** … and ends at least so long ago. */
  pullDelaySeconds: number
  pullEverySeconds: number
  /** From a change at the source to the hub: what the feed is expected to keep. */
  lagTargetSeconds: number
}

export type ChannelClient = {
  /** The order in full. Null when the platform does not know it. `raw` is the answer's text, without credentials. */
  fetchOrder: (platformOrderId: string) => Promise<{ order: ChannelOrder; raw: string } | null>
  /** Orders changed in a window, page by page in whatever order is safe against changes meanwhile. */
  changedOrders: (window: { from: Date; to: Date }) => AsyncIterable<ChangedOrder[]>
  /** Tells the platform a waybill. That it knows it already is a success. */
  ship: (shipment: ChannelShipment) => Promise<'shipped' | 'already_shipped'>
  /** Sets the quantity that a SKU shows, absolutely. */
  publishQuantity: (listing: {
    platformItemId: string
    platformSkuId: string
    quantity: number
  }) => Promise<void>
  /** New credentials; null where tokens are not refreshed by a call. */
  refreshToken: (() => Promise<Credentials>) | null
}

export type ChangedOrder = { platformOrderId: string; modifiedAt: Date }

export type ChannelShipment = {
  platformOrderId: string
  /** The courier by the hub's code (`sf`, `yto`, `zto`, `sto`, `yunda`, `jd`, `ems`, `deppon`). */
  courier: string
  waybillNumber: string
  /** Which lines are in the parcel; empty: the whole order. */
  lines: { platformLineId: string; quantity: number }[]
  /** The same for every attempt of the same shipment. */
  operationId: string
}

/** A message that says something happened to an order. It is never believed: the order is fetched. */
export type Hint = {
  /** The platform's id of the message, unique for the shop. */
  messageId: string
  /** The platform's own name or tag of what happened. */
  type: string
  /** Null: the message names no order (a test, another subject). It is kept all the same. */
  platformOrderId: string | null
  /** When it happened by the platform's clock; null where the message does not say. */
  occurredAt: Date | null
  /** Whether the connector knows the type; one that it does not is kept and raised. */
  isKnown: boolean
  /** Null: no shop of the hub is meant; kept and raised. */
  shopId: string | null
  /** The message as it came. */
  raw: string
}

export type PushRequest = {
  headers: Readonly<Record<string, string | undefined>>
  query: Readonly<Record<string, string | undefined>>
  /** Exactly the bytes that came; signatures are of them. */
  body: Buffer
  receivedAt: Date
}
export type PushReply = { status: number; contentType: string; body: string }
/** `accepted` is answered only after its hints are durable. */
export type PushOutcome =
  | { outcome: 'accepted'; hints: Hint[]; reply: PushReply }
  | { outcome: 'refused'; reason: string; reply: PushReply }

/** How a connector finds who a push belongs to, without seeing the database. */
export type ShopDirectory = {
  /** Every shop of an app at this connector's platform; they share its secret. */
  shopsOfApp: (appKey: string) => Promise<readonly ShopAccount[]>
}

export type PushListener = {
  /** Of an app with several shops one connection may hear messages of them all; without it, of its own shop alone. */
  directory?: ShopDirectory
  /** Resolves once the hints are durable: only then may the connection acknowledge them. */
  accept: (hints: Hint[]) => Promise<void>
  /** Connected, lost, refused …, for the shop's page and the log. */
  onState: (state: { state: 'connected' | 'disconnected'; detail: string }) => void
}
/** Reconnects by itself with growing patience until it is closed. */
export type PushConnection = { close: () => Promise<void> }
