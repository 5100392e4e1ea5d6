import { answerFor, paramsOf, readerOf, secretOf, textsOf } from '../conformance-input.ts'
import type { ConformanceCheck, ConformanceVector } from '../conformance-vector.ts'
import { signAliyunAcs3, signAliyunRpc } from './aliyun-sign.ts'
import { signTencent } from './tencent-sign.ts'

const ACCESS_KEY_SECRET = ['accessKeySecret', 'secretKey', 'key', 'secret']
const ACCESS_KEY_ID = ['accessKeyId', 'secretId', 'keyId']
const BODY = ['body', 'payload', 'request_payload', 'data']

/** By the newer way where the vector speaks of it, else by the older one. */
const aliyun: ConformanceCheck = (vector) => {
  const { find } = readerOf(vector)
  if (isAcs3(vector)) return acs3(vector)
  const signature = signAliyunRpc(
    find('method', 'http_method') ?? 'GET',
    vector.input.params === undefined ? textsOf(vector.input.query ?? {}) : paramsOf(vector),
    secretOf(vector, ...ACCESS_KEY_SECRET),
  )
  return answerFor(vector, { signature }, 'signature')
}

function isAcs3({ kind, algorithm, input }: ConformanceVector): boolean {
  const names = Object.keys(textsOf(input.headers)).join()
  return /acs3/i.test(`${kind} ${algorithm}`) || /x-acs-/i.test(names)
}

const acs3: ConformanceCheck = (vector) => {
  const { find } = readerOf(vector)
  const { input, expected } = vector
  const headers = { ...acsHeaders(vector), ...textsOf(input.headers) }
  const signed = signAliyunAcs3(
    {
      method: find('method', 'http_method') ?? 'POST',
      path: find('path', 'uri', 'canonical_uri', 'pathname') ?? '/',
      query: queryOf(vector),
      headers,
      body: find(...BODY) ?? '',
    },
    {
      accessKeyId: find(...ACCESS_KEY_ID) ?? '',
      accessKeySecret: secretOf(vector, ...ACCESS_KEY_SECRET),
    },
  )
  return answerFor(
    vector,
    formsOf(signed),
    String(expected).startsWith('ACS3') ? 'authorization' : 'signature',
  )
}

/** Headers that a vector says in words of its own rather than as headers. */
function acsHeaders(vector: ConformanceVector): Record<string, string> {
  const { find } = readerOf(vector)
  const said: [string, string | undefined][] = [
    ['host', find('host', 'endpoint')],
    ['x-acs-action', find('action', 'x-acs-action')],
    ['x-acs-version', find('version', 'x-acs-version')],
    ['x-acs-date', find('date', 'timestamp', 'x-acs-date')],
    ['x-acs-signature-nonce', find('nonce', 'signature_nonce', 'x-acs-signature-nonce')],
  ]
  return Object.fromEntries(said.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function queryOf({ input }: ConformanceVector): Record<string, string> {
  const { query = input.params ?? input.query_params } = input
  return typeof query === 'string' ? Object.fromEntries(new URLSearchParams(query)) : textsOf(query)
}

/**
 * The headers that are signed are the caller's choice: those that the vector lists, else the two that must be, with the action
 * where the vector names it as signed.
 */
const tencent: ConformanceCheck = (vector) => {
  const { find, read } = readerOf(vector)
  const { input, expected } = vector
  const given = textsOf(input.headers)
  const contentType = find('content_type', 'content-type') ?? 'application/json; charset=utf-8'
  const host = find('host') ?? `${read('service')}.tencentcloudapi.com`
  const names = (find('signed_headers') ?? signedIn(vector)).split(';')
  const all: Record<string, string> = {
    'content-type': contentType,
    host,
    'x-tc-action': find('action', 'x-tc-action') ?? '',
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])),
  }
  const signed = signTencent(
    {
      method: find('method', 'http_method') ?? 'POST',
      service: find('service') ?? host.split('.')[0] ?? '',
      query: find('query', 'canonical_query', 'canonical_querystring') ?? '',
      headers: Object.fromEntries(names.map((name) => [name, all[name] ?? ''])),
      body: find(...BODY) ?? '',
      timestampSeconds: Number(read('timestamp', 'x-tc-timestamp')),
    },
    { secretId: find(...ACCESS_KEY_ID) ?? '', secretKey: secretOf(vector, ...ACCESS_KEY_SECRET) },
  )
  return answerFor(
    vector,
    formsOf(signed),
    String(expected).startsWith('TC3') ? 'authorization' : 'signature',
  )
}

/** What an expected `Authorization`, a canonical request or the description says is signed. */
function signedIn({ input, expected, algorithm }: ConformanceVector): string {
  const words = `${JSON.stringify(expected)} ${algorithm} ${JSON.stringify(input)}`
  return /(content-type;host[a-z;-]*)/i.exec(words)?.[1]?.toLowerCase() ?? 'content-type;host'
}

function formsOf(signed: ReturnType<typeof signTencent>): Record<string, string> {
  return { ...signed, base_string: signed.canonicalRequest }
}

const aliyunKinds = ['request-sign', 'rpc-sign', 'request-sign-rpc', 'sign']
const acs3Kinds = ['request-sign-acs3', 'acs3-sign', 'acs3', 'request-sign-v3']
const tencentKinds = ['request-sign', 'request-sign-tc3', 'tc3-sign', 'tc3', 'sign']

const rows = (systems: string[], kinds: string[], check: ConformanceCheck) =>
  systems.flatMap((system) => kinds.map((kind) => [`${system}/${kind}`, check] as const))

/** Signatures of the clouds that send short messages. */
export const NOTIFY_CHECKS: Readonly<Record<string, ConformanceCheck>> = Object.fromEntries([
  ...rows(['aliyun-sms', 'aliyun'], aliyunKinds, aliyun),
  ...rows(['aliyun-sms', 'aliyun', 'aliyun-acs3'], acs3Kinds, acs3),
  ...rows(['aliyun-acs3'], aliyunKinds, acs3),
  ...rows(['tencent-sms', 'tencent', 'tencent-cloud', 'tencent-tc3', 'tencentcloud'], tencentKinds, tencent),
])
