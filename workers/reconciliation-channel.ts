import { callShop, type TurnLimits, takeTurn } from '../connectors/channels/calls.ts'
import type { ChannelClient, ChannelConnectors } from '../connectors/channels/channel.ts'
import type { ChannelOrder } from '../domain/channel-order.ts'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import { channelOrderStatus } from '../domain/reconciliation-states.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import {
  activeShopIds,
  hubOrdersOf,
  hubRefundsOf,
  unansweredOrders,
} from '../store/reconciliation-channels.ts'
import { stageLines } from '../store/reconciliation-lines.ts'
import type { ClaimedRun } from '../store/reconciliation-runs.ts'
import { tokenStore } from '../store/shop-tokens.ts'
import { findOpenShop, type OpenShop } from '../store/shops.ts'
import {
  isWithin,
  NoCounterpartError,
  type ReadRequest,
  type ReadStep,
  type Staged,
} from './reconciliation-reading.ts'

export type ChannelDeps = {
  db: Db
  dataKeys: KeyRing
  connectors: ChannelConnectors
  callLimits: TurnLimits
}

/** Of one list of a platform; its own limit holds besides. Halved while more changed in it than a few steps read. */
const WINDOW_MS = 24 * 3_600_000
const SHORTEST_WINDOW_MS = 60_000
const IDS_A_WINDOW = 500
/** Details that one step asks for: within its lease whatever the platform's limit. */
const ORDERS_A_STEP = 100

/**
 * Where the reading of the platforms stands: in the list of what changed at a shop, from `fromMs` on (until `toMs`, once a step
 * has read of it), behind `after`; or, when that is done (`fromMs` null), among the hub's orders that no list has named.
 */
type Place = { shopId: string; fromMs: number | null; toMs: number | null; after: string }

/**
 * Orders as their platforms tell them, shop by shop: first what changed there in the period, which the hub may not have; then those
 * of the hub's that no list has named.
 */
export function readChannels(deps: ChannelDeps): ReadStep {
  return async (request, position) => {
    const shopIds = await activeShopIds(deps.db)
    const place = placeIn(position, shopIds, request)
    if (!place) throw new NoCounterpartError('no shop at a platform is in service')
    const shop = await findOpenShop(deps.db, deps.dataKeys, place.shopId)
    const nextShop = shopIds.find((shopId) => shopId > place.shopId)
    const following = nextShop === undefined ? null : placeAt(nextShop, request)
    if (!shop?.active || !deps.connectors[shop.platform]) {
      return async () => ({ count: 0, next: following && JSON.stringify(following) })
    }
    const { ids, next } = await idsAt(deps, shop, place, request)
    const orders = await details(deps, shop, ids)
    return async (tx): Promise<Staged> => {
      const known = await hubOrdersOf(tx, shop.shopId, ids)
      const refunded = await hubRefundsOf(tx, request.run.id, shop.shopId, ids)
      const lines = orders.flatMap((order) =>
        linesOf(order, shop, request.run, {
          orderId: known.get(order.platformOrderId) ?? null,
          isRefundedHere: refunded.has(order.platformOrderId),
        }),
      )
      const after = next ?? following
      return {
        count: await stageLines(tx, request.run.id, 'there', lines),
        next: after && JSON.stringify(after),
      }
    }
  }
}

function placeIn(position: string | null, shopIds: readonly string[], request: ReadRequest): Place | null {
  if (position !== null) return JSON.parse(position)
  const [first] = shopIds
  return first === undefined ? null : placeAt(first, request)
}

function placeAt(shopId: string, { around }: ReadRequest): Place {
  return { shopId, fromMs: around.from.getTime(), toMs: null, after: '' }
}

