import { createHash, createHmac } from 'node:crypto'

/** RFC 3986, with the five signs that `encodeURIComponent` leaves as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

type Params = Readonly<Record<string, string>>

function canonicalQuery(params: Params): string {
  return Object.keys(params)
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(params[name] ?? '')}`)
    .join('&')
}

/**
 * `Signature` of an RPC call: Base64 of HMAC-SHA1 under the secret and `&`.
 * https://help.aliyun.com/document_detail/56189.html
 */
export function signAliyunRpc(method: string, params: Params, accessKeySecret: string): string {
  const { Signature: _, ...signed } = params
  const text = `${method.toUpperCase()}&%2F&${percentEncode(canonicalQuery(signed))}`
  return createHmac('sha1', `${accessKeySecret}&`).update(text).digest('base64')
}

export type Acs3Call = {
  method: string
  /** Starts with a slash; `/` of an RPC call. */
  path: string
  query: Params
  /** Every header that is sent; `host`, `content-type` and `x-acs-*` are signed. */
  headers: Params
  body: string | Uint8Array
}

/**
 * `Authorization` of a call in the newer way, ACS3-HMAC-SHA256. The body's hash is part of it: send `x-acs-content-sha256` as
 * it is returned here.
 * https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
 */
export function signAliyunAcs3(
  call: Acs3Call,
  { accessKeyId, accessKeySecret }: { accessKeyId: string; accessKeySecret: string },
) {
  const contentSha256 = createHash('sha256').update(call.body).digest('hex')
  const headers = new Map(
    Object.entries({ ...call.headers, 'x-acs-content-sha256': contentSha256 })
      .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
      .filter(([name]) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-')),
  )
  const names = [...headers.keys()].sort()
  const signedHeaders = names.join(';')
  const canonicalRequest = [
    call.method.toUpperCase(),
    call.path.split('/').map(percentEncode).join('/'),
    canonicalQuery(call.query),
    ...names.map((name) => `${name}:${headers.get(name)}`),
    '',
    signedHeaders,
    contentSha256,
  ].join('\n')
  const stringToSign = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonicalRequest).digest('hex')}`
  const signature = createHmac('sha256', accessKeySecret).update(stringToSign).digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`
  return { authorization, signature, signedHeaders, contentSha256, canonicalRequest, stringToSign }
}
