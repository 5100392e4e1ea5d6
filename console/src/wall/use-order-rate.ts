import { useEffect, useState } from 'react'
import { client } from '../api/client.ts'
import { followStream } from '../api/stream.ts'
import { MINUTES_SHOWN, MinuteSeries } from './minute-series.ts'

const SHOW_EVERY_MS = 5_000
/** Of the hour before the screen was opened; more would cost the hub more than the curve is worth. */
const MOST_PAGES = 10
const PAGE = 200

export type OrderRate = { minutes: { minuteMs: number; count: number }[]; isLive: boolean }

/** New orders of each of the last sixty minutes: those before by the list, the others as they come. */
export function useOrderRate(): OrderRate {
  const [rate, setRate] = useState<OrderRate>(() => ({
    minutes: new MinuteSeries().values(Date.now()),
    isLive: false,
  }))

  useEffect(() => {
    const aborting = new AbortController()
    const series = new MinuteSeries()
    const sinceMs = Date.now()
    let isLive = false
    const show = () => setRate({ minutes: series.values(Date.now()), isLive })
    const leave = followStream('/v1/events', {
      on: {
        order: (data) => {
          const atMs = placedAtMs(data)
          // What was there before is counted by the list.
          if (atMs !== null && atMs >= sinceMs) series.add(atMs)
        },
      },
      onLive: (next) => {
        isLive = next
      },
      onOpenedAgain: () => undefined,
    })
    const timer = setInterval(show, SHOW_EVERY_MS)
    countBefore(series, sinceMs, aborting.signal).then(show, () => undefined)
    return () => {
      aborting.abort()
      clearInterval(timer)
      leave()
    }
  }, [])
  return rate
}

/** When the order was placed that an event is about; null for whatever else happened to one. */
export function placedAtMs(data: string): number | null {
  const { field, oldValue, at }: { field: string; oldValue: string | null; at: string } = JSON.parse(data)
  return field === 'status' && oldValue === null ? Date.parse(at) : null
}

async function countBefore(series: MinuteSeries, sinceMs: number, signal: AbortSignal): Promise<void> {
  const createdFrom = new Date(sinceMs - MINUTES_SHOWN * 60_000).toISOString()
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query: { createdFrom: string; limit: number; cursor?: string } = {
      createdFrom,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    }
    const { data } = await client.GET('/v1/orders', { params: { query }, signal })
    for (const { createdAt } of data?.items ?? []) {
      if (Date.parse(createdAt) < sinceMs) series.add(Date.parse(createdAt))
    }
    cursor = data?.nextCursor ?? null
    if (cursor === null) return
  }
}
