import type { Client } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type {
  ChangeHoldAnswer,
  ChangeProblem,
  CommitChangeAnswer,
  PrepareChangeAnswer,
  ReleaseChangeAnswer,
} from '../../domain/change.ts'
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

/** The commands over a Temporal client. `standing` tells a workflow that has ended from one that has not begun. */
export function createOrderChangeCommands(
  client: Client,
  standing: (orderId: string) => Promise<RowStanding>,
): OrderChangeCommands {
  const send = <Answer, Command extends { requestId: string }>(
    update: UpdateDefinition<Answer, [Command]>,
    orderId: string,
    command: Command,
    closed: Answer,
  ): Promise<Answer> =>
    sendUpdate(client, update, command, {
      what: 'order',
      workflowId: orderWorkflowId(orderId),
      standing: () => standing(orderId),
      unknown: 'order-not-found',
      closed: async () => closed,
    })
  return {
    acquireHold: (orderId, command) =>
      send(acquireChangeHoldUpdate, orderId, command, { granted: false, orderVersion: null, ...CLOSED }),
    prepare: (orderId, command) =>
      send(prepareChangeUpdate, orderId, command, { prepared: false, ...CLOSED }),
    commit: (orderId, command) => send(commitChangeUpdate, orderId, command, { applied: false, ...CLOSED }),
    release: (orderId, command) =>
      send(releaseChangeHoldUpdate, orderId, command, { released: true, applied: false }),
  }
}
