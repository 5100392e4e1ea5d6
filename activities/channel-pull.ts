import { Context } from '@temporalio/activity'
import { callOutcome, callShop, type TurnLimits, takeTurn } from '../connectors/channels/calls.ts'
import type { ChangedOrder, ChannelConnector, ChannelConnectors } from '../connectors/channels/channel.ts'
import { nextPullWindow } from '../domain/pull-window.ts'
import { advanceWatermark, keepChanges, notePullFailure, pullWatermark } from '../store/channel-pulls.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { tokenStore } from '../store/shop-tokens.ts'
import { findOpenShop, type OpenShop } from '../store/shops.ts'

export type PullResult =
  | { ok: true; windows: number; hints: number; isCaughtUp: boolean }
  | { ok: false; outcome: ReturnType<typeof callOutcome>; failures: number }

type Dependencies = {
  db: Db
  dataKeys: KeyRing
  connectors: ChannelConnectors
  callLimits: TurnLimits
}

/** One attempt catches up for so long; the workflow then asks for the next. */
const LONGEST_MS = 4 * 60_000

/** Asking the platforms what changed: the only way of some, and for all of them what finds messages that were lost. */
export function createChannelPullActivities(deps: Dependencies) {
  return {
    /**
     * Pulls what changed at a shop since the last time, window by window. A platform that cannot be asked is a
     * result, not a failure: it costs its own freshness, and the next turn begins where this one did.
     */
    pullShop: async ({ shopId }: { shopId: string }): Promise<PullResult> => {
      const shop = await findOpenShop(deps.db, deps.dataKeys, shopId)
      const connector = shop?.active ? deps.connectors[shop.platform] : undefined
      // Taken out of service, or out of this version, since its turn was planned.
      if (!shop || !connector) return { ok: true, windows: 0, hints: 0, isCaughtUp: true }
      try {
        return await catchUp(deps, shop, connector)
      } catch (error) {
        const outcome = callOutcome(error)
        if (outcome === 'unreadable' && !isReading(error)) throw error
        const isRefusal = outcome === 'refused' || outcome === 'token-expired'
        const message = error instanceof Error ? error.message : String(error)
        const failures = await notePullFailure(deps.db, shop, { error: message, isRefusal })
        return { ok: false, outcome, failures }
      }
    },
  }
}

async function catchUp(deps: Dependencies, shop: OpenShop, connector: ChannelConnector): Promise<PullResult> {
  const deadlineMs = performance.now() + LONGEST_MS
  const done = { ok: true as const, windows: 0, hints: 0 }
  for (;;) {
    const watermark = await pullWatermark(deps.db, shop.shopId)
    const now = Date.now()
    // Nothing is known to have been heard: as much as is always read again anyway.
    const fromMs = watermark?.getTime() ?? now - connector.limits.pullOverlapSeconds * 1000
    const window = nextPullWindow(fromMs, now, connector.limits)
    if (!window) return { ...done, isCaughtUp: true }
    const to = new Date(window.toMs)
    const newHints = await pullWindow(deps, shop, connector, { from: new Date(window.fromMs), to })
    await advanceWatermark(deps.db, shop.shopId, { from: watermark, to, newHints })
    done.windows += 1
    done.hints += newHints
    if (window.isLast) return { ...done, isCaughtUp: true }
    if (performance.now() > deadlineMs) return { ...done, isCaughtUp: false }
  }
}

/** All pages of a window, each durable before the next is asked for. */
async function pullWindow(
  { db, dataKeys, callLimits }: Dependencies,
  shop: OpenShop,
  connector: ChannelConnector,
  window: { from: Date; to: Date },
): Promise<number> {
  const { shopId } = shop
  let newHints = 0
  await callShop(connector, shop, tokenStore(db, dataKeys), async (client) => {
    const pages = client.changedOrders(window)[Symbol.asyncIterator]()
    for (;;) {
      await takeTurn(callLimits, connector, shopId)
      const page = await pages.next().catch(unreadable)
      if (page.done) break
      newHints += await keepChanges(db, shop, distinct(page.value))
      beat({ shopId, to: window.to.toISOString(), newHints })
    }
  })
  return newHints
}

/** What a connector could not make sense of; everything else that goes wrong in a pull is ours. */
class UnreadablePageError extends Error {
  override readonly name = 'UnreadablePageError'
}

function unreadable(error: unknown): never {
  if (callOutcome(error) !== 'unreadable') throw error
  throw new UnreadablePageError(error instanceof Error ? error.message : String(error), { cause: error })
}

function isReading(error: unknown): boolean {
  return error instanceof UnreadablePageError
}

/** A page may name an order twice when it changed while the page was made. */
function distinct(changes: readonly ChangedOrder[]): ChangedOrder[] {
  return [
    ...new Map(
      changes.map((change) => [`${change.platformOrderId}/${change.modifiedAt.getTime()}`, change]),
    ).values(),
  ]
}

/** Says that it is alive, and hears whether it should go on. */
function beat(details: object): void {
  const context = Context.current()
  context.heartbeat(details)
  context.cancellationSignal.throwIfAborted()
}
