import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import type { StockRow } from '../api/types.ts'
import { Loading, NothingHere } from '../components/states.tsx'
import { MOST_SKUS } from './search.ts'

/** Also where nothing was heard to move. */
const LOOK_EVERY_MS = 30_000
const SIGNS = { ok: '', low: '▼', out: '✕' } as const

/** What may still be sold of the articles that count, large enough for the other end of the room. */
export function SkuList({ skus }: { skus: readonly string[] }) {
  const { rows, isPending } = useRows(skus)
  const { t } = useTranslation()
  if (isPending) return <Loading />
  if (rows.length === 0) return <NothingHere title={t('wall.noSkus')} hint={t('wall.noSkusHint')} />
  return (
    <table className="wall-table">
      <thead>
        <tr>
          <th scope="col">{t('stock.sku')}</th>
          <th scope="col">{t('stock.available')}</th>
          <th scope="col">{t('stock.inTransit')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ skuId, skuName, available, inTransit, level }) => (
          <tr key={skuId}>
            <th scope="row" title={skuName}>
              {skuName}
            </th>
            <td className={level === 'ok' ? '' : 'wall-bad'}>
              {SIGNS[level]} {available}
              <span className="unseen">{t(`level.${level}`)}</span>
            </td>
            <td>{inTransit}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function useRows(skus: readonly string[]): { rows: StockRow[]; isPending: boolean } {
  const scarce = api.useQuery(
    'get',
    '/v1/stock/board',
    { params: { query: { groupBy: 'sku', sort: 'level', limit: MOST_SKUS } } },
    { enabled: skus.length === 0, refetchInterval: LOOK_EVERY_MS, placeholderData: keepPreviousData },
  )
  const chosen = useQueries({
    queries: skus.map((skuId) => ({
      // Begins as all that is asked of the board, so that a level that moved has it looked at again.
      queryKey: ['get', '/v1/stock/board', 'wall', skuId],
      refetchInterval: LOOK_EVERY_MS,
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { groupBy: 'sku' as const, skuId, limit: 1 }
        const { data } = await client.GET('/v1/stock/board', { params: { query }, signal })
        return data?.items ?? []
      },
    })),
  })
  if (skus.length === 0) return { rows: scarce.data?.items ?? [], isPending: scarce.isPending }
  return {
    rows: chosen.flatMap(({ data }) => data ?? []),
    isPending: chosen.every((each) => each.isPending),
  }
}
