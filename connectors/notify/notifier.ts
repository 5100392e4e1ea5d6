import type { Finding, NotificationWay, RenderedParameter } from '../../domain/notification.ts'

export type OutgoingMessage = {
  /** The hub's own id of the message, told to the provider as a reference. */
  id: string
  /** Eleven digits for SMS; an openid for WeChat. */
  recipient: string
  templateId: string
  parameters: RenderedParameter[]
}

export type SendOutcome =
  | { kind: 'sent'; providerId: string | null }
  /** This customer cannot be reached this way; nothing is to be mended. */
  | { kind: 'unreachable'; reason: string }
  /** Not sent, and not now. */
  | { kind: 'later'; reason: string; retryInMs: number }

/** A provider that carries messages to customers. */
export type Notifier = {
  name: string
  way: NotificationWay
  /** Its operators report what became of a message: pushed, or found by asking. */
  hasReports: boolean
  /**
   * One call, never repeated in here.
   *
   * @throws RefusedError when the provider refuses such messages: it was not sent
   * @throws UnreachableError when no whole answer came: whether it was sent is not known
   */
  send: (message: OutgoingMessage) => Promise<SendOutcome>
  /**
   * What became of a message whose call was made at `sendingAt` and cut off, or of which the operator has not reported yet. Where
   * the provider knows a message again, this may be the same call once more.
   *
   * @throws UnreachableError, RateLimitedError, RefusedError when the provider could not be asked
   */
  find: (message: OutgoingMessage, sendingAt: Date) => Promise<Finding>
}