/** The next orders to ask for, and the place behind them; null when the shop is done. */
async function idsAt(
  deps: ChannelDeps,
  shop: OpenShop,
  place: Place,
  { run, around }: ReadRequest,
): Promise<{ ids: string[]; next: Place | null }> {
  const { shopId, fromMs, after } = place
  if (fromMs === null) {
    const ids = await unansweredOrders(deps.db, run.id, shopId, after, ORDERS_A_STEP)
    const last = ids.at(-1)
    return {
      ids,
      next: last !== undefined && ids.length === ORDERS_A_STEP ? { ...place, after: last } : null,
    }
  }
  const limits = deps.connectors[shop.platform]?.limits
  // What changes while it runs is for the next run; some platforms tell only what was minutes ago.
  const endMs = Math.min(
    around.to.getTime(),
    run.startedAt.getTime() - (limits?.pullDelaySeconds ?? 0) * 1_000,
  )
  if (fromMs >= endMs) return { ids: [], next: { shopId, fromMs: null, toMs: null, after: '' } }
  const widestMs = Math.min(WINDOW_MS, (limits?.pullWindowSeconds ?? 900) * 1_000)
  const { toMs, changed } = await listFrom(
    deps,
    shop,
    fromMs,
    place.toMs ?? Math.min(fromMs + widestMs, endMs),
  )
  const ids = changed.filter((id) => id > after).slice(0, ORDERS_A_STEP)
  const last = ids.at(-1)
  const isDone = last === undefined || last === changed.at(-1)
  return {
    ids,
    next: isDone ? { shopId, fromMs: toMs, toMs: null, after: '' } : { ...place, toMs, after: last },
  }
}

/** What changed from a moment on, over as long a time as few enough did. */
async function listFrom(
  deps: ChannelDeps,
  shop: OpenShop,
  fromMs: number,
  untilMs: number,
): Promise<{ toMs: number; changed: string[] }> {
  for (let toMs = untilMs; ; toMs = fromMs + Math.ceil((toMs - fromMs) / 2)) {
    const most = toMs - fromMs > SHORTEST_WINDOW_MS ? IDS_A_WINDOW : Number.POSITIVE_INFINITY
    const changed = await changedIds(deps, shop, { from: new Date(fromMs), to: new Date(toMs) }, most)
    if (changed) return { toMs, changed }
  }
}

/** In their order; null where they are more than that many. */
async function changedIds(
  deps: ChannelDeps,
  shop: OpenShop,
  window: { from: Date; to: Date },
  most: number,
): Promise<string[] | null> {
  return call(deps, shop, async (client, turn) => {
    const ids = new Set<string>()
    const pages = client.changedOrders(window)[Symbol.asyncIterator]()
    for (;;) {
      await turn()
      const page = await pages.next()
      if (page.done) return [...ids].sort()
      for (const { platformOrderId } of page.value) ids.add(platformOrderId)
      if (ids.size > most) return null
    }
  })
}

async function details(deps: ChannelDeps, shop: OpenShop, ids: readonly string[]): Promise<ChannelOrder[]> {
  const found: ChannelOrder[] = []
  for (const id of ids) {
    const answer = await call(deps, shop, async (client, turn) => {
      await turn()
      return client.fetchOrder(id)
    })
    if (answer) found.push(answer.order)
  }
  return found
}

async function call<Result>(
  { db, dataKeys, connectors, callLimits }: ChannelDeps,
  shop: OpenShop,
  ask: (client: ChannelClient, turn: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const connector = connectors[shop.platform]
  if (!connector) throw new NoCounterpartError(`nobody here speaks with ${shop.platform}`)
  return callShop(connector, shop, tokenStore(db, dataKeys), (client) =>
    ask(client, () => takeTurn(callLimits, connector, shop.shopId)),
  )
}

/** What an order is worth at its platform, and what of it went back. */
function linesOf(
  order: ChannelOrder,
  shop: OpenShop,
  run: ClaimedRun,
  { orderId, isRefundedHere }: { orderId: string | null; isRefundedHere: boolean },
): ReconciliationLine[] {
  const atMs = Date.parse(order.modifiedAt)
  const name = `${shop.shopId}/${order.platformOrderId}`
  const common = { atMs, inPeriod: isWithin(atMs, run.period), orderId, storeId: shop.storeId }
  const { refundedCents } = order
  const line = (
    kind: 'order' | 'refund',
    value: number | null,
    status: string | null,
  ): ReconciliationLine => ({
    ...common,
    ref: `${kind}/${name}`,
    kind,
    key: `${kind}/${name}`,
    group: `${kind}/${name}`,
    value,
    status,
  })
  return [
    line('order', order.amountCents, channelOrderStatus(order.status)),
    ...(refundedCents ? [line('refund', -refundedCents, null)] : []),
    // The platform does not tell: the hub's refund is neither confirmed nor missing.
    ...(refundedCents === undefined && isRefundedHere ? [line('refund', null, null)] : []),
  ]
}
