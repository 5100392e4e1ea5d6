import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { followStream } from '../api/stream.ts'

/** Levels move all the time: read so often, a wall is as good as live. */
const LOOK_AGAIN_MS = 3_000

/** Looks again at the stock whenever some of it moved. What moved is not kept. */
export function useStockMoves(): void {
  const queries = useQueryClient()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer = undefined
      void queries.invalidateQueries({ queryKey: ['get', '/v1/stock/board'] })
    }
    const onMove = () => {
      timer ??= setTimeout(look, LOOK_AGAIN_MS)
    }
    const leave = followStream('/v1/stock/events', {
      on: { level: onMove, reset: onMove },
      onLive: () => undefined,
      onOpenedAgain: onMove,
    })
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [queries])
}
