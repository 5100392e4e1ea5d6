import type { Logger } from 'pino'
import { RateLimitedError, RefusedError } from '../connectors/outside-errors.ts'
import {
  ALERTS_A_MESSAGE,
  reconciliationMarkdown,
  stockAlertMarkdown,
} from '../connectors/wecom/alert-text.ts'
import type { GroupRobot } from '../connectors/wecom/robot.ts'
import { reconciliationAlertPayload, stockAlertPayload } from '../contracts/wecom.ts'
import type { Db } from '../store/database.ts'
import { claimDeliveries, type DueDelivery, hasDueDelivery, markDelivered } from '../store/delivery-queue.ts'
import { noteRobotFailure, resolveRobotRefused } from '../store/robot-alerts.ts'
import { takeTurn } from '../store/wecom-turns.ts'
import { retryDelayMs } from './delivery-sender.ts'

const TARGET = 'wecom'
const RECONCILIATION = 'reconciliation_alert'
/** 15 messages a minute for all processes together; the robot takes 20. */
const GAP_MS = 4_000
/** Longer than an HTTP call may take. */
const CLAIM_SECONDS = 20
/** Where the robot refuses, a person has to mend it: asking more often would not help. */
const REFUSED_RETRY_MS = 15 * 60_000

/**
 * Tells a group which stock runs out and what reconciliation has found, what is due together in one message. A robot knows no message again, so that one
 * whose answer was lost is said again and marked: heard twice is better than never.
 */
export class RobotAlerts {
  readonly #db: Db
  readonly #robot: GroupRobot
  readonly #logger: Logger

  constructor(deps: { db: Db; robot: GroupRobot; logger: Logger }) {
    this.#db = deps.db
    this.#robot = deps.robot
    this.#logger = deps.logger
  }

  /** One round. Returns how many alerts it tried to tell. */
  async runOnce(): Promise<number> {
    if (!(await hasDueDelivery(this.#db, TARGET))) return 0
    if ((await takeTurn(this.#db, 'robot', GAP_MS)) > 0) return 0
    const due = await claimDeliveries(this.#db, TARGET, ALERTS_A_MESSAGE, CLAIM_SECONDS)
    if (due.length > 0) await this.#tell(due)
    return due.length
  }

  async #tell(due: DueDelivery[]): Promise<void> {
    try {
      await this.#robot.say(messageOf(due))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#logger.warn({ alerts: due.length, reason }, 'alerts wait for the robot')
      return noteRobotFailure(this.#db, due, {
        error: reason,
        retryInMs: retryInMs(error, due),
        isRefusal: error instanceof RefusedError,
      })
    }
    await this.#db.transaction().execute(async (tx) => {
      for (const { id } of due) await markDelivered(tx, id)
      await resolveRobotRefused(tx)
    })
  }
}

/** What is due together, each kind under its own heading. */
function messageOf(due: readonly DueDelivery[]): string {
  const wasMaybeSaid = due.some(({ attempts }) => attempts > 1)
  const payloads = (isOne: (kind: string) => boolean) =>
    due.filter(({ kind }) => isOne(kind)).map(({ payload }) => payload)
  const compared = payloads((kind) => kind === RECONCILIATION).map((payload) =>
    reconciliationAlertPayload.parse(payload),
  )
  const stock = payloads((kind) => kind !== RECONCILIATION).map((payload) => stockAlertPayload.parse(payload))
  return [
    ...(stock.length > 0 ? [stockAlertMarkdown(stock, wasMaybeSaid)] : []),
    ...(compared.length > 0 ? [reconciliationMarkdown(compared, wasMaybeSaid)] : []),
  ].join('\n')
}

function retryInMs(error: unknown, due: DueDelivery[]): number {
  if (error instanceof RateLimitedError) return error.retryAfterMs
  if (error instanceof RefusedError) return REFUSED_RETRY_MS
  return Math.min(...due.map((delivery) => retryDelayMs(delivery)))
}
