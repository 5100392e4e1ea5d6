import { createHash, createHmac } from 'node:crypto'

export type Tc3Call = {
  method: string
  /** `sms` of `sms.tencentcloudapi.com`. */
  service: string
  /** Without its question mark; of POST calls empty. */
  query: string
  /** Those that are signed: `content-type` and `host` at least. */
  headers: Readonly<Record<string, string>>
  /** Exactly what is sent. */
  body: string
  timestampSeconds: number
}

/**
 * `Authorization` of a call of Tencent Cloud, TC3-HMAC-SHA256.
 * https://cloud.tencent.com/document/api/382/52072
 */
export function signTencent(call: Tc3Call, { secretId, secretKey }: { secretId: string; secretKey: string }) {
  const headers = new Map(
    Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value.trim().toLowerCase()]),
  )
  const names = [...headers.keys()].sort()
  const signedHeaders = names.join(';')
  const canonicalRequest = [
    call.method.toUpperCase(),
    '/',
    call.query,
    ...names.map((name) => `${name}:${headers.get(name)}`),
    '',
    signedHeaders,
    sha256(call.body),
  ].join('\n')
  const date = new Date(call.timestampSeconds * 1000).toISOString().slice(0, 10)
  const scope = `${date}/${call.service}/tc3_request`
  const stringToSign = `TC3-HMAC-SHA256\n${call.timestampSeconds}\n${scope}\n${sha256(canonicalRequest)}`
  const key = [date, call.service, 'tc3_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `TC3${secretKey}`,
  )
  const signature = createHmac('sha256', key).update(stringToSign).digest('hex')
  const authorization = `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  return { authorization, signature, signedHeaders, canonicalRequest, stringToSign }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
