import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { KeyRing } from '../../store/keyring.ts'
import { orderWorkflowId, stateQuery } from '../../workflows/messages.ts'

export type Message = { orderId: string; inboxId: number }

/** What the orders' workflows know, by their own words. */
export type OrderWorkflows = {
  /** Those of the messages that their orders have not heard; one whose workflow gives no answer has not. */
  unheard: (messages: readonly Message[]) => Promise<Message[]>
  close: () => Promise<void>
}

const ANSWER_WITHIN_MS = 10_000
/** So many are asked in one look. */
const ASKED_AT_ONCE = 100

/** @param address of Temporal, `host:port` */
export function connectOrderWorkflows(address: string, payloadKeys: string): OrderWorkflows {
  const config = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' }
  const client = createTemporalClient(config, KeyRing.parse(payloadKeys))
  const heard = new Set<number>()
  const ask = async ({ orderId, inboxId }: Message): Promise<void> => {
    try {
      const { seen } = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
        client.workflow.getHandle(orderWorkflowId(orderId)).query(stateQuery),
      )
      if (seen.includes(inboxId)) heard.add(inboxId)
    } catch {
      // It is asked again at the next look.
    }
  }
  const isUnheard = ({ inboxId }: Message) => !heard.has(inboxId)
  return {
    unheard: async (messages) => {
      await Promise.all(messages.filter(isUnheard).slice(0, ASKED_AT_ONCE).map(ask))
      return messages.filter(isUnheard)
    },
    close: () => client.connection.close(),
  }
}
