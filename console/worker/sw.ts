import { isConsolePage } from '../../domain/console-path.ts'

/**
 * Keeps the files of one build of the console, so that its pages open on a slow network and without one. Files only, which are the same for
 * everybody: what the API answers is never touched, and passes as if this were not there.
 */
declare const self: ServiceWorkerGlobalScope
/** Written in by the build. */
declare const BUILD: { version: string; shell: string[] }

const { version, shell } = BUILD

const CACHE = `order-hub-${version}`
/** The one page behind every address. */
const PAGE = '/'
/** Longer than this a page that is kept is better than a newer one. */
const SLOW_MS = 2_000

self.addEventListener('install', (event) => {
  event.waitUntil(install())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request, url.pathname))
  else if (shell.includes(url.pathname) && url.pathname !== PAGE) event.respondWith(named(request))
  else if (request.mode === 'navigate' && isConsolePage(url.pathname)) event.respondWith(page(request))
})

/** All or nothing: a build of which a file is missing must not take the place of one that works. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  // As anybody is told it, and never as an older release was kept by the browser.
  const pageOf = new Request(PAGE, { cache: 'reload', credentials: 'omit', headers: { accept: 'text/html' } })
  await Promise.all([
    ...shell.filter((path) => path !== PAGE).map((path) => cache.add(path)),
    fetch(pageOf).then((response) => keep(cache, PAGE, response)),
  ])
  // At once: the page that is open has what it has loaded, and what it asks for next is of this build, or it begins anew.
  await self.skipWaiting()
}

async function takeOver(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name !== CACHE)
  await Promise.all(older.map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** A file whose name has a hash of its contents: kept once is right for ever. */
async function asset(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(path)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(path, response.clone())
  return response
}

/** An icon or the manifest: as it is now, or as it was. */
async function named(request: Request): Promise<Response> {
  return (
    (await fetch(request).catch(() => null)) ??
    (await caches.match(new URL(request.url).pathname)) ??
    Response.error()
  )
}

/** The page of the release that runs now; the one that is kept if there is no network, it is slow, or the hub is just being restarted. */
async function page(request: Request): Promise<Response> {
  const fresh = fetch(request).catch(() => null)
  const slow = new Promise<null>((resolve) => setTimeout(() => resolve(null), SLOW_MS))
  const inTime = await Promise.race([fresh, slow])
  if (inTime && inTime.status < 500) return inTime
  return (await caches.match(PAGE)) ?? inTime ?? (await fresh) ?? Response.error()
}

async function keep(cache: Cache, path: string, response: Response): Promise<void> {
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`)
  await cache.put(path, response)
}
