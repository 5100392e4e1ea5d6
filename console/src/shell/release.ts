const RELOADED_FOR = 'order-hub.reloaded-for'

/** What is kept for later does not keep somebody waiting now. */
const KEEP_AFTER_MS = 3_000

/**
 * Has this browser keep the console's files, so that its pages open without a network. Where it cannot (no TLS, a private window), they open
 * as they always did.
 */
export function keepFiles(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  window.addEventListener('load', () => {
    setTimeout(() => navigator.serviceWorker.register('/sw.js').catch(() => undefined), KEEP_AFTER_MS)
  })
}

/**
 * A page of an older release asks for a file that is not there any more: it begins anew with the release that runs now, once for each file, so
 * that one that is missing for another reason is said to be.
 */
export function beginAnewForMissingFiles(): void {
  window.addEventListener('vite:preloadError', ({ payload }) => {
    if (!navigator.onLine || sessionStorage.getItem(RELOADED_FOR) === payload.message) return
    sessionStorage.setItem(RELOADED_FOR, payload.message)
    window.location.reload()
  })
}
