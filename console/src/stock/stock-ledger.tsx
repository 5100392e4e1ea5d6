import { useInfiniteQuery } from '@tanstack/react-query'
import { Checkbox } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { MoreRows } from './more-rows.tsx'

const PAGE = 20
const DELTAS = ['totalDelta', 'shippedDelta', 'reservedDelta', 'shortfallDelta'] as const
const NAMES = {
  totalDelta: 'total',
  shippedDelta: 'shipped',
  reservedDelta: 'reserved',
  shortfallDelta: 'shortfall',
} as const

/** What moved an article's levels, the newest first. */
export function StockLedger({ skuId }: { skuId: string }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const [physical, setPhysical] = useState(false)
  const query = useInfiniteQuery({
    queryKey: ['get', '/v1/stock/{skuId}/ledger', skuId, physical],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const filters = { limit: PAGE, ...(physical ? { physical: 'true' } : {}) }
      const { data } = await client.GET('/v1/stock/{skuId}/ledger', {
        params: {
          path: { skuId },
          query: { ...filters, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        },
        signal,
      })
      if (!data) throw new Error('the API told no ledger')
      return data
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })
  return (
    <Section
      title={t('ledger.title')}
      extra={
        <Checkbox checked={physical} onChange={({ target }) => setPhysical(target.checked)}>
          {t('ledger.physical')}
        </Checkbox>
      }
    >
      <MoreRows label={t('ledger.rows')} query={query}>
        {(entries) => (
          <table className="comparison ledger">
            <thead>
              <tr>
                <th scope="col">{t('ledger.at')}</th>
                <th scope="col">{t('stock.warehouse')}</th>
                <th scope="col">{t('ledger.kind')}</th>
                {DELTAS.map((name) => (
                  <th key={name} scope="col">
                    {t(`stock.${NAMES[name]}`)}
                  </th>
                ))}
                <th scope="col">{t('ledger.why')}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.entryId}>
                  <td>
                    <Moment at={entry.recordedAt} />
                  </td>
                  <td>{nameOf(entry.warehouseId)}</td>
                  <td>{t(`movementKind.${entry.kind}`)}</td>
                  {DELTAS.map((name) => (
                    <td key={name} className="figure">
                      {signed(entry[name])}
                    </td>
                  ))}
                  <td>
                    {entry.reason}{' '}
                    <span className="quiet">
                      <ActorName actor={entry.operator} />
                    </span>{' '}
                    {entry.orderId !== null && <OrderLink orderId={entry.orderId} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </MoreRows>
    </Section>
  )
}

function signed(delta: number): string {
  if (delta === 0) return ''
  return delta > 0 ? `+${delta}` : String(delta)
}
