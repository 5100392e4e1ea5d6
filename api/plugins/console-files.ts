import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiDeps } from '../deps.ts'

/** A file whose name has a hash of its contents never changes. */
const FOR_EVER_SECONDS = 31_536_000
/** Beside the assets: files by fixed names, which a browser asks for again by their ETag. */
const NAMED_FILES = ['/icon.svg', '/manifest.webmanifest'] as const
/** Where the API and its pages answer: what is unknown there is a problem, never a page of the console. */
const NOT_PAGES = /^\/(v1|docs|codec|assets|metrics|healthz|readyz|openapi\.json)(\/|$)/

/**
 * What pages of the console may do: run and fetch what comes from here, and nothing else. Scripts only from files; styles inline,
 * too, because the component library writes them into the page. Attachments are shown from a `blob:` or from the API.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The built console. Its pages are all one file, and which of them is meant only the browser reads from the address. Absent where
 * it was not built: the API is whole without it.
 */
export async function consoleFiles(app: FastifyInstance, { deps }: { deps: ApiDeps }): Promise<void> {
  const { consoleDir } = deps
  if (consoleDir === undefined || !existsSync(join(consoleDir, 'index.html'))) return
  await app.register(fastifyStatic, { root: consoleDir, serve: false, preCompressed: true })
  const config = { access: 'public' as const }
  const schema = { hide: true }

  app.get('/assets/*', { config, schema }, (request, reply) =>
    reply.sendFile(pathOf(request), { maxAge: FOR_EVER_SECONDS * 1_000, immutable: true }),
  )
  for (const file of NAMED_FILES) {
    app.get(file, { config, schema }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile(file, { cacheControl: false }),
    )
  }
  app.get('/*', { config, schema }, (request, reply) =>
    isNavigation(request) ? sendPage(reply) : reply.callNotFound(),
  )
}

function sendPage(reply: FastifyReply): FastifyReply {
  return (
    reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      // Asked for again at every visit: it names the files of the release that is running now.
      .header('cache-control', 'no-cache')
      .sendFile('index.html', { cacheControl: false })
  )
}

/** Somebody who opens an address in a browser, as against a program that asks for a path that is not there. */
function isNavigation(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html') && !NOT_PAGES.test(pathOf(request))
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
