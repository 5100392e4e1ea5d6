import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isConsolePage } from '../../domain/console-path.ts'
import { OFFICE_ROLES } from '../../domain/role.ts'
import type { ApiDeps } from '../deps.ts'
import { SESSION_COOKIE } from './session.ts'

/** A file whose name has a hash of its contents never changes. */
const FOR_EVER_SECONDS = 31_536_000
/** Beside the assets: files by fixed names, which a browser asks for again by their ETag. */
const NAMED_FILES = [
  '/icon.svg',
  '/icon-192.png',
  '/icon-512.png',
  '/icon-maskable-512.png',
  '/manifest.webmanifest',
] as const
/** By a fixed name, too: a browser asks whether there is another one at every visit. */
const SERVICE_WORKER = '/sw.js'

/**
 * What pages of the console may do: run and fetch what comes from here, and nothing else. Scripts only from files; styles inline,
 * too, because the component library writes them into the page. Attachments are shown from a `blob:` or from the API.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
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
 * The files of the built console, which are the same for everybody: who asks for one is not looked up, of whom a page asks for
 * twenty at once. Absent where it was not built: the API is whole without it.
 */
export async function consoleFiles(app: FastifyInstance, { deps }: { deps: ApiDeps }): Promise<void> {
  const consoleDir = builtConsole(deps)
  if (consoleDir === null) return
  await app.register(fastifyStatic, { root: consoleDir, serve: false, preCompressed: true })
  app.get('/assets/*', OF_EVERYBODY, (request, reply) =>
    reply.sendFile(pathOf(request), { maxAge: FOR_EVER_SECONDS * 1_000, immutable: true }),
  )
  for (const file of NAMED_FILES) {
    app.get(file, OF_EVERYBODY, (_request, reply) => sendAnew(reply, file))
  }
  // What it may ask for it is told with itself, not with the page that began it.
  app.get(SERVICE_WORKER, OF_EVERYBODY, (_request, reply) =>
    sendAnew(reply.header('content-security-policy', CONTENT_SECURITY_POLICY), SERVICE_WORKER),
  )
}

/** The pages of the console, which are all one file: which of them is meant only the browser reads from the address. */
export async function consolePages(app: FastifyInstance, { deps }: { deps: ApiDeps }): Promise<void> {
  const consoleDir = builtConsole(deps)
  if (consoleDir === null) return
  await app.register(fastifyStatic, { root: consoleDir, serve: false, preCompressed: true })
  const linksOf = await readFirstScreens(consoleDir)
  app.get('/*', OF_EVERYBODY, (request, reply) =>
    isNavigation(request) ? sendPage(reply, linksOf(request)) : reply.callNotFound(),
  )
}

const OF_EVERYBODY = { config: { access: 'public' as const }, schema: { hide: true } }

function builtConsole({ consoleDir }: ApiDeps): string | null {
  return consoleDir !== undefined && existsSync(join(consoleDir, 'index.html')) ? consoleDir : null
}

const firstScreens = z.record(z.string(), z.object({ files: z.string(), asks: z.array(z.string()) }))
/** As the console itself asks, so that the answer is taken for its own. */
const asked = (url: string) => `<${url}>; rel=preload; as=fetch; crossorigin`
/** Every screen asks this before anything else. */
const WHO_IS_SIGNED_IN = asked('/v1/session')

/**
 * What the page's answer names, for the browser to fetch before there is any code to ask for it: who is signed in, and of the screen that is
 * opened its files and what it asks (the build's `first-screens.json`, by path). Nothing for somebody who has to sign in first.
 */
async function readFirstScreens(
  consoleDir: string,
): Promise<(request: FastifyRequest) => string | undefined> {
  const links = firstScreens.parse(JSON.parse(await readFile(join(consoleDir, 'first-screens.json'), 'utf8')))
  const known = new Map(Object.entries(links))
  return (request) => {
    if (request.cookies[SESSION_COOKIE] === undefined) return undefined
    const path = pathOf(request)
    const screen = known.get(path) ?? known.get(`${path.slice(0, path.lastIndexOf('/'))}/*`)
    if (screen === undefined) return WHO_IS_SIGNED_IN
    // By search parameters a screen asks something else; and nothing is asked for somebody who may not see the answer.
    const asks = request.url === path && maySeeScreens(request) ? screen.asks : []
    return [WHO_IS_SIGNED_IN, screen.files, ...asks.map(asked)].join(', ')
  }
}

function maySeeScreens({ identity, session }: FastifyRequest): boolean {
  return (
    identity?.kind === 'person' &&
    OFFICE_ROLES.some((role) => role === identity.role) &&
    !identity.mustChangePassword &&
    session.byLink === undefined
  )
}

function sendPage(reply: FastifyReply, links: string | undefined): FastifyReply {
  if (links !== undefined) reply.header('link', links)
  return sendAnew(reply.header('content-security-policy', CONTENT_SECURITY_POLICY), 'index.html')
}

/** Asked for again at every visit: it is of, or names the files of, the release that is running now. */
function sendAnew(reply: FastifyReply, file: string): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile(file, { cacheControl: false })
}

/** Somebody who opens an address in a browser, as against a program that asks for a path that is not there. */
function isNavigation(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html') && isConsolePage(pathOf(request))
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
