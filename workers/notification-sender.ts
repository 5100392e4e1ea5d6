import { createHmac, hkdfSync } from 'node:crypto'
import type { Logger } from 'pino'
import type { Notifier, OutgoingMessage, SendOutcome } from '../connectors/notify/notifier.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../connectors/outside-errors.ts'
import type { PolicyDocument } from '../contracts/policies/index.ts'
import {
  chinaDay,
  type Finding,
  type NotificationWay,
  nextReportCheck,
  quietUntil,
  settleDoubt,
} from '../domain/notification.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { applyReports } from '../store/notification-reports.ts'
import {
  addresseeOf,
  beginSending,
  claimNotifications,
  type DueNotification,
  giveUp,
  leaveInDoubt,
  markMissed,
  markRefused,
  markSent,
  postpone,
  raiseDoubt,
  recipientOf,
} from '../store/notifications.ts'
import type { Policies } from '../store/policy-cache.ts'

const AT_ONCE = 8
/** Far longer than a call may take: whose claim is over has no call under way any more. */
const CLAIM_SECONDS = 60
/** Between the note that a call is about to be made and the call; a process that slept longer leaves it. */
const BEGIN_WITHIN_MS = 10_000
const ASK_IN_MS = 30_000
const REFUSED_RETRY_MS = 15 * 60_000
const HOUR_MS = 3_600_000

type Deps = {
  db: Db
  keyRing: KeyRing
  policies: Policies
  notifiers: readonly Notifier[]
  /** What the hashes are keyed with that count messages to one number. */
  secret: string
  logger: Logger
  now?: () => Date
}

/**
 * Sends what customers are to be told: each at most once. The attempt is written down before the call; one that was cut off
 * is looked up at its provider before anything else is done, and where nobody can say, a person is told.
 */
export class NotificationSender {
  readonly #deps: Deps
  readonly #notifiers: ReadonlyMap<NotificationWay, Notifier>
  readonly #hashKey: Buffer

  constructor(deps: Deps) {
    this.#deps = deps
    this.#notifiers = new Map(deps.notifiers.map((notifier) => [notifier.way, notifier]))
    this.#hashKey = Buffer.from(hkdfSync('sha256', deps.secret, '', 'recipients of notifications', 32))
  }

