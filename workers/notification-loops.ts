import type { Logger } from 'pino'
import { createNotifiers } from '../connectors/notify/registry.ts'
import type { Config } from '../contracts/config.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { planNotifications } from '../store/notification-plan.ts'
import { Policies } from '../store/policy-cache.ts'
import { Loop } from './loop.ts'
import { NotificationReports } from './notification-reports.ts'
import { NotificationSender } from './notification-sender.ts'

const EVENTS_A_ROUND = 500
const IDLE_MS = 1_000
const REPORTS_IDLE_MS = 10_000

/** From what has happened to a parcel to what its customer was told. Each loop may run in any number of processes. */
export function createNotificationLoops(deps: {
  db: Db
  config: Config
  keyRing: KeyRing
  logger: Logger
}): Loop[] {
  const { db, config, keyRing, logger } = deps
  const policies = new Policies()
  const notifiers = createNotifiers(config)
  const secret = config.OUTSIDE_SECRET
  const sender = new NotificationSender({ db, keyRing, policies, notifiers, secret, logger })
  const reports = new NotificationReports({ db, keyRing, notifiers, logger })
  const round = {
    plan: () => planNotifications(db, policies, EVENTS_A_ROUND),
    send: () => sender.runOnce(),
    reports: () => reports.runOnce(),
  }
  return [
    new Loop('notification-plan', { round: round.plan, idleMs: IDLE_MS, logger }),
    new Loop('notification-sender', { round: round.send, idleMs: IDLE_MS, logger }),
    new Loop('notification-reports', { round: round.reports, idleMs: REPORTS_IDLE_MS, logger }),
  ]
}
