import { createHash } from 'node:crypto'

/** What a call of POP carries; what is no text is signed and sent as its JSON. */
export type PopParams = Readonly<Record<string, unknown>>

/** The parameters as texts, as they are signed and sent. What is undefined or null is left out. */
export function textsOf(params: PopParams): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

/**
 * Signs the parameters of a call: names sorted by their bytes, names and values joined, the secret on both ends.
 *
 * https://open.pinduoduo.com/application/document/browse?idStr=8EC06C399636041E
 */
export function signPop(params: PopParams, clientSecret: string): string {
  const text = Object.entries(textsOf(params))
    .filter(([name]) => name !== 'sign')
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => name + value)
    .join('')
  return createHash('md5')
    .update(clientSecret + text + clientSecret, 'utf8')
    .digest('hex')
    .toUpperCase()
}

/** What proves in the path of a message connection who opens it. `ms` is since the epoch. */
export function messageDigest(clientId: string, ms: string, clientSecret: string): string {
  const hex = createHash('md5')
    .update(clientId + ms + clientSecret, 'utf8')
    .digest('hex')
  return Buffer.from(hex).toString('base64')
}

/**
 * The path under which messages are listened to.
 *
 * https://open.pinduoduo.com/application/document/browse?idStr=D3B6DBF3A5CB57E5
 */
export function messagePath(clientId: string, ms: string, clientSecret: string): string {
  const digest = encodeURIComponent(messageDigest(clientId, ms, clientSecret))
  return `/message/${encodeURIComponent(clientId)}/${ms}/${digest}`
}
