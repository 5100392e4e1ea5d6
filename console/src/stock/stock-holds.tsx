import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { Moment, Until } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { MoreRows } from './more-rows.tsx'

const PAGE = 20

/** Who holds units of an article now. */
export function StockHolds({ skuId }: { skuId: string }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const query = useInfiniteQuery({
    queryKey: ['get', '/v1/stock/{skuId}/holds', skuId],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const page = { limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }
      const params = { path: { skuId }, query: page }
      const { data } = await client.GET('/v1/stock/{skuId}/holds', { params, signal })
      if (!data) throw new Error('the API told no holds')
      return data
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })
  return (
    <Section title={t('order.holds')}>
      <MoreRows label={t('ledger.holds')} query={query}>
        {(holds) =>
          holds.map(({ holdId, warehouseId, quantity, state, heldFor, orderId, expiresAt, createdAt }) => (
            <div key={holdId} className="row-line">
              <strong className="figure">× {quantity}</strong>
              <span>{nameOf(warehouseId)}</span>
              <Tag tone={state === 'held' ? 'gold' : 'blue'}>{t(`holdState.${state}`)}</Tag>
              {orderId === null ? t(`heldFor.${heldFor}`) : <OrderLink orderId={orderId} />}
              {expiresAt === null ? <Moment at={createdAt} /> : <Until at={expiresAt} />}
            </div>
          ))
        }
      </MoreRows>
    </Section>
  )
}
