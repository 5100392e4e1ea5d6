import type { Logger } from 'pino'
import type { Notifier } from '../connectors/notify/notifier.ts'
import { nextReportCheck } from '../domain/notification.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import {
  type AwaitedReport,
  applyReports,
  awaitReport,
  claimAwaitedReports,
} from '../store/notification-reports.ts'
import { addresseeOf, recipientOf } from '../store/notifications.ts'
import { askProvider } from './notification-sender.ts'

const AT_ONCE = 8
const CLAIM_SECONDS = 300

type Deps = { db: Db; keyRing: KeyRing; notifiers: readonly Notifier[]; logger: Logger }

/**
 * Asks providers what operators reported of messages that were sent: the push of a report may be lost, or never have been set up.
 */
export class NotificationReports {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = { ...deps, notifiers: deps.notifiers.filter(({ hasReports }) => hasReports) }
  }

  /** One round. Returns how many messages it asked about. */
  async runOnce(): Promise<number> {
    const { db, notifiers } = this.#deps
    let asked = 0
    for (const notifier of notifiers) {
      const awaited = await claimAwaitedReports(db, notifier.name, AT_ONCE, CLAIM_SECONDS)
      await Promise.all(awaited.map((report) => this.#ask(notifier, report)))
      asked += awaited.length
    }
    return asked
  }

  async #ask(notifier: Notifier, awaited: AwaitedReport): Promise<void> {
    const { db, keyRing, logger } = this.#deps
    const { id, templateId, parameters, sendingAt, sinceSentMs } = awaited
    try {
      const recipient = recipientOf(awaited.way, await addresseeOf(db, keyRing, awaited.orderId))
      // Erased since: nobody may be asked about them any more.
      if (recipient === null) return await awaitReport(db, id, null)
      const finding = await askProvider(notifier, { id, recipient, templateId, parameters }, sendingAt)
      if (finding.kind !== 'delivered' && finding.kind !== 'undelivered') {
        const next = nextReportCheck(sinceSentMs)
        return await awaitReport(db, id, next === null ? null : next - sinceSentMs)
      }
      const reason = finding.kind === 'undelivered' ? finding.reason : null
      await applyReports(db, notifier.name, [
        { message: { id }, wasDelivered: finding.kind === 'delivered', reason },
      ])
    } catch (error) {
      // Its claim runs out, and whoever comes next asks.
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn({ notificationId: id, reason }, 'the report of a message waits')
    }
  }
}
