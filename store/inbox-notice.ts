import pg from 'pg'
import type { Logger } from 'pino'

const CHANNEL = 'hub_inbox'
/** Pokes within this time become one notice: a NOTIFY in every transaction would serialise their commits. */
const COALESCE_MS = 5

export type InboxNotice = { poke: () => void }

/** Tells the relays, after commits, that something is waiting. A lost notice costs one polling interval. */
export function createInboxNotice(pool: Pick<pg.Pool, 'query'>, logger: Logger): InboxNotice {
  let scheduled = false
  const send = async () => {
    scheduled = false
    try {
      await pool.query(`notify ${CHANNEL}`)
    } catch (error) {
      logger.debug({ reason: error instanceof Error ? error.message : String(error) }, 'notice not sent')
    }
  }
  return {
    poke: () => {
      if (scheduled) return
      scheduled = true
      setTimeout(send, COALESCE_MS)
    },
  }
}

/**
 * Listens for notices on a connection of its own, which comes back by itself after an outage.
 *
 * @returns a function that stops listening
 */
export function listenToInbox(url: string, onNotice: () => void, logger: Logger): () => Promise<void> {
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | null = null
  let stopped = false
  const reconnect = () => {
    client = null
    if (!stopped) retry = setTimeout(connect, 1_000)
  }
  const connect = () => {
    const next = new pg.Client({ connectionString: url })
    next.on('notification', onNotice)
    next.on('error', (error) =>
      logger.warn({ reason: error.message }, 'lost the connection that listens for notices'),
    )
    next.on('end', reconnect)
    client = next
    next
      .connect()
      .then(() => next.query(`listen ${CHANNEL}`))
      // What came in while nobody listened.
      .then(onNotice)
      .catch((error: Error) => {
        logger.warn({ reason: error.message }, 'cannot listen for notices, polling meanwhile')
        if (client === next && !retry) reconnect()
      })
  }
  connect()
  return async () => {
    stopped = true
    if (retry) clearTimeout(retry)
    await client?.end()
  }
}
