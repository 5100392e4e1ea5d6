import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { ChinaMap, type Place } from '../map/china-map.tsx'

const LOOK_EVERY_MS = 30_000
const KEPT_MS = 10 * 60_000
const MOST = 200

/** Each warehouse where it stands: what is short there, and whether its own system was read in time. */
export function WarehouseMap({ fontSize }: { fontSize: number }) {
  const { t } = useTranslation()
  const query = { limit: MOST, active: 'true' }
  const warehouses = api.useQuery('get', '/v1/warehouses', { params: { query } }, { staleTime: KEPT_MS })
  // The totals are of all that fits; one row is enough to get them.
  const board = api.useQuery(
    'get',
    '/v1/stock/board',
    { params: { query: { limit: 1 } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { data: list } = warehouses
  const totals = board.data?.totals
  const places = useMemo(
    () =>
      (list?.items ?? []).map(({ id, name, longitude, latitude }): Place => {
        const levels = totals?.warehouses.find(({ warehouseId }) => warehouseId === id)?.levels
        const isStale = totals?.staleWarehouses.includes(id) ?? false
        const out = levels?.out ?? 0
        const short = out + (levels?.low ?? 0)
        return {
          ...{ id, name, longitude, latitude },
          colour: out > 0 ? '#f87171' : short > 0 ? '#fbbf24' : '#34d399',
          note: [
            ...(out > 0 ? [`✕ ${out}`] : []),
            ...(short > out ? [`▼ ${short - out}`] : []),
            ...(isStale ? [t('freshness.late')] : []),
          ].join('  '),
          isAlarming: out > 0 || isStale,
        }
      }),
    [list, totals, t],
  )
  const label = places.map(({ name, note }) => (note === '' ? name : `${name} ${note}`)).join('; ')
  return (
    <ChinaMap
      places={places}
      label={t('wall.mapLabel', { places: label })}
      tone="dark"
      fontSize={fontSize * 0.7}
      className="wall-chart"
    />
  )
}
