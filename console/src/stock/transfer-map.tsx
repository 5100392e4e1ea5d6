import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { TransferProposal } from '../api/types.ts'
import { ChinaMap, type Place, type Way } from '../map/china-map.tsx'

const KEPT_MS = 10 * 60_000
const MOST = 200
const FONT_SIZE = 12
const COLOURS = { destination: '#1d4ed8', source: '#15803d', other: '#6b7280', rejected: '#9ca3af' } as const

/** The ways that are proposed, and dashed those that were looked at and are worse. */
export function TransferMap({
  destinationId,
  legs,
  rejected,
}: {
  destinationId: string
  legs: TransferProposal['legs']
  rejected: TransferProposal['rejected']
}) {
  const { t } = useTranslation()
  const query = { limit: MOST, active: 'true' }
  const { data } = api.useQuery('get', '/v1/warehouses', { params: { query } }, { staleTime: KEPT_MS })
  const { places, ways } = useMemo(() => {
    const taken = new Map(legs.map(({ sourceId, quantity }) => [sourceId, quantity]))
    const all = (data?.items ?? []).map(({ id, name, longitude, latitude }): Place => {
      const units = taken.get(id)
      const colour =
        id === destinationId ? COLOURS.destination : units === undefined ? COLOURS.other : COLOURS.source
      const note = units === undefined ? '' : `× ${units}`
      return { id, name, longitude, latitude, colour, note, isAlarming: id === destinationId }
    })
    const waysOf = (path: readonly string[], how: Omit<Way, 'from' | 'to'>): Way[] =>
      path.slice(1).flatMap((id, index) => {
        const from = all.find((place) => place.id === path[index])
        const to = all.find((place) => place.id === id)
        return from && to ? [{ from, to, ...how }] : []
      })
    return {
      places: all,
      ways: [
        ...rejected.flatMap(({ path }) =>
          waysOf(path, { colour: COLOURS.rejected, width: 1, isDashed: true }),
        ),
        ...legs.flatMap(({ path }) => waysOf(path, { colour: COLOURS.source, width: 3 })),
      ],
    }
  }, [data, destinationId, legs, rejected])
  const nameOf = (id: string) => places.find((place) => place.id === id)?.name ?? id
  const label = legs.map(({ path, quantity }) => `${path.map(nameOf).join(' → ')} × ${quantity}`).join('; ')
  return (
    <ChinaMap
      places={places}
      ways={ways}
      label={t('transfers.mapLabel', { ways: label })}
      tone="light"
      fontSize={FONT_SIZE}
      className="transfer-map"
    />
  )
}
