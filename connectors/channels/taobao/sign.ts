import { createHash, createHmac } from 'node:crypto'

/** How an app signs its calls; which one, says the parameter `sign_method`, and the shop's configuration. */
export const SIGN_METHODS = ['md5', 'hmac', 'hmac-sha256'] as const
export type SignMethod = (typeof SIGN_METHODS)[number]

type Secret = string | Uint8Array

/**
 * Signs the parameters of a call: names sorted by their bytes, names and values joined without anything between them,
 * what is empty left out. `md5` puts the secret around the text, `hmac` (HMAC-MD5) and `hmac-sha256` take it as the key.
 *
 * https://open.taobao.com/doc.htm?docId=101617&docType=1
 */
export function signTop(
  params: Readonly<Record<string, string>>,
  secret: Secret,
  method: SignMethod,
): string {
  const text = Object.entries(params)
    .filter(([name, value]) => name !== 'sign' && name !== '' && value !== '')
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => name + value)
    .join('')
  switch (method) {
    case 'md5':
      return createHash('md5').update(secret).update(text, 'utf8').update(secret).digest('hex').toUpperCase()
    case 'hmac':
      return createHmac('md5', secret).update(text, 'utf8').digest('hex').toUpperCase()
    case 'hmac-sha256':
      return createHmac('sha256', secret).update(text, 'utf8').digest('hex').toUpperCase()
  }
}

/** Signs the first message of a long connection. `timestamp` is ms since the epoch. */
export function signHandshake(
  { appKey, groupName, timestamp }: { appKey: string; groupName: string; timestamp: string },
  secret: Secret,
): string {
  return signTop({ app_key: appKey, group_name: groupName, timestamp }, secret, 'md5')
}
