import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Answer, Call } from '../http.ts'

/**
 * One platform of the outside world, mounted under its name: `/taobao/router/rest`. It speaks the platform's own
 * protocol, checks every signature with code of its own, and pages and limits like the real one.
 */
export type OutsidePlatform = {
  /** The first segment of its paths. */
  name: string
  answer: (call: Call) => Answer | Promise<Answer>
  /** A WebSocket is asked for under the platform's name. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Pushes that the hub has not acknowledged so far. */
  pendingPushes?: () => number
  /** What it has carried to people, such as text messages. */
  messages?: () => readonly object[]
  /** `/control/platforms/{name}/{what}` beyond what every platform has; null: no such thing. */
  control?: (call: Call, what: string) => Answer | Promise<Answer> | null
  close: () => Promise<void>
}
