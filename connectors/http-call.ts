import { UnreachableError } from './outside-errors.ts'

/** A slow neighbour may not hold a worker's slot longer than this. */
const TIMEOUT_MS = 8_000
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

export type HttpAnswer = { status: number; headers: Headers; text: string }

/**
 * One HTTP call to the outside. Redirects are not followed, time and size are limited.
 *
 * @throws UnreachableError when no whole answer came; whether the call had an effect is then unknown
 */
export async function httpCall(
  url: string | URL,
  init: {
    method: 'GET' | 'POST' | 'PUT'
    headers?: Record<string, string>
    body?: string | Uint8Array<ArrayBuffer>
    timeoutMs?: number
  },
): Promise<HttpAnswer> {
  const { timeoutMs = TIMEOUT_MS, ...request } = init
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: response.status, headers: response.headers, text: await readText(response) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnreachableError(`${init.method} ${new URL(url).pathname}: ${reason}`)
  }
}

async function readText(response: Response): Promise<string> {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
