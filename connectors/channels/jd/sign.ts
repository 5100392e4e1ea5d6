import { createHash } from 'node:crypto'

type Params = Readonly<Record<string, string>>

/**
 * Signs the parameters of a call: names sorted by their bytes, names and values joined, the secret on both ends. Exactly
 * what is sent is signed, but for the signature.
 *
 * https://open.jd.com/v2/#/doc/dev-guide?listId=2643
 */
export function signJos(params: Params, appSecret: string): string {
  const text = Object.entries(params)
    .filter(([name]) => name !== 'sign')
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => name + value)
    .join('')
  return createHash('md5')
    .update(appSecret + text + appSecret, 'utf8')
    .digest('hex')
    .toUpperCase()
}

/** What is sent once a call is signed. */
export type SignedCall = { params: Params; headers: Params }

/**
 * How calls can be signed; a shop's credentials name one. The platform is on its way to a gateway whose signature stands
 * in headers: it would be another line here.
 */
export const SIGNERS = {
  md5: (params: Params, appSecret: string): SignedCall => ({
    params: { ...params, sign: signJos(params, appSecret) },
    headers: {},
  }),
}
