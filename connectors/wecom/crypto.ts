import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Callbacks of WeCom (企业微信) and of WeChat (公众号, mini-programs) in secure mode: signed with SHA-1, sealed with AES-256-CBC.
 * https://developer.work.weixin.qq.com/document/path/90968
 */
export type CallbackKeys = {
  token: string
  /** 43 characters: Base64 of the 32 bytes of the key, without its `=`. */
  encodingAesKey: string
  /** Whom messages are for: a corp id, a suite id, an app id. */
  receiveId: string
}

/** A callback that is not from whom it should be, or not to us. The reason never quotes the message. */
export class CallbackError extends Error {
  override readonly name = 'CallbackError'
}

/** PKCS#7, but to multiples of 32 bytes: a padding of more than 16 is right. */
const BLOCK_BYTES = 32
const RANDOM_BYTES = 16
const LENGTH_BYTES = 4

/** Lower hex of SHA-1 over the parts, sorted and put together: token, timestamp, nonce, and in secure mode the sealed text. */
export function signCallback(parts: readonly string[]): string {
  return createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex')
}

/** Whether a signature is the one of these parts, in a time that does not depend on how wrong it is. */
export function isCallbackSigned(parts: readonly string[], signature: string): boolean {
  const expected = Buffer.from(signCallback(parts))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/**
 * Seals a message: Base64 of AES-256-CBC over 16 random bytes, the length, the message and whom it is for.
 *
 * @param random for tests alone: 16 bytes that make the result the same each time
 */
export function sealCallback(
  message: string,
  { encodingAesKey, receiveId }: Omit<CallbackKeys, 'token'>,
  random: Uint8Array = randomBytes(RANDOM_BYTES),
): string {
  const key = keyOf(encodingAesKey)
  const content = Buffer.from(message)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(content.length)
  const plain = Buffer.concat([random, length, content, Buffer.from(receiveId)])
  const missing = BLOCK_BYTES - (plain.length % BLOCK_BYTES)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(missing, missing)),
    cipher.final(),
  ]).toString('base64')
}

/**
 * Opens a sealed message without asking who sent it and whom it is for.
 *
 * @throws CallbackError when it is not sealed with this key
 */
export function unsealCallback(
  sealed: string,
  encodingAesKey: string,
): { message: string; receiveId: string } {
  const plain = decrypt(sealed, keyOf(encodingAesKey))
  const padding = plain.at(-1) ?? 0
  const isPadded = padding >= 1 && padding <= BLOCK_BYTES && padding <= plain.length
  if (!isPadded || plain.subarray(-padding).some((byte) => byte !== padding)) {
    throw new CallbackError('the padding is broken')
  }
  const content = plain.subarray(RANDOM_BYTES, plain.length - padding)
  const length = content.length < LENGTH_BYTES ? -1 : content.readUInt32BE()
  const end = LENGTH_BYTES + length
  if (length < 0 || end > content.length) throw new CallbackError('the length is broken')
  return { message: textOf(content.subarray(LENGTH_BYTES, end)), receiveId: textOf(content.subarray(end)) }
}

/**
 * Checks and opens a callback: the signature of what was sent first, then whom it is for.
 *
 * @throws CallbackError
 */
export function openCallback(
  callback: { timestamp: string; nonce: string; sealed: string; signature: string },
  keys: CallbackKeys,
): string {
  const { timestamp, nonce, sealed, signature } = callback
  if (!isCallbackSigned([keys.token, timestamp, nonce, sealed], signature)) {
    throw new CallbackError('the signature is wrong')
  }
  const { message, receiveId } = unsealCallback(sealed, keys.encodingAesKey)
  if (receiveId !== keys.receiveId) throw new CallbackError('the message is for somebody else')
  return message
}

function keyOf(encodingAesKey: string): Buffer {
  if (!/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) throw new CallbackError('the key is no EncodingAESKey')
  return Buffer.from(`${encodingAesKey}=`, 'base64')
}

function decrypt(sealed: string, key: Buffer): Buffer {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length === 0 || bytes.length % 16 !== 0) throw new CallbackError('the sealed text is broken')
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([decipher.update(bytes), decipher.final()])
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CallbackError('the message is no UTF-8')
  }
}
