import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'

/** The largest honest call is a pick task of 200 lines. */
const MAX_BODY_BYTES = 1024 * 1024

export type Call = {
  method: string
  /** With the query, as it stands in the request line. */
  path: string
  /** The parts of the path, decoded. */
  segments: string[]
  header: (name: string) => string | undefined
  body: Buffer
  isFromLoopback: boolean
}

/** JSON, a text of its own type, or where to go on. `hang-up` ends the connection without an answer. */
export type Answer =
  | { status: number; body: object }
  | { status: number; text: string; contentType: string }
  | { status: number; location: string }
  | 'hang-up'

export const refusal = (status: number, error: string): Answer => ({ status, body: { error } })

/** A server that reads a whole call, answers JSON, and never lets an error of the handler out. */
export function createJsonServer(
  handle: (call: Call) => Answer | Promise<Answer>,
  log: (line: string) => void,
): Server {
  return createServer((request, response) => {
    readCall(request)
      .then((call) => (call ? handle(call) : refusal(413, 'the body is too large')))
      .catch((error: unknown) => {
        log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`)
        return refusal(500, 'the simulator failed')
      })
      .then((answer) => send(response, answer))
      .catch((error: unknown) => log(`answering ${request.url}: ${String(error)}`))
  })
}

/** The port it listens on. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

async function readCall(request: IncomingMessage): Promise<Call | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  const path = request.url ?? '/'
  const remote = request.socket.remoteAddress ?? ''
  return {
    method: request.method ?? 'GET',
    path,
    segments: segmentsOf(path),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    body: Buffer.concat(chunks),
    isFromLoopback: remote === '::1' || /^(::ffff:)?127\./.test(remote),
  }
}

function segmentsOf(path: string): string[] {
  const [bare = ''] = path.split('?')
  try {
    return bare.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return [] // a broken escape names nothing that exists here
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang-up') {
    response.destroy()
    return
  }
  if ('location' in answer) {
    response.writeHead(answer.status, { location: answer.location }).end()
    return
  }
  const isText = 'text' in answer
  const contentType = isText ? answer.contentType : 'application/json; charset=utf-8'
  response.writeHead(answer.status, { 'content-type': contentType })
  response.end(isText ? answer.text : JSON.stringify(answer.body))
}

/** The parsed body goes to `next`. JSON only: a web page elsewhere cannot send that here without being asked first. */
export function withBody<Body>(
  call: Call,
  schema: z.ZodType<Body>,
  next: (body: Body) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  if (!/^application\/json\b/i.test(call.header('content-type') ?? '')) {
    return refusal(415, 'send application/json')
  }
  const parsed = schema.safeParse(parseJson(call.body))
  return parsed.success ? next(parsed.data) : refusal(400, z.prettifyError(parsed.error))
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined // which no schema accepts
  }
}
