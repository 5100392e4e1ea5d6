import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { StockRow } from '../api/types.ts'

/** What has been heard since the levels were asked for, laid over them. */
export type LiveStock = { applyTo: (levels: readonly StockRow[]) => StockRow[] }

type Heard = ReadonlyMap<string, Partial<StockRow>>
const NOTHING: Heard = new Map()
/** Levels come in bursts; the screen follows them so often. */
const SHOW_MS = 500

const keyOf = ({ skuId, warehouseId }: Pick<StockRow, 'skuId' | 'warehouseId'>) => `${skuId} ${warehouseId}`

/** Follows the levels that move, of all warehouses or of one. Where the stream cannot say what was missed, all is asked for anew. */
export function useLiveStock(warehouseId?: string): LiveStock {
  const queries = useQueryClient()
  const [live, setLive] = useState<LiveStock>({ applyTo: (levels) => applied(levels, NOTHING) })

  useEffect(() => {
    const query = warehouseId === undefined ? '' : `?warehouseId=${encodeURIComponent(warehouseId)}`
    const source = new EventSource(`/v1/stock/events${query}`)
    let heard = new Map<string, Partial<StockRow>>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      const now: Heard = new Map(heard)
      setLive({ applyTo: (levels) => applied(levels, now) })
    }
    source.addEventListener('level', ({ data }: MessageEvent<string>) => {
      const level: StockRow = JSON.parse(data)
      heard.set(keyOf(level), level)
      timer ??= setTimeout(show, SHOW_MS)
    })
    source.addEventListener('reset', () => {
      heard = new Map()
      void queries.invalidateQueries({ queryKey: ['get', '/v1/stock/board'] })
      timer ??= setTimeout(show, SHOW_MS)
    })
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [queries, warehouseId])
  return live
}

function applied(levels: readonly StockRow[], heard: Heard): StockRow[] {
  return levels.map((level) => {
    const newer = heard.get(keyOf(level))
    return newer ? { ...level, ...newer } : level
  })
}
