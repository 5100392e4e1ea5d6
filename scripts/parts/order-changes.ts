import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { HubAccess } from './hub-client.ts'

/** One line of the operation log, as the event stream tells it. */
export type OrderChange = z.output<typeof orderChange>
const orderChange = z.object({
  orderId: z.string(),
  storeId: z.string(),
  field: z.string(),
  newValue: z.string().nullable(),
})

/** Before a stream that broke off is opened again. */
const reopenMs = 1_000

/**
 * Every change of every order from the moment this resolves, in commit order and without a gap, also over a restart
 * of the API. Ends at the signal. Throws when the hub refuses the stream.
 */
export async function openOrderChanges(
  access: Pick<HubAccess, 'api' | 'apiKeys'>,
  signal: AbortSignal,
): Promise<AsyncGenerator<OrderChange>> {
  const first = await open(access, undefined, signal)
  return follow(access, first, signal)
}

async function* follow(
  access: Pick<HubAccess, 'api' | 'apiKeys'>,
  first: Response,
  signal: AbortSignal,
): AsyncGenerator<OrderChange> {
  let lastEventId: string | undefined
  let response: Response | undefined = first
  while (!signal.aborted) {
    for await (const { id, data } of response ? eventsOf(response, signal) : []) {
      lastEventId = id ?? lastEventId
      if (data !== undefined) yield orderChange.parse(JSON.parse(data))
    }
    await delay(reopenMs, undefined, { signal }).catch(() => undefined)
    response = await reopen(access, lastEventId, signal)
  }
}

async function open(
  { api, apiKeys }: Pick<HubAccess, 'api' | 'apiKeys'>,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${apiKeys.ops}` }
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId
  const response = await fetch(new URL('/v1/events', api), { headers, signal })
  if (response.ok) return response
  throw new Error(`The hub refused its event stream: ${response.status} ${await response.text()}`)
}

/** Undefined while the hub is away. */
async function reopen(...args: Parameters<typeof open>): Promise<Response | undefined> {
  try {
    return await open(...args)
  } catch {
    return undefined // the next try may find it there again
  }
}

interface StreamEvent {
  id: string | undefined
  data: string | undefined
}

/** The events of one connection, until it breaks off. */
async function* eventsOf({ body }: Response, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  const chunks = body?.[Symbol.asyncIterator]()
  let rest = ''
  while (chunks && !signal.aborted) {
    const chunk = await chunks.next().catch(() => undefined) // a lost connection ends it like the hub's own end
    if (!chunk || chunk.done) return
    const blocks = `${rest}${decoder.decode(chunk.value, { stream: true })}`.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      yield { id: /^id: (.+)$/m.exec(block)?.[1], data: /^data: (.+)$/m.exec(block)?.[1] }
    }
  }
}
