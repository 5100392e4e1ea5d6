import { type Client, WorkflowNotFoundError, type WorkflowStartOptions } from '@temporalio/client'
import type { SignalDefinition } from '@temporalio/common'
import type { Logger } from 'pino'
import {
  markCarried,
  postponeCarrying,
  recall,
  type ToldMark,
  type ToldRow,
  toldRows,
  unsettledIds,
} from '../store/carrying.ts'
import type { Db } from '../store/database.ts'
import { knownVersionQuery } from '../workflows/messages.ts'
import { askRun, HEARD_WITHIN_MS } from './heard.ts'

const ROWS_A_ROUND = 50
const CALL_DEADLINE_MS = 10_000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

type Untold = { id: string; version: number; settled: boolean; attempts: number }

/** What is carried: rows of one table, to workflows of one type. */
export type Carried<Row extends Untold> = {
  table: Parameters<typeof markCarried>[1]
  /** In log lines. */
  what: string
  workflowType: string
  workflowId: (id: string) => string
  signal: SignalDefinition<[{ version: number }]>
  untold: (db: Db, limit: number) => Promise<Row[]>
  /** What a workflow that is begun is given, and is found by. */
  start: (row: Row) => Pick<WorkflowStartOptions, 'staticSummary' | 'typedSearchAttributes'> & {
    args: unknown[]
  }
}

/**
 * Tells workflows what their rows have decided, at least once, and starts those that do not run. The row knows which
 * version was told; what was acknowledged while Temporal was away is told when it is back.
 */
export class RowCarrier<Row extends Untold> {
  readonly #carried: Carried<Row>
  readonly #options: { db: Db; client: Client; taskQueue: string; logger: Logger }
  #afterId = FIRST_ID
  #heardUntil: ToldMark | null = null

  constructor(carried: Carried<Row>, options: { db: Db; client: Client; taskQueue: string; logger: Logger }) {
    this.#carried = carried
    this.#options = options
  }

  /** One round. Returns how many rows' news it has told; 0 means that nothing is due. */
  async runOnce(): Promise<number> {
    const { db, logger } = this.#options
    const { table, what } = this.#carried
    let told = 0
    for (const row of await this.#carried.untold(db, ROWS_A_ROUND)) {
      const { id, version } = row
      try {
        await this.#tell(row)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        logger.warn({ id, reason }, `a ${what} could not be told, will retry`)
        const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(row.attempts, 10))
        await postponeCarrying(db, table, id, delayMs)
        continue
      }
      await markCarried(db, table, id, version)
      told += 1
    }
    return told
  }

  /** A slice of those that need a workflow: one whose workflow is gone is told everything again, which begins it anew. */
  async checkWorkflows(): Promise<number> {
    const { db, logger } = this.#options
    const { table, what } = this.#carried
    const ids = await unsettledIds(db, table, this.#afterId, ROWS_A_ROUND)
    this.#afterId = ids.length < ROWS_A_ROUND ? FIRST_ID : (ids.at(-1) ?? FIRST_ID)
    let recalled = 0
    for (const id of ids) {
      if (await this.#isRunning(id)) continue
      if (!(await recall(db, table, id))) continue
      logger.warn({ id }, `a ${what} had no workflow and is started again`)
      recalled += 1
    }
    return recalled
  }

  /**
   * What Temporal took must have reached its workflow: a run can skip news for good (docs/adr/0023). One that does not
   * know of the version that it was told of is ended, and its row is told again, which begins another.
   *
   * @param toldForMs how long ago rows were told that are looked at, each version once
   * @returns how many are begun anew
   * @throws while nobody can say, as when no worker is there
   */
  async checkHeard(toldForMs = HEARD_WITHIN_MS): Promise<number> {
    const { db, logger } = this.#options
    const { table, what } = this.#carried
    let begunAnew = 0
    for (const row of await toldRows(db, table, this.#heardUntil, toldForMs, ROWS_A_ROUND)) {
      if (await this.#hasMissed(row)) {
        await this.#end(row.id)
        if (await recall(db, table, row.id)) {
          logger.warn(row, `the workflow of a ${what} has missed its news and is begun anew`)
          begunAnew += 1
        }
      }
      this.#heardUntil = row
    }
    return begunAnew
  }

  async #hasMissed({ id, version }: ToldRow): Promise<boolean> {
    const run = await askRun(this.#options.client, this.#carried.workflowId(id), knownVersionQuery)
    // Without a workflow it is begun anew as one that was lost.
    if (run === 'gone') return false
    // One that has read nothing yet is about to.
    return run === 'unreplayable' || (run.answer !== 0 && run.answer < version)
  }

  async #end(id: string): Promise<void> {
    const { client } = this.#options
    try {
      await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.getHandle(this.#carried.workflowId(id)).terminate('it has missed news of its row'),
      )
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }

  async #tell(row: Row): Promise<void> {
    const { client, taskQueue } = this.#options
    const { workflowType, signal, start } = this.#carried
    const { version } = row
    const workflowId = this.#carried.workflowId(row.id)
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
      if (row.settled) {
        try {
          await client.workflow.getHandle(workflowId).signal(signal, { version })
        } catch (error) {
          // It ended by itself, or never began: there is nothing left for it to do.
          if (!(error instanceof WorkflowNotFoundError)) throw error
        }
        return
      }
      await client.workflow.signalWithStart(workflowType, {
        taskQueue,
        workflowId,
        // The row says that there is something to do: a run that has ended is a lost one.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        signal,
        signalArgs: [{ version }],
        ...start(row),
      })
    })
  }

  async #isRunning(id: string): Promise<boolean> {
    const { client } = this.#options
    try {
      const description = await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.getHandle(this.#carried.workflowId(id)).describe(),
      )
      return description.status.name === 'RUNNING'
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false
      throw error
    }
  }
}
