import { Webhook } from 'standardwebhooks'

/**
 * `webhook-signature` of a Standard Webhook: `v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(
  message: { id: string; timestampSeconds: number; body: string },
  secret: string,
): string {
  return new Webhook(secret).sign(message.id, new Date(message.timestampSeconds * 1000), message.body)
}
