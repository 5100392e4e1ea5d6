const RELOADED_FOR = 'order-hub.reloaded-for'

/**
 * Has this browser keep the console's files, so that its pages open without a network. Where it cannot (no TLS, a private window), they open
 * as they always did.
 */
export function keepFiles(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  window.addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch(() => undefined)
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
