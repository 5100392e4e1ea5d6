import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { FormParams } from '../form.ts'

export type TopParams = FormParams

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
