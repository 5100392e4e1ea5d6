import { generateKeyPairSync, type JsonWebKey, randomUUID, sign } from 'node:crypto'

/** A key of its own that signs tokens (JWS with ES256). */
type Signer = {
  keyId: string
  publicKey: JsonWebKey
  /** @param keyId the key that the token says it is signed by */
  sign: (claims: object, keyId: string) => string
}

/** A new key at every start, under a new name: whoever keeps an older one sees that it is another. */
export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyId = randomUUID()
  return {
    keyId,
    publicKey: { ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'ES256' },
    sign: (claims, signedBy) => {
      const text = [{ alg: 'ES256', kid: signedBy, typ: 'JWT' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
    },
  }
}
