import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from './http.ts'

export type ObjectStoreOptions = {
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Keys in one answer to a list. */
  pageSize?: number
  now?: () => number
}

export type ObjectStore = {
  url: string
  /** What is in the bucket. */
  objects: ReadonlyMap<string, { bytes: Buffer; putAtMs: number }>
  /** Calls that are answered with 503 from now on. */
  fail: (calls: number) => void
  close: () => Promise<void>
}

type Call = { method: string; path: string; query: string; headers: IncomingMessage['headers']; body: Buffer }
type Reply = { status: number; body?: Buffer | string; headers?: Record<string, string> }

/** A signature that is older, or of a time to come, is worth nothing. */
const TOLERANCE_MS = 15 * 60_000

/**
 * A bucket as S3 and those who speak like it keep one, in memory: objects are put, read, listed and deleted by path-style
 * addresses, each call signed with Signature Version 4, which is checked by code of its own.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const { now = Date.now, pageSize = 1_000 } = options
  const objects = new Map<string, { bytes: Buffer; putAtMs: number }>()
  let failing = 0
  const handle = (call: Call): Reply => {
    if (failing > 0) {
      failing -= 1
      return problem(503, 'SlowDown')
    }
    const flaw = signatureFlaw(call, options, now())
    if (flaw) return problem(403, flaw)
    const [bucket = '', ...rest] = call.path.slice(1).split('/').map(decodeURIComponent)
    if (bucket !== options.bucket) return problem(404, 'NoSuchBucket')
    const key = rest.join('/')
    const found = objects.get(key)
    switch (call.method) {
      case 'PUT':
        objects.set(key, { bytes: call.body, putAtMs: now() })
        return { status: 200, headers: { etag: `"${hashOf('md5', call.body, 'hex')}"` } }
      case 'GET':
        if (key === '') return list(objects, new URLSearchParams(call.query), pageSize)
        return found ? { status: 200, body: found.bytes } : problem(404, 'NoSuchKey')
      case 'DELETE':
        objects.delete(key)
        return { status: 204 }
      default:
        return problem(405, 'MethodNotAllowed')
    }
  }
  const server = createServer((request, response) => {
    readCall(request).then(
      (call) => send(response, handle(call)),
      () => response.destroy(),
    )
  })
  const port = await listen(server, '127.0.0.1', 0)
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    fail: (calls) => {
      failing = calls
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const { method = 'GET', headers } = request
  return { method, path, query, headers, body: Buffer.concat(chunks) }
}

function send(response: ServerResponse, { status, body = '', headers = {} }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** What is wrong with a call's signature; null where nothing is. */
function signatureFlaw(call: Call, options: ObjectStoreOptions, nowMs: number): string | null {
  const { accessKeyId, secretAccessKey, region } = options
  const header = (name: string) => [call.headers[name] ?? ''].flat().join(',').trim().replace(/ +/g, ' ')
  const [, credential = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    ) ?? []
  const at = header('x-amz-date')
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`
  if (credential !== `${accessKeyId}/${scope}`) return 'InvalidAccessKeyId'
  const iso = at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  if (!(Math.abs(nowMs - Date.parse(iso)) <= TOLERANCE_MS)) return 'RequestTimeTooSkewed'
  const names = signedHeaders.split(';')
  if (!names.includes('host') || !names.includes('x-amz-content-sha256')) return 'AccessDenied'
  const bodyHash = header('x-amz-content-sha256')
  const digest = header('content-md5')
  // A body that is streamed is not signed by its hash; then its digest must be, as a header.
  if (
    bodyHash === 'UNSIGNED-PAYLOAD'
      ? !names.includes('content-md5')
      : bodyHash !== hashOf('sha256', call.body, 'hex')
  )
    return 'XAmzContentSHA256Mismatch'
  if (digest !== '' && digest !== hashOf('md5', call.body, 'base64')) return 'BadDigest'
  const canonical = [
    call.method,
    call.path,
    call.query
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${header(name)}`),
    '',
    signedHeaders,
    bodyHash,
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', at, scope, hashOf('sha256', canonical, 'hex')].join('\n')
  const key = ['s3', 'aws4_request'].reduce(
    hmac,
    [at.slice(0, 8), region].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`)),
  )
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch'
}

function hashOf(algorithm: 'md5' | 'sha256', bytes: Buffer | string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding)
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function list(objects: ObjectStore['objects'], query: URLSearchParams, pageSize: number): Reply {
  if (query.get('list-type') !== '2') return problem(400, 'InvalidArgument')
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const shown = keys.slice(0, pageSize)
  const next = keys.length > shown.length ? shown.at(-1) : undefined
  const entries = shown.map((key) => {
    const { bytes, putAtMs = 0 } = objects.get(key) ?? {}
    return `<Contents><Key>${key}</Key><Size>${bytes?.length ?? 0}</Size><LastModified>${new Date(putAtMs).toISOString()}</LastModified></Contents>`
  })
  const more = next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''
  return xml(
    200,
    `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${more}${entries.join('')}</ListBucketResult>`,
  )
}

function problem(status: number, code: string): Reply {
  return xml(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

function xml(status: number, body: string): Reply {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
    headers: { 'content-type': 'application/xml' },
  }
}
