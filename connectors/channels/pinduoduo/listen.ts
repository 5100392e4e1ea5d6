import type { Hint, PushConnection, PushListener, ShopAccount } from '../channel.ts'
import { createHintGroups } from '../hint-groups.ts'
import { type ConnectionTimings, keepConnection, type Line, type LongConnection } from '../long-connection.ts'
import { OwedConfirmations } from '../owed.ts'
import { pinduoduoAccount } from './account.ts'
import { type HeardFrame, heartBeat, readFrame } from './frame.ts'
import { createPopCall } from './gateway.ts'
import { messagePath } from './sign.ts'

export const MESSAGES_URL = 'wss://message-api.pinduoduo.com'

/** The platform wants a heartbeat every five seconds. */
const TIMINGS: Partial<ConnectionTimings> = { beatEveryMs: 5_000, silentAfterMs: 20_000 }
/** Whether the merchant's messages come to the app is said again after so long, until the platform agrees. */
const PERMIT_AGAIN_MS = 60_000

/**
 * Listens to the messages of one shop, or of all shops of its app. A message is acknowledged after the listener has it
 * durably; one that is not is sent again by the platform, which keeps it for seven days.
 */
export function listenToMessages(
  shop: ShopAccount,
  listener: PushListener,
  timings: Partial<ConnectionTimings> = {},
): PushConnection {
  const { appKey, appSecret } = pinduoduoAccount(shop)
  const permission = createPermission(shop, listener)
  // Reading stops while more waits to be written than is good; the platform keeps the rest.
  let connection: LongConnection | null = null
  // Acknowledged where we are heard now: the connection that brought a message may be gone when it is durable.
  let current: Line | null = null
  const owed = new OwedConfirmations<HeardFrame>()
  const groups = createHintGroups<HeardFrame>({
    accept: async (heard) => listener.accept(await withShops(heard, shop, listener)),
    onPressure: (isFull) => connection?.setPaused(isFull),
  })
  connection = keepConnection({
    address: () => {
      const base = (shop.pushUrl ?? MESSAGES_URL).replace(/\/+$/, '')
      return base + messagePath(appKey, String(Date.now()), appSecret)
    },
    onState: listener.onState,
    timings: { ...TIMINGS, ...timings },
    converse: (line) => ({
      onOpen: () => {
        current = line
        line.ready()
        line.send(heartBeat(Date.now()))
        permission.ask()
        owed.settle((heard) => acknowledge(line, heard))
      },
      onFrame: (frame) => {
        const heard = readFrame(frame)
        if (!heard) return
        const say = (one: HeardFrame) => acknowledge(current, one)
        groups.offer(heard.hint.messageId, heard, () => owed.confirm(heard, say))
      },
      onBeat: () => {
        line.send(heartBeat(Date.now()))
        permission.ask()
      },
    }),
  })
  return {
    close: async () => {
      await groups.close()
      await connection?.close()
    },
  }
}

/** Whether the platform was told; of what it did not name there is nothing to tell. */
function acknowledge(line: Line | null, { ack }: HeardFrame): boolean {
  return ack === null || (line?.send(ack(Date.now())) ?? false)
}

/** Names each message's shop; the shops of the app are looked up only for messages about others than our own. */
async function withShops(
  heard: HeardFrame[],
  own: ShopAccount,
  { directory }: PushListener,
): Promise<Hint[]> {
  const shopIds = new Map([[own.platformShopId, own.shopId]])
  if (directory && heard.some(({ mallId }) => mallId !== null && !shopIds.has(mallId))) {
    for (const { platformShopId, shopId } of await directory.shopsOfApp(own.appKey)) {
      shopIds.set(platformShopId, shopId)
    }
  }
  // What cannot be read at all belongs to whoever heard it.
  return heard.map(({ hint, mallId }) => ({
    ...hint,
    shopId: mallId === null ? own.shopId : (shopIds.get(mallId) ?? null),
  }))
}

/** `pdd.pmc.user.permit`: from then on the merchant's messages are sent to the app. Saying so again changes nothing. */
function createPermission(shop: ShopAccount, { onState }: PushListener): { ask: () => void } {
  const call = createPopCall(pinduoduoAccount(shop))
  let isSettled = false
  let nextAtMs = 0
  const ask = async () => {
    try {
      await call('pdd.pmc.user.permit', 'pmc_user_permit_response', {})
      isSettled = true
    } catch (error) {
      onState({ state: 'connected', detail: error instanceof Error ? error.message : 'not permitted' })
    }
  }
  return {
    ask: () => {
      if (isSettled || performance.now() < nextAtMs) return
      nextAtMs = performance.now() + PERMIT_AGAIN_MS
      void ask()
    },
  }
}
