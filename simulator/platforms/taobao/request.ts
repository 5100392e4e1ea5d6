import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type TopParams = ReadonlyMap<string, string>

/** Reads a form body; null when it is broken or names something twice. */
export function readForm(body: Buffer): TopParams | null {
  const params = new Map<string, string>()
  try {
    for (const pair of body.toString('utf8').split('&')) {
      const at = pair.indexOf('=')
      if (at === -1) return null
      const name = decoded(pair.slice(0, at))
      if (params.has(name)) return null
      params.set(name, decoded(pair.slice(at + 1)))
    }
  } catch {
    return null // a broken escape
  }
  return params
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'))
}

/** Whether the parameters bear the signature that their `sign_method` asks for. */
export function isSignedBy(params: TopParams, secret: string): boolean {
  const claimed = Buffer.from(params.get('sign') ?? '')
  const wanted = signatureOf(params, secret)
  return wanted !== null && claimed.length === wanted.length && timingSafeEqual(claimed, wanted)
}

function signatureOf(params: TopParams, secret: string): Buffer | null {
  const method = params.get('sign_method')
  const hash =
    method === 'md5'
      ? createHash('md5').update(secret)
      : method === 'hmac'
        ? createHmac('md5', secret)
        : method === 'hmac-sha256'
          ? createHmac('sha256', secret)
          : null
  if (!hash) return null
  for (const name of [...params.keys()].sort()) {
    const value = params.get(name)
    if (name !== 'sign' && value) hash.update(name).update(value)
  }
  if (method === 'md5') hash.update(secret)
  return Buffer.from(hash.digest('hex').toUpperCase())
}

/** `2026-11-11 00:00:01` of Beijing in ms since the epoch; NaN for anything else. */
export function msOfBeijing(text: string): number {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}Z`) - 8 * 3_600_000
    : Number.NaN
}
