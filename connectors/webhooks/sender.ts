import { lookup as lookupHost } from 'node:dns/promises'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { type AllowedTargets, checkAddress, checkReceiverUrl, literalAddress } from './address.ts'

/** Standard Webhooks: a receiver has 15 to 30 seconds. Covers everything from the DNS to the last byte of the answer. */
const TIMEOUT_MS = 30_000
/** Of the answer only the status counts; so much of its body is read to keep the connection, then it is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024
/** Connections to receivers that are kept for the next event. */
const IDLE_SOCKETS = 16
const IDLE_SOCKET_MS = 15_000

/** One message to one receiver. */
export type WebhookMessage = {
  url: string
  /** The same at every try: by it the receiver knows what it has seen. */
  id: string
  body: string
  /** `whsec_…`, the newest first; signed with each, so that a receiver may know only the older one. */
  secrets: readonly string[]
}

/** How a receiver answered. `status` null: not at all, and `error` says why. */
export type WebhookAnswer = {
  status: number | null
  retryAfterSeconds: number | null
  error: string | null
  milliseconds: number
}

export type WebhookSender = { send: (message: WebhookMessage) => Promise<WebhookAnswer>; close: () => void }
/** Every address of a host; the system's resolver unless a test stands in for it. */
type Resolve = (host: string) => Promise<{ address: string; family: number }[]>

/**
 * Posts signed messages as Standard Webhooks say. The address is resolved and judged inside the connection's own
 * look-up, so that the address that was judged is the one that is connected to, whatever the DNS says a moment later;
 * redirections are not followed.
 */
export function createWebhookSender(options: {
  allowed: AllowedTargets
  timeoutMs?: number
  resolve?: Resolve
}): WebhookSender {
  const { allowed, timeoutMs = TIMEOUT_MS, resolve = resolveAll } = options
  const keep = { keepAlive: true, maxFreeSockets: IDLE_SOCKETS, timeout: IDLE_SOCKET_MS }
  const http = new HttpAgent(keep)
  const https = new HttpsAgent(keep)

  const lookupFor =
    (url: URL): LookupFunction =>
    (host, { all }, callback) => {
      resolve(host)
        .then((addresses) => {
          for (const { address } of addresses) checkAddress(url, address, allowed)
          const [first] = addresses
          if (!first) throw new Error(`${host} has no address`)
          if (all) callback(null, addresses)
          else callback(null, first.address, first.family)
        })
        .catch((error: Error) => callback(error, '', 0))
    }

  async function post(message: WebhookMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { id, body, secrets } = message
    const url = checkReceiverUrl(message.url, allowed)
    const isSecure = url.protocol === 'https:'
    const send = isSecure ? requestHttps : requestHttp
    return new Promise((settle, fail) => {
      const request = send(
        url,
        {
          method: 'POST',
          agent: isSecure ? https : http,
          // An address in the URL is connected to without a look-up, and was judged above.
          ...(literalAddress(url) === null ? { lookup: lookupFor(url) } : {}),
          signal,
          headers: { ...sign(id, body, secrets, new Date()), 'content-length': Buffer.byteLength(body) },
        },
        settle,
      )
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The receiver closed a kept connection at the moment in which it was taken up again: no fault of anybody's.
        if (request.reusedSocket && error.code === 'ECONNRESET') settle(post(message, signal))
        else fail(error)
      })
      request.end(body)
    })
  }

  return {
    send: async (message) => {
      const startedAt = performance.now()
      const took = () => Math.round(performance.now() - startedAt)
      try {
        const response = await post(message, AbortSignal.timeout(timeoutMs))
        await drain(response)
        const status = response.statusCode ?? null
        const error = status !== null && status >= 200 && status < 300 ? null : `answered ${status}`
        const retryAfterSeconds = readRetryAfter(response.headers['retry-after'], Date.now())
        return { status, retryAfterSeconds, error, milliseconds: took() }
      } catch (error) {
        return {
          status: null,
          retryAfterSeconds: null,
          error: describe(error, timeoutMs),
          milliseconds: took(),
        }
      }
    },
    close: () => {
      http.destroy()
      https.destroy()
    },
  }
}

function sign(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    'content-type': 'application/json',
    'user-agent': 'order-hub',
  }
}

/** Reads the answer to its end, or cuts the connection: the status is known, and nothing else of it counts. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of response) {
      bytes += Buffer.byteLength(chunk)
      // Leaving the loop destroys the connection.
      if (bytes > MAX_ANSWER_BYTES) return
    }
  } catch {
    // It broke off after its status: that was the answer.
  }
}

/** Seconds, or a date of HTTP; null where it is neither. */
function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  if (/^[0-9]{1,9}$/.test(header)) return Number(header)
  const at = / GMT$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/** Long enough to say what is wrong, short enough for a column. */
const ERROR_CHARACTERS = 300

function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error).slice(0, ERROR_CHARACTERS)
  // The name of an aborted request; the reason is our own time limit.
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1000} s`
  return error.message.slice(0, ERROR_CHARACTERS)
}

async function resolveAll(host: string) {
  return lookupHost(host, { all: true, verbatim: true })
}
