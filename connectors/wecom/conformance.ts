import { answerFor, readerOf, secretOf } from '../conformance-input.ts'
import type { ConformanceCheck, ConformanceVector } from '../conformance-vector.ts'
import { openCallback, sealCallback, signCallback, unsealCallback } from './crypto.ts'

const RECEIVE_IDS = ['receiveid', 'appid', 'corpid', 'suiteid', 'id']
const SEALED = ['encrypt', 'encrypted', 'ciphertext', 'msg_encrypt', 'echostr']
const AES_KEY = ['encodingAESKey', 'aes_key', 'key']

/** A sealed callback is signed, opened, and for the one who it should be for; a plain one is signed alone. */
const callback: ConformanceCheck = (vector) => {
  const { find } = readerOf(vector)
  return find(...AES_KEY) === undefined ? plain(vector) : sealed(vector)
}

function plain(vector: ConformanceVector): unknown {
  const { read, find } = readerOf(vector)
  const signature = signCallback([read('token'), read('timestamp'), read('nonce')])
  return answerFor(vector, { signature, reply: find('echostr') ?? 'success' }, 'signature')
}

function sealed(vector: ConformanceVector): unknown {
  const { read, find } = readerOf(vector)
  const encodingAesKey = read(...AES_KEY)
  const [timestamp, nonce, text] = [read('timestamp'), read('nonce'), read(...SEALED)]
  const token = read('token')
  const signature = signCallback([token, timestamp, nonce, text])
  const receiveId = find(...RECEIVE_IDS) ?? unsealCallback(text, encodingAesKey).receiveId
  const message = openCallback(
    { timestamp, nonce, sealed: text, signature },
    { token, encodingAesKey, receiveId },
  )
  const parts = {
    msg_signature: signature,
    plaintext: message,
    message,
    reply: message,
    echostr: message,
    receiveid: receiveId,
    appid: receiveId,
    corpid: receiveId,
    // The signature in the URL does not cover the body: it is no proof of what was sent.
    url_signature: signCallback([token, timestamp, nonce]),
    signature: signCallback([token, timestamp, nonce]),
  }
  return answerFor(
    vector,
    parts,
    /^[0-9a-f]{40}$/.test(String(vector.expected)) ? 'msg_signature' : 'plaintext',
  )
}

const decrypt: ConformanceCheck = (vector) => {
  const { message, receiveId } = unsealCallback(
    readerOf(vector).read(...SEALED),
    secretOf(vector, ...AES_KEY),
  )
  const parts = {
    plaintext: message,
    message,
    msg: message,
    receiveid: receiveId,
    appid: receiveId,
    corpid: receiveId,
  }
  return answerFor(vector, parts, 'plaintext')
}

const encrypt: ConformanceCheck = (vector) => {
  const { read, find } = readerOf(vector)
  const keys = { encodingAesKey: secretOf(vector, ...AES_KEY), receiveId: read(...RECEIVE_IDS) }
  const message = read('message', 'msg', 'plaintext', 'text', 'reply')
  const text = sealCallback(message, keys, randomOf(read('random', 'random_bytes', 'random16', 'prefix')))
  const [token, timestamp, nonce] = [find('token'), find('timestamp'), find('nonce')]
  const isSigned = token !== undefined && timestamp !== undefined && nonce !== undefined
  const signature = isSigned ? signCallback([token, timestamp, nonce, text]) : ''
  const parts = { encrypt: text, ciphertext: text, encrypted: text, msg_signature: signature, signature }
  return answerFor(
    vector,
    parts,
    /^[0-9a-f]{40}$/.test(String(vector.expected)) ? 'msg_signature' : 'encrypt',
  )
}

/** 16 bytes as their own text, as hex, or as Base64. */
function randomOf(text: string): Buffer {
  const forms = [
    Buffer.from(text),
    ...(['hex', 'base64'] as const).map((encoding) => Buffer.from(text, encoding)),
  ]
  const random = forms.find(({ length }) => length === 16)
  if (!random) throw new Error('the random part is not 16 bytes')
  return random
}

const KINDS: Readonly<Record<string, ConformanceCheck>> = {
  'callback-url-verify': callback,
  'callback-message': callback,
  'callback-message-json': callback,
  'callback-message-xml': callback,
  'callback-message-aes': callback,
  'callback-message-plain': plain,
  'callback-sign': callback,
  'callback-encrypt': encrypt,
  'callback-reply': encrypt,
  encrypt,
  'callback-decrypt': decrypt,
  decrypt,
}

/** Callbacks of WeCom and WeChat: signed, sealed and opened. */
export const WECOM_CHECKS: Readonly<Record<string, ConformanceCheck>> = Object.fromEntries(
  ['wecom', 'wechat-mp', 'wechat'].flatMap((system) =>
    Object.entries(KINDS).map(([kind, check]) => [`${system}/${kind}`, check]),
  ),
)
