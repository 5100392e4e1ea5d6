import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder outside the clone where downloads are kept between runs:
 * `$XDG_CACHE_HOME/order-hub`, or `~/.cache/order-hub`.
 */
export function cacheFolder(...below: string[]): string {
  // The XDG specification says that a relative path is invalid and must be ignored.
  const configured = process.env.XDG_CACHE_HOME
  const base = configured?.startsWith('/') ? configured : join(homedir(), '.cache')
  return join(base, 'order-hub', ...below)
}
