import { createHmac, timingSafeEqual } from 'node:crypto'
import { appSecretOf } from '../accounts.ts'

const TOLERANCE_S = 300

/** The mall's secret for an app: 32 bytes, as Standard Webhooks write them. */
export function mallSecretOf(seed: string, appKey: string): string {
  return `whsec_${Buffer.from(appSecretOf(seed, 'mall', appKey)).toString('base64')}`
}

/** `v1,…` of `id.timestamp.body`. */
export function webhookSignature(
  id: string,
  timestamp: string,
  body: Buffer | string,
  secret: string,
): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
  return `v1,${digest}`
}

/** Whether one of the signatures that came is right, and the message of now. */
export function isOfTheHub(
  header: (name: string) => string | undefined,
  body: Buffer,
  secret: string,
  nowMs: number,
): boolean {
  const [id = '', timestamp = ''] = [header('webhook-id'), header('webhook-timestamp')]
  if (id === '' || !/^\d{10}$/.test(timestamp)) return false
  if (Math.abs(Number(timestamp) - nowMs / 1000) > TOLERANCE_S) return false
  const expected = Buffer.from(webhookSignature(id, timestamp, body, secret))
  return (header('webhook-signature') ?? '').split(' ').some((signature) => {
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}
