import type { Logger } from 'pino'
import type { WebhookSender } from '../connectors/webhooks/sender.ts'
import type { OutboundEvent } from '../contracts/outbound-events.ts'
import { FAILURES_UNTIL_DOWN } from '../domain/event-delivery.ts'
import type { Db } from '../store/database.ts'
import {
  claimEvents,
  type DueEvent,
  type DueSubscription,
  dueSubscriptions,
} from '../store/event-deliveries.ts'
import { disableSubscription, settleAttempt } from '../store/event-results.ts'
import type { KeyRing } from '../store/keyring.ts'
import { openSecrets, SecretUnreadableError } from '../store/subscriptions.ts'

/** Messages under way to one receiver, in each process. A slow receiver fills its own places and nobody else's. */
const AT_ONCE_PER_RECEIVER = 8
/** Twice what a call may take; a sender that died gives its claims back after this. */
const CLAIM_SECONDS = 60

/**
 * Sends what subscriptions have due: at least once, in order per key. A round only begins calls and does not wait for
 * them, so that a receiver that takes its whole time keeps nobody waiting but itself.
 */
export class EventSender {
  readonly #deps: { db: Db; keyRing: KeyRing; webhooks: WebhookSender; logger: Logger; random?: () => number }
  readonly #underWay = new Map<string, Set<Promise<void>>>()
  /** Called whenever a place has become free. */
  onSettled: () => void = () => undefined

  constructor(deps: {
    db: Db
    keyRing: KeyRing
    webhooks: WebhookSender
    logger: Logger
    random?: () => number
  }) {
    this.#deps = deps
  }

  /** One round. Returns how many calls it began. */
  async runOnce(): Promise<number> {
    const { db, logger } = this.#deps
    let begun = 0
    for (const subscription of await dueSubscriptions(db)) {
      try {
        begun += await this.#sendTo(subscription)
      } catch (error) {
        if (!(error instanceof SecretUnreadableError)) throw error
        // That is one subscription's trouble and a person's work: the others go on.
        const reason = `its secret cannot be opened: ${error.message}`
        logger.warn({ subscriptionId: subscription.id, reason }, 'a subscription was disabled')
        await db.transaction().execute((tx) => disableSubscription(tx, subscription.id, reason))
      }
    }
    return begun
  }

  /** Waits for the calls under way. */
  async finish(): Promise<void> {
    await Promise.all([...this.#underWay.values()].flatMap((calls) => [...calls]))
  }

  async #sendTo({ id, url, consecutiveFailures }: DueSubscription): Promise<number> {
    const { db, keyRing } = this.#deps
    const calls = this.#underWay.get(id) ?? new Set()
    // One that is down is asked by a single message whether it is back.
    const places = consecutiveFailures >= FAILURES_UNTIL_DOWN ? 1 : AT_ONCE_PER_RECEIVER
    if (calls.size >= places) return 0
    const secrets = (await openSecrets(db, keyRing, id)).map((entry) => entry.secret)
    // Deleted just now: nothing goes out unsigned.
    if (secrets.length === 0) return 0
    const limit = places - calls.size
    const events = await claimEvents(db, { subscriptionId: id, limit, claimSeconds: CLAIM_SECONDS })
    if (events.length === 0) return 0
    this.#underWay.set(id, calls)
    for (const event of events) {
      const call = this.#send(event, url, secrets).finally(() => {
        calls.delete(call)
        if (calls.size === 0) this.#underWay.delete(id)
        this.onSettled()
      })
      calls.add(call)
    }
    return events.length
  }

  async #send(event: DueEvent, url: string, secrets: string[]): Promise<void> {
    const { db, webhooks, logger, random = Math.random } = this.#deps
    const message: OutboundEvent = {
      type: event.type,
      timestamp: event.at.toISOString(),
      data: { ...event.data },
    }
    const answer = await webhooks.send({ url, id: event.eventId, body: JSON.stringify(message), secrets })
    try {
      await settleAttempt(db, event, answer, random())
    } catch (error) {
      // The claim runs out and the event is sent once more, under the same id.
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn(
        { deliveryId: event.deliveryId, reason },
        'what became of an event could not be written down',
      )
    }
  }
}
