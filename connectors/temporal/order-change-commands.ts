import type { Client } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type {
  ChangeHoldAnswer,
  ChangeProblem,
  CommitChangeAnswer,
  PrepareChangeAnswer,
  ReleaseChangeAnswer,
} from '../../domain/change.ts'
import type { OrderState } from '../../domain/order.ts'
import { isMade, outcomeOfMade } from '../../domain/order-change.ts'
import {
  type AcquireChangeHold,
  acquireChangeHoldUpdate,
  type CommitChange,
  commitChangeUpdate,
  orderWorkflowId,
  type PrepareChange,
  prepareChangeUpdate,
  type ReleaseChangeHold,
  releaseChangeHoldUpdate,
} from '../../workflows/messages.ts'
import { type RowStanding, sendUpdate } from './send-update.ts'

/**
 * What a change says to its order: see workflows/messages.ts. Refusals are values.
 *
 * @throws ProblemError `unavailable` when Temporal or a worker does not answer in time, `order-not-found`
 */
export type OrderChangeCommands = {
  acquireHold: (orderId: string, command: AcquireChangeHold) => Promise<ChangeHoldAnswer>
  prepare: (orderId: string, command: PrepareChange) => Promise<PrepareChangeAnswer>
  commit: (orderId: string, command: CommitChange) => Promise<CommitChangeAnswer>
  release: (orderId: string, command: ReleaseChangeHold) => Promise<ReleaseChangeAnswer>
}

const CLOSED: ChangeProblem = {
  reason: 'order-closed',
  detail: 'the order is closed; nothing more can happen to it',
}

/** What the records know of an order whose workflow does not answer. */
export type OrderRecords = {
  /** Tells a workflow that has ended from one that has not begun. */
  standing: (orderId: string) => Promise<RowStanding>
  /** As its workflow has left it. */
  state: (orderId: string) => Promise<OrderState | null>
}

/**
 * The commands over a Temporal client. An order that has closed meanwhile answers what it answered before: a change that
 * it made stays made.
 */
export function createOrderChangeCommands(client: Client, records: OrderRecords): OrderChangeCommands {
  const send = <Answer, Command extends { requestId: string; changeId: string }>(
    update: UpdateDefinition<Answer, [Command]>,
    orderId: string,
    command: Command,
    closed: { made: (state: OrderState) => Answer; otherwise: Answer },
  ): Promise<Answer> =>
    sendUpdate(client, update, command, {
      what: 'order',
      workflowId: orderWorkflowId(orderId),
      standing: () => records.standing(orderId),
      unknown: 'order-not-found',
      closed: async () => {
        const state = await records.state(orderId)
        return state && isMade(state, command.changeId) ? closed.made(state) : closed.otherwise
      },
    })
  return {
    acquireHold: (orderId, command) => {
      const otherwise = { granted: false as const, orderVersion: null, ...CLOSED }
      return send(acquireChangeHoldUpdate, orderId, command, { made: () => otherwise, otherwise })
    },
    prepare: (orderId, command) =>
      send(prepareChangeUpdate, orderId, command, {
        made: ({ version: orderVersion }) => ({ prepared: true, orderVersion, gained: [] }),
        otherwise: { prepared: false, ...CLOSED },
      }),
    commit: (orderId, command) =>
      send(commitChangeUpdate, orderId, command, {
        made: (state) => outcomeOfMade(state, command.changeId),
        otherwise: { applied: false, ...CLOSED },
      }),
    release: (orderId, command) =>
      send(releaseChangeHoldUpdate, orderId, command, {
        made: () => ({ released: true, applied: true }),
        otherwise: { released: true, applied: false },
      }),
  }
}
