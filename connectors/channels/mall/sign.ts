import { Webhook, WebhookVerificationError } from 'standardwebhooks'

/** A message as Standard Webhooks sign it. */
export type SignedMessage = { id: string; timestampSeconds: number; body: string }

/**
 * `webhook-signature` of a Standard Webhook: `v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(message: SignedMessage, secret: string): string {
  return new Webhook(secret).sign(message.id, new Date(message.timestampSeconds * 1000), message.body)
}

/** The three headers, signed with every secret: whoever knows one of them, the old or the new, can check them. */
export function webhookHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampSeconds),
    'webhook-signature': secrets.map((secret) => signWebhook(message, secret)).join(' '),
  }
}

/** Whether one of the signatures is right under one of the secrets, and the message at most five minutes off. */
export function isWebhookSigned(
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  secrets: readonly string[],
): boolean {
  const signed = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  }
  // The library takes what begins with a number for one.
  if (!/^\d{1,12}$/.test(signed['webhook-timestamp'])) return false
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, signed, { jsonParse: false })
      return true
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false
      throw error
    }
  })
}
