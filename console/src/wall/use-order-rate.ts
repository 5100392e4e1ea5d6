import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { client } from '../api/client.ts'
import { followStream } from '../api/stream.ts'
import { MINUTES_SHOWN, MinuteSeries } from './minute-series.ts'

const SHOW_EVERY_MS = 5_000
/** After a failed count: nobody stands before a wall to press anything. */
const COUNT_AGAIN_MS = 30_000

type Minute = { startsAt: string; count: number }

export type OrderRate = {
  /** Without those of `before` as long as it is not there. */
  minutes: { minuteMs: number; count: number }[]
  isLive: boolean
  /** How many of the orders that were there before the screen was opened each minute had. */
  before: UseQueryResult<Minute[]>
}

/** New orders of each of the last sixty minutes: those before as the hub counts them, the others as they come. */
export function useOrderRate(): OrderRate {
  const [sinceMs] = useState(() => Date.now())
  const [{ live, nowMs, isLive }, setHeard] = useState(() => ({
    live: new MinuteSeries().values(sinceMs),
    nowMs: sinceMs,
    isLive: false,
  }))
  const before = useQuery({
    queryKey: ['orders of the hour before', sinceMs],
    queryFn: ({ signal }) => placedBefore(sinceMs, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.status === 'error' ? COUNT_AGAIN_MS : false),
  })

  useEffect(() => {
    const series = new MinuteSeries()
    let isOpen = false
    const show = () => {
      const now = Date.now()
      setHeard({ live: series.values(now), nowMs: now, isLive: isOpen })
    }
    const leave = followStream('/v1/events', {
      on: {
        order: (data) => {
          const atMs = placedAtMs(data)
          // What was there before is counted by the hub.
          if (atMs !== null && atMs >= sinceMs) series.add(atMs)
        },
      },
      onLive: (next) => {
        isOpen = next
        show()
      },
      onOpenedAgain: () => undefined,
    })
    const timer = setInterval(show, SHOW_EVERY_MS)
    return () => {
      clearInterval(timer)
      leave()
    }
  }, [sinceMs])

  const listed = useMemo(() => {
    const series = new MinuteSeries()
    for (const { startsAt, count } of before.data ?? []) series.add(Date.parse(startsAt), count)
    return series
  }, [before.data])
  const minutes = useMemo(() => {
    const earlier = listed.values(nowMs)
    return live.map(({ minuteMs, count }, index) => ({
      minuteMs,
      count: count + (earlier[index]?.count ?? 0),
    }))
  }, [live, listed, nowMs])
  return { minutes, isLive, before }
}

/** When the order was placed that an event is about; null for whatever else happened to one. */
export function placedAtMs(data: string): number | null {
  const { field, oldValue, at }: { field: string; oldValue: string | null; at: string } = JSON.parse(data)
  return field === 'status' && oldValue === null ? Date.parse(at) : null
}

/** Of the hour before, whenever it is asked for: others than those count as they come. */
async function placedBefore(sinceMs: number, signal: AbortSignal): Promise<Minute[]> {
  const from = new Date(sinceMs - MINUTES_SHOWN * 60_000).toISOString()
  const to = new Date(sinceMs).toISOString()
  const { data } = await client.GET('/v1/orders/rate', { params: { query: { from, to } }, signal })
  return data?.minutes ?? []
}
