import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { WecomAccount } from './account.ts'

/** `msg_signature`: SHA-1 over token, timestamp, nonce and sealed text, in the order of their bytes. */
export function signatureOf(token: string, timestamp: string, nonce: string, sealed: string): string {
  const hash = createHash('sha1')
  for (const part of [token, timestamp, nonce, sealed].sort()) hash.update(part)
  return hash.digest('hex')
}

const keyOf = ({ encodingAesKey }: WecomAccount) => Buffer.from(`${encodingAesKey}=`, 'base64')

/** 16 random bytes, the length, the text, the corp; filled up to whole blocks of 32; AES-256-CBC; Base64. */
export function seal(text: string, account: WecomAccount): string {
  const key = keyOf(account)
  const body = Buffer.from(text, 'utf8')
  const head = Buffer.concat([randomBytes(16), Buffer.alloc(4)])
  head.writeUInt32BE(body.byteLength, 16)
  const plain = Buffer.concat([head, body, Buffer.from(account.corpId)])
  const fill = 32 - (plain.byteLength % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16))
  cipher.setAutoPadding(false)
  const whole = Buffer.concat([plain, Buffer.alloc(fill, fill)])
  return Buffer.concat([cipher.update(whole), cipher.final()]).toString('base64')
}

/** What is in it, or null where it is not sealed for this corp with its key. */
export function unseal(sealed: string, account: WecomAccount): string | null {
  const key = keyOf(account)
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.byteLength === 0 || bytes.byteLength % 32 !== 0) return null
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16))
  decipher.setAutoPadding(false)
  const whole = Buffer.concat([decipher.update(bytes), decipher.final()])
  const fill = whole[whole.byteLength - 1] ?? 0
  if (fill < 1 || fill > 32) return null
  const plain = whole.subarray(16, whole.byteLength - fill)
  const end = 4 + plain.readUInt32BE(0)
  if (plain.subarray(end).toString('utf8') !== account.corpId) return null
  return plain.subarray(4, end).toString('utf8')
}
