import { createHash, timingSafeEqual } from 'node:crypto'
import type { Call } from '../../http.ts'
import { type FormParams, readForm } from '../form.ts'

/** A call's parameters, as a form or as JSON whose nested values are texts of JSON; null when they are unreadable. */
export function readParams(call: Call): FormParams | null {
  return /^application\/json\b/i.test(call.header('content-type') ?? '')
    ? readJson(call.body)
    : readForm(call.body)
}

function readJson(body: Buffer): FormParams | null {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return new Map(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' ? member : JSON.stringify(member),
    ]),
  )
}

/** Whether `sign` is the MD5 of everything else in between two secrets. */
export function isSignedBy(params: FormParams, secret: string): boolean {
  const hash = createHash('md5').update(secret)
  for (const name of [...params.keys()].sort()) {
    if (name !== 'sign') hash.update(name).update(params.get(name) ?? '')
  }
  return isSame(params.get('sign') ?? '', hash.update(secret).digest('hex').toUpperCase())
}

/** Whether the last part of a connection's path is what only the app can compute. */
export function opensMessages(
  { clientId, ms, digest }: { clientId: string; ms: string; digest: string },
  secret: string,
): boolean {
  const hash = createHash('md5').update(`${clientId}${ms}${secret}`).digest('hex')
  return isSame(digest, Buffer.from(hash, 'latin1').toString('base64'))
}

function isSame(claimed: string, wanted: string): boolean {
  const bytes = Buffer.from(claimed)
  return bytes.length === wanted.length && timingSafeEqual(bytes, Buffer.from(wanted))
}
