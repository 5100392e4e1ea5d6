import { createHash, timingSafeEqual } from 'node:crypto'
import type { FormParams } from '../form.ts'
import { msOfBeijing } from '../values.ts'

/** Whether `sign` is the MD5 of everything else in between two secrets. */
export function isSignedBy(params: FormParams, secret: string): boolean {
  const hash = createHash('md5').update(secret)
  for (const name of [...params.keys()].sort()) {
    if (name !== 'sign') hash.update(name).update(params.get(name) ?? '')
  }
  const wanted = Buffer.from(hash.update(secret).digest('hex').toUpperCase())
  const claimed = Buffer.from(params.get('sign') ?? '')
  return claimed.length === wanted.length && timingSafeEqual(claimed, wanted)
}

/** `2021-05-07 09:20:39`, with or without `.683+0800`, in ms since the epoch; NaN for anything else. */
export function msOfTimestamp(text: string): number {
  return /^.{19}(\.\d{3}\+0800)?$/.test(text) ? msOfBeijing(text.slice(0, 19)) : Number.NaN
}

/** The content of `360buy_param_json`: an object of texts. Null when it is anything else. */
export function readContent(text: string): ReadonlyMap<string, string> | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const content = new Map<string, string>()
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') return null
    content.set(name, member)
  }
  return content
}