  /** One round. Returns how many messages it looked at. */
  async runOnce(): Promise<number> {
    const { db, policies } = this.#deps
    if (this.#notifiers.size === 0) return 0
    const due = await claimNotifications(db, [...this.#notifiers.keys()], AT_ONCE, CLAIM_SECONDS)
    if (due.length === 0) return 0
    const { document: policy } = await policies.current(db, 'notification')
    await Promise.all(due.map((notification) => this.#handle(notification, policy)))
    return due.length
  }

  async #handle(notification: DueNotification, policy: PolicyDocument<'notification'>): Promise<void> {
    const notifier = this.#notifiers.get(notification.way)
    if (!notifier) return
    const { db, keyRing, logger } = this.#deps
    try {
      const addressee = await addresseeOf(db, keyRing, notification.orderId)
      const recipient = recipientOf(notification.way, addressee)
      if (recipient === null) return await this.#withoutRecipient(notification)
      const { id, templateId, parameters } = notification
      const message = { id, recipient, templateId, parameters }
      if (notification.state === 'unknown') await this.#lookUp(notifier, notification, message)
      else if (notification.ageMs > policy.expireAfterHours * HOUR_MS)
        await giveUp(db, id, 'no news any more')
      else await this.#send(notifier, notification, message, policy)
    } catch (error) {
      // What was written stays: the claim runs out, and whoever comes next sees how far it was.
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn({ notificationId: notification.id, reason }, 'a message to a customer waits')
    }
  }

  /** Erased, masked by the platform, or no buyer of the mini-program. */
  async #withoutRecipient(notification: DueNotification): Promise<void> {
    const { db } = this.#deps
    if (notification.state === 'pending')
      await markMissed(db, notification, { state: 'skipped', reason: 'no recipient' })
    else await raiseDoubt(db, notification, 'the recipient was erased before the provider could be asked')
  }

  async #send(
    notifier: Notifier,
    notification: DueNotification,
    message: OutgoingMessage,
    policy: PolicyDocument<'notification'>,
  ): Promise<void> {
    const { db, now = () => new Date() } = this.#deps
    const at = now()
    const quiet = quietUntil(at, policy.quietHours)
    if (quiet) return postpone(db, notification, { until: quiet, reason: notification.reason })
    const begun = await beginSending(db, {
      id: notification.id,
      provider: notifier.name,
      recipient: this.#hashOf(message.recipient, at),
      perDay: policy.perCustomerPerDay,
      claimSeconds: CLAIM_SECONDS,
    })
    if (begun === 'enough') return giveUp(db, notification.id, 'enough for one day')
    if (begun === 'taken' || now().getTime() - at.getTime() > BEGIN_WITHIN_MS) return
    const attempt = { ...notification, attempts: notification.attempts + 1 }
    const key = `${notifier.name}/${notification.templateId}`
    let outcome: SendOutcome
    try {
      outcome = await notifier.send(message)
    } catch (error) {
      if (error instanceof RefusedError) {
        const reason = error.message
        return markRefused(db, attempt, { key, reason, retryInMs: REFUSED_RETRY_MS })
      }
      if (error instanceof RateLimitedError)
        return postpone(db, attempt, { until: { ms: error.retryAfterMs }, reason: error.message })
      if (error instanceof UnreachableError) return leaveInDoubt(db, attempt, ASK_IN_MS, error.message)
      throw error
    }
    switch (outcome.kind) {
      case 'sent':
        return markSent(db, message.id, {
          providerId: outcome.providerId,
          key,
          wasRefused: notification.reason !== null,
          reportInMs: firstReportCheck(notifier),
        })
      case 'unreachable':
        return markMissed(db, notification, { state: 'failed', reason: outcome.reason })
      case 'later':
        return postpone(db, attempt, { until: { ms: outcome.retryInMs }, reason: outcome.reason })
    }
  }

  async #lookUp(notifier: Notifier, notification: DueNotification, message: OutgoingMessage): Promise<void> {
    const { db } = this.#deps
    const finding = await askProvider(notifier, message, notification.sendingAt ?? new Date(0))
    const settled = settleDoubt(finding, { sinceMs: notification.doubtMs, attempts: notification.attempts })
    switch (settled.next) {
      case 'sent':
        return markSent(db, message.id, {
          providerId: settled.providerId,
          key: `${notifier.name}/${notification.templateId}`,
          wasRefused: false,
          reportInMs: firstReportCheck(notifier),
        })
      case 'delivered':
      case 'undelivered': {
        const wasDelivered = settled.next === 'delivered'
        const reason = settled.next === 'undelivered' ? settled.reason : null
        await applyReports(db, notifier.name, [{ message: { id: message.id }, wasDelivered, reason }])
        return
      }
      case 'person':
        return raiseDoubt(db, notification, settled.reason)
      case 'ask-again':
        return leaveInDoubt(db, notification, ASK_IN_MS, notification.reason ?? 'cut off')
      case 'send-again':
        return postpone(db, notification, { until: { ms: 0 }, reason: notification.reason })
    }
  }

  #hashOf(recipient: string, at: Date): Buffer {
    return createHmac('sha256', this.#hashKey)
      .update(`${chinaDay(at)}/${recipient}`)
      .digest()
  }
}

function firstReportCheck({ hasReports }: Notifier): number | null {
  return hasReports ? nextReportCheck(0) : null
}

/** What a provider says of a message; that it cannot be asked is an answer, too. */
export async function askProvider(
  notifier: Notifier,
  message: OutgoingMessage,
  sendingAt: Date,
): Promise<Finding> {
  try {
    return await notifier.find(message, sendingAt)
  } catch (error) {
    return { kind: 'silent', reason: error instanceof Error ? error.message : String(error) }
  }
}
