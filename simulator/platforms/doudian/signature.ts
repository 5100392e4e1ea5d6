import { createHash, createHmac } from 'node:crypto'

/** The five things that a caller signs, in the order of their names. */
const SIGNED = ['app_key', 'method', 'param_json', 'timestamp', 'v'] as const

/** What `sign` of a call must be. The body is `param_json`. */
export function expectedSign(query: URLSearchParams, body: Buffer, secret: string): string {
  const pattern = Buffer.concat(
    SIGNED.flatMap((name) => [
      Buffer.from(name),
      name === 'param_json' ? body : Buffer.from(query.get(name) ?? ''),
    ]),
  )
  const whole = Buffer.concat([Buffer.from(secret), pattern, Buffer.from(secret)])
  return query.get('sign_method') === 'hmac-sha256'
    ? createHmac('sha256', secret).update(whole).digest('hex')
    : createHash('md5').update(whole).digest('hex')
}

/** `event-sign` of a push, in capitals as some of the platform's servers write it. */
export function eventSign(appKey: string, body: string, secret: string): string {
  return createHash('md5').update(`${appKey}${body}${secret}`).digest('hex').toUpperCase()
}
