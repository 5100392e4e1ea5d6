import type { FastifyInstance } from 'fastify'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'

/** Accepts JSON, and nothing else: valid UTF-8, complete, without keys that reach into prototypes. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isUtf8(request.headers['content-type'])) return done(new ProblemError('unsupported-media-type'))
    // No body at all is not broken JSON: the route's schema says whether it wanted one.
    if (body.length === 0) return done(null, undefined)
    const text = decodeUtf8(body)
    if (text === null) return done(new ProblemError('malformed-json'))
    parse(request, text, (error, value) => {
      if (error) return done(new ProblemError('malformed-json'))
      if (isDeeperThan(value, LIMITS.jsonLevels))
        return done(new ProblemError('malformed-json', `nested deeper than ${LIMITS.jsonLevels} levels`))
      done(null, value)
    })
  })
}

/** Accepts CSV as text, and nothing else, in the routes of one plugin. */
export function parseCsvBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('text/csv', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isUtf8(request.headers['content-type'])) return done(new ProblemError('unsupported-media-type'))
    const text = decodeUtf8(body)
    if (text === null) return done(new ProblemError('malformed-csv', 'the file is not valid UTF-8'))
    done(null, text)
  })
}

/** Hands on the very bytes that came, whatever they are said to be: signatures are of them. */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/** Accepts bytes, and nothing else: a part of a file is of no kind by itself. */
export function parsePartBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>(
    'application/octet-stream',
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  )
}

/** Level by level: whatever calls itself for each level would run out of stack here as it would in what comes after. */
function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isNested)
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > levels) return true
    level = level.flatMap((each): unknown[] => Object.values(each)).filter(isNested)
  }
  return false
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isUtf8(contentType = ''): boolean {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1]
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)
}

function decodeUtf8(body: Buffer): string | null {
  try {
    // `fatal` throws where a lenient decoder would put replacement characters; it also drops a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null // said by the caller, as malformed JSON or CSV
  }
}
