import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { followStream } from './stream.ts'

/** Changes come in bursts: screens look again at most so often. */
const LOOK_AGAIN_MS = 2_000

/**
 * Looks again at what a screen shows whenever the hub says that orders have changed. The browser keeps the connection and resumes
 * after the last event that it had; while the page is hidden there is none, and coming back looks again once.
 *
 * @param orderId changes of this order only
 * @param keys beginnings of the query keys that may have become old
 * @returns whether the connection stands
 */
export function useLiveOrders(
  keys: readonly (readonly unknown[])[],
  orderId?: string,
  everyMs = LOOK_AGAIN_MS,
): boolean {
  const queries = useQueryClient()
  const [isLive, setLive] = useState(false)
  const wanted = JSON.stringify(keys)

  useEffect(() => {
    let leave: (() => void) | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer = undefined
      for (const queryKey of JSON.parse(wanted) as unknown[][]) void queries.invalidateQueries({ queryKey }) // of our own making
    }
    const onChange = () => {
      timer ??= setTimeout(look, everyMs)
    }
    const open = () => {
      const query = orderId === undefined ? '' : `?orderId=${encodeURIComponent(orderId)}`
      leave = followStream(`/v1/events${query}`, {
        on: { order: onChange },
        onLive: setLive,
        onOpenedAgain: onChange,
      })
    }
    const close = () => {
      leave?.()
      leave = null
    }
    const onVisibility = () => {
      if (document.hidden) return close()
      if (leave === null) {
        open()
        onChange()
      }
    }
    if (!document.hidden) open()
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      clearTimeout(timer)
      close()
    }
  }, [queries, wanted, orderId, everyMs])

  return isLive
}
