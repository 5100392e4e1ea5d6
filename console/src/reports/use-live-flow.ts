import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import type { DataFlow } from '../api/types.ts'

/** The browser comes back by itself after a cut, but not after a refusal. */
const OPEN_AGAIN_MS = 5_000

/** The map, and again after every look at the flows for as long as the screen is open. */
export function useLiveFlow() {
  const queries = useQueryClient()
  const [isLive, setLive] = useState(false)
  const map = api.useQuery('get', '/v1/data-flow')
  useEffect(() => {
    const { queryKey } = api.queryOptions('get', '/v1/data-flow')
    let source: EventSource
    let opening: ReturnType<typeof setTimeout> | undefined
    const open = () => {
      source = new EventSource('/v1/data-flow/events')
      source.addEventListener('map', ({ data }: MessageEvent<string>) => {
        const heard: DataFlow = JSON.parse(data)
        setLive(true)
        queries.setQueryData(queryKey, heard)
      })
      source.addEventListener('error', () => {
        setLive(false)
        if (source.readyState === EventSource.CLOSED) opening = setTimeout(open, OPEN_AGAIN_MS)
      })
    }
    open()
    return () => {
      clearTimeout(opening)
      source.close()
    }
  }, [queries])
  return { map, isLive }
}
