import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const CHECK_MS = 20
/** What is still being answered at a stop gets this long. */
const DRAIN_MS = 10_000

/**
 * A stop answers what is under way and then ends every connection. Node by itself waits for connections on which no
 * request was ever sent, as browsers and pools open them ahead of time.
 */
export const draining = fp(
  async (app: FastifyInstance) => {
    let inFlight = 0
    const end = () => {
      inFlight -= 1
    }
    app.addHook('onRequest', (_request, reply, done) => {
      inFlight += 1
      // Not `onResponse`: a caller who hangs up in the middle never gets one.
      reply.raw.once('close', end)
      done()
    })
    app.addHook('preClose', async () => {
      const giveUpAt = Date.now() + DRAIN_MS
      const timer = setInterval(() => {
        if (inFlight > 0 && Date.now() < giveUpAt) return
        clearInterval(timer)
        app.server.closeAllConnections()
      }, CHECK_MS)
    })
  },
  { name: 'draining' },
)
