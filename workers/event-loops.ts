import type { Logger } from 'pino'
import { parseAllowedTargets } from '../connectors/webhooks/address.ts'
import { createWebhookSender } from '../connectors/webhooks/sender.ts'
import type { Config } from '../contracts/config.ts'
import type { Db } from '../store/database.ts'
import {
  continueReplay,
  fanOutEvents,
  runningReplays,
  subscriptionsBehind,
} from '../store/event-deliveries.ts'
import { KeyRing } from '../store/keyring.ts'
import { dropOldEvents } from '../store/maintenance.ts'
import { collectEvents } from '../store/outbound-events.ts'
import { EventSender } from './event-sender.ts'
import { Loop } from './loop.ts'

/** Entries of the log, and movements of stock, that become events in one transaction. */
const ENTRIES_A_ROUND = 1_000
/** Events that one subscription looks at in one transaction. */
const EVENTS_A_ROUND = 500
const IDLE_MS = { collect: 250, fanOut: 250, send: 250, retention: 60 * 60_000 } as const

/** From what has happened to what other systems were told of it. Each loop may run in any number of processes. */
export function createEventLoops(deps: { db: Db; config: Config; logger: Logger }): {
  loops: Loop[]
  /** Waits for the calls under way; call it when the loops have stopped. */
  finish: () => Promise<void>
} {
  const { db, config, logger } = deps
  const webhooks = createWebhookSender({ allowed: parseAllowedTargets(config.EVENT_ALLOWED_TARGETS ?? '') })
  const sender = new EventSender({ db, keyRing: KeyRing.parse(config.DATA_KEYS), webhooks, logger })
  const send = new Loop('event-sender', { round: () => sender.runOnce(), idleMs: IDLE_MS.send, logger })
  sender.onSettled = () => send.wake()
  const loops = [
    new Loop('event-collector', {
      round: () => collectEvents(db, ENTRIES_A_ROUND),
      idleMs: IDLE_MS.collect,
      logger,
    }),
    new Loop('event-fan-out', { round: () => fanOut(db), idleMs: IDLE_MS.fanOut, logger }),
    send,
    new Loop('old-events', {
      round: () => dropOldEvents(db, config.EVENT_RETENTION_DAYS),
      idleMs: IDLE_MS.retention,
      logger,
    }),
  ]
  return {
    loops,
    finish: async () => {
      await sender.finish()
      webhooks.close()
    },
  }
}

/** One round over all subscriptions. Returns how many events were looked at. */
export async function fanOut(db: Db): Promise<number> {
  let looked = 0
  for (const id of await subscriptionsBehind(db)) looked += await fanOutEvents(db, id, EVENTS_A_ROUND)
  for (const id of await runningReplays(db)) looked += await continueReplay(db, id, EVENTS_A_ROUND)
  return looked
}
