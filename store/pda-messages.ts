import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from './database.ts'

export type PdaMessageKind =
  | 'pick_task_created'
  | 'pick_task_withdrawn'
  /** From now on the task shares its parcel with those of the same `combinedId`. */
  | 'pick_task_combined'
  /** It goes by itself again. */
  | 'pick_task_separated'

export type PdaMessage = {
  orderId: string
  pickTaskId: string
  warehouseId: string
  lines: object[]
  combinedId?: string
  /** The other tasks of the parcel, as of now. */
  combinedWith?: string[]
}

/**
 * A message for the PDAs of a warehouse; the delivery worker sends messages of one task in order.
 *
 * @param options.cause what tells two messages of one kind about one task apart, where there can be several
 * @param options.notBefore it is kept back until then
 */
export async function queuePdaMessage(
  tx: Tx,
  kind: PdaMessageKind,
  message: PdaMessage,
  { cause, notBefore }: { cause?: string; notBefore?: Date | null | undefined } = {},
): Promise<void> {
  await tx
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind,
      target: 'pda',
      operation_id: `${message.pickTaskId}/${kind}${cause === undefined ? '' : `/${cause}`}`,
      order_id: message.orderId,
      order_key: message.pickTaskId,
      payload: JSON.stringify(message),
      next_attempt_at: notBefore ?? sql<Date>`clock_timestamp()`,
    })
    .execute()
}
