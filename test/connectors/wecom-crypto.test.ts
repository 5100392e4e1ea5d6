import { createCipheriv } from 'node:crypto'
import { decrypt, encrypt, getSignature } from '@wecom/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CallbackError,
  isCallbackSigned,
  openCallback,
  sealCallback,
  signCallback,
  unsealCallback,
} from '../../connectors/wecom/crypto.ts'

const keys = {
  token: 'QDG6eK',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  receiveId: 'wx5823bf96d3bd56c7',
}
const random = fc.uint8Array({ minLength: 16, maxLength: 16 })
const message = fc.string({ unit: 'grapheme', maxLength: 200 })

/** Anything in the form of a sealed text, under the right key. */
function sealedBytes(plain: Buffer): string {
  const key = Buffer.from(`${keys.encodingAesKey}=`, 'base64')
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

function signed(sealed: string, change: object = {}) {
  const [timestamp, nonce] = ['1409659813', '1372623149']
  return {
    timestamp,
    nonce,
    sealed,
    signature: signCallback([keys.token, timestamp, nonce, sealed]),
    ...change,
  }
}

describe('callbacks of WeCom', () => {
  it('are sealed, opened and signed as the platform’s own library does', () => {
    fc.assert(
      fc.property(message, random, fc.string(), (content, prefix, nonce) => {
        const sealed = sealCallback(content, keys, prefix)
        expect(sealed).toBe(encrypt(keys.encodingAesKey, content, keys.receiveId, Buffer.from(prefix)))
        expect(unsealCallback(sealed, keys.encodingAesKey)).toEqual({
          message: content,
          receiveId: keys.receiveId,
        })
        expect(decrypt(keys.encodingAesKey, sealCallback(content, keys))).toMatchObject({ message: content })
        expect(signCallback([keys.token, '1409659813', nonce, sealed])).toBe(
          getSignature(keys.token, '1409659813', nonce, sealed),
        )
      }),
    )
  })

  it('open for whom they are signed and sealed', () => {
    expect(openCallback(signed(sealCallback('你好', keys)), keys)).toBe('你好')
  })

  it('do not open with anything altered, for anybody else, or under another key', () => {
    const callback = signed(sealCallback('approve', keys))
    for (const altered of [
      { ...callback, timestamp: '1409659814' },
      { ...callback, nonce: '' },
      { ...callback, sealed: `${callback.sealed.startsWith('A') ? 'B' : 'A'}${callback.sealed.slice(1)}` },
      { ...callback, signature: callback.signature.toUpperCase() },
      { ...callback, signature: '' },
    ]) {
      expect(() => openCallback(altered, keys)).toThrow(CallbackError)
    }
    expect(() => openCallback(callback, { ...keys, token: 'other' })).toThrow(CallbackError)
    expect(() => openCallback(callback, { ...keys, receiveId: 'wx0' })).toThrow('for somebody else')
    const otherKey = `${keys.encodingAesKey.slice(0, -1)}E`
    expect(() => openCallback(callback, { ...keys, encodingAesKey: `B${otherKey.slice(1)}` })).toThrow(
      CallbackError,
    )
    expect(() => unsealCallback(callback.sealed, 'short')).toThrow('EncodingAESKey')
  })

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['a padding of 0', Buffer.alloc(32)],
    ['a padding of 33', Buffer.alloc(64, 33)],
    ['a padding that is not the same throughout', Buffer.concat([Buffer.alloc(31, 1), Buffer.from([3])])],
    ['nothing but padding', Buffer.alloc(32, 32)],
    [
      'a length beyond the end',
      Buffer.concat([Buffer.alloc(16), Buffer.from([0, 0, 1, 0]), Buffer.alloc(12, 12)]),
    ],
    [
      'a length beyond every number',
      Buffer.concat([Buffer.alloc(16), Buffer.alloc(4, 255), Buffer.alloc(12, 12)]),
    ],
    [
      'a message that is no UTF-8',
      Buffer.concat([Buffer.alloc(16), Buffer.from([0, 0, 0, 2, 0xff, 0xfe]), Buffer.alloc(10, 10)]),
    ],
  ])('that are sealed around %s are refused', (_, plain) => {
    const sealed = plain.length === 0 ? '' : sealedBytes(plain)
    expect(() => openCallback(signed(sealed), keys)).toThrow(CallbackError)
  })

  it('that are no Base64 of whole blocks are refused', () => {
    for (const sealed of ['AAAA', '%%%', 'A'.repeat(1_000)]) {
      expect(() => openCallback(signed(sealed), keys)).toThrow(CallbackError)
    }
  })

  it('are not signed by signatures of another length', () => {
    const parts = ['a', 'b', 'c']
    expect(isCallbackSigned(parts, signCallback(parts))).toBe(true)
    expect(isCallbackSigned(parts, `${signCallback(parts)}0`)).toBe(false)
    expect(isCallbackSigned(parts, '你'.repeat(40))).toBe(false)
  })
})
