import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM under a ring of keys. The first key seals; every listed key opens, which is how keys are rotated.
 * The context (for example the row's id) is authenticated, so that sealed values cannot change places.
 */
export class KeyRing {
  readonly #keys: Map<string, Buffer>
  readonly #activeId: string
  /** Of each purpose: deriving one takes longer than a hash. */
  readonly #purposeKeys = new Map<string, Buffer>()

  private constructor(keys: Map<string, Buffer>, activeId: string) {
    this.#keys = keys
    this.#activeId = activeId
  }

  /** Reads "id:base64,id:base64", newest first. Throws when a key is not 32 bytes or an id is given twice. */
  static parse(text: string): KeyRing {
    const keys = new Map<string, Buffer>()
    for (const entry of text.split(',')) {
      const separator = entry.indexOf(':')
      const key = Buffer.from(entry.slice(separator + 1), 'base64')
      if (separator < 1 || key.length !== 32) throw new Error('each key must be "id:base64 of 32 bytes"')
      const id = entry.slice(0, separator)
      // A second key of one id would replace the first, and what that one sealed could never be opened.
      if (keys.has(id)) throw new Error(`the key id ${id} is given twice`)
      keys.set(id, key)
    }
    const [activeId] = keys.keys()
    if (activeId === undefined) throw new Error('at least one key is needed')
    return new KeyRing(keys, activeId)
  }

  /** Seals under the newest key. The result is nonce, tag and ciphertext in one piece. */
  seal(plain: Uint8Array, context: string): { keyId: string; sealed: Buffer } {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key(this.#activeId), nonce).setAAD(Buffer.from(context))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return { keyId: this.#activeId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]) }
  }

  /** Opens what `seal` made. Throws when the key is unknown, the context differs or a byte was changed. */
  open(keyId: string, sealed: Uint8Array, context: string): Buffer {
    const nonce = sealed.subarray(0, NONCE_BYTES)
    // The tag's length is fixed: without this a cut-off value would be checked against a tag that is easy to guess.
    const decipher = createDecipheriv(CIPHER, this.#key(keyId), nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  }

  /**
   * A hash that nobody can make or check without the newest key: HMAC-SHA-256 under a key of the purpose's own. After a
   * rotation the same text has another one.
   */
  hash(text: string, purpose: string): Buffer {
    let key = this.#purposeKeys.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#key(this.#activeId), '', purpose, 32))
      this.#purposeKeys.set(purpose, key)
    }
    return createHmac('sha256', key).update(text).digest()
  }

  /** Signs under the newest key: HMAC-SHA-256 under a key of the purpose's own. `isSigned` checks it as long as the key is listed. */
  sign(text: string, purpose: string): { keyId: string; signature: Buffer } {
    return { keyId: this.#activeId, signature: this.hash(text, purpose) }
  }

  /** Whether just this text was signed. False, too, where the key is no longer on the ring. */
  isSigned(text: string, purpose: string, signed: { keyId: string; signature: Uint8Array }): boolean {
    const master = this.#keys.get(signed.keyId)
    if (!master) return false
    const key = Buffer.from(hkdfSync('sha256', master, '', purpose, 32))
    const expected = createHmac('sha256', key).update(text).digest()
    return signed.signature.length === expected.length && timingSafeEqual(signed.signature, expected)
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id)
    if (!key) throw new Error(`no key named ${id} on the ring`)
    return key
  }
}
