import { useSyncExternalStore } from 'react'

/** Where the menu no longer fits beside a screen; the same width as in console.css. */
export const WIDE = '(min-width: 768px)'
/** Where a list and what it opens fit beside each other. */
export const WIDE_FOR_TWO = '(min-width: 1080px)'

/** Whether the screen is as a media query says, also when it is turned around. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', onChange)
      return () => list.removeEventListener('change', onChange)
    },
    () => window.matchMedia(query).matches,
  )
}
