import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Scrolls } from '../components/scrolls.tsx'
import { Section } from '../components/section.tsx'
import { NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { AdjustForm } from '../stock/adjust-form.tsx'
import { StockHolds } from '../stock/stock-holds.tsx'
import { StockLedger } from '../stock/stock-ledger.tsx'
import type { MatrixRow } from './matrix.ts'

const MOST_LISTINGS = 100
const FIGURES = ['available', 'safety', 'reserved', 'total', 'shipped', 'inTransit', 'shortfall'] as const
const TONES = { ok: 'green', low: 'gold', out: 'red' } as const

/** One article: all figures of each warehouse, what the stores show of it, who holds it, what moved it, and its adjustment. */
export function StockDrawer({ row, onClose }: { row: MatrixRow | null; onClose: () => void }) {
  const { role } = usePerson()
  return (
    <Drawer
      open={row !== null}
      onClose={onClose}
      size="large"
      destroyOnHidden
      title={row === null ? '' : `${row.skuId} ${row.skuName}`}
    >
      {row !== null && (
        <>
          <Levels row={row} />
          <Listings skuId={row.skuId} />
          <StockHolds skuId={row.skuId} />
          <StockLedger skuId={row.skuId} />
          {isOffered('adjustStock', role) && <AdjustForm skuId={row.skuId} />}
        </>
      )}
    </Drawer>
  )
}

function Levels({ row }: { row: MatrixRow }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return (
    <Section title={t('stock.title')}>
      <Scrolls label={t('stock.byWarehouse')}>
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('stock.warehouse')}</th>
              <th scope="col">{t('stock.level')}</th>
              {FIGURES.map((name) => (
                <th key={name} scope="col">
                  {t(`stock.${name}`)}
                </th>
              ))}
              <th scope="col">{t('stock.freshness')}</th>
            </tr>
          </thead>
          <tbody>
            {[...row.cells].map(([warehouseId, stock]) => (
              <tr key={warehouseId}>
                <th scope="row">{nameOf(warehouseId)}</th>
                <td>
                  <Tag tone={TONES[stock.level]}>{t(`level.${stock.level}`)}</Tag>
                </td>
                {FIGURES.map((name) => (
                  <td key={name} className="figure">
                    {stock[name]}
                  </td>
                ))}
                <td>
                  {stock.freshness === null ? (
                    '–'
                  ) : (
                    <>
                      {t(`freshness.${stock.freshness.state}`)}{' '}
                      <span className="quiet">
                        <Moment at={stock.freshness.lastSuccessAt} />
                      </span>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
    </Section>
  )
}

function Listings({ skuId }: { skuId: string }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  const query = { skuId, limit: MOST_LISTINGS }
  const listings = api.useQuery('get', '/v1/listings', { params: { query } })
  return (
    <Section title={t('stock.listings')}>
      <Loaded query={listings}>
        {({ items }) =>
          items.length === 0 ? (
            <NothingHere />
          ) : (
            items.map(({ storeId, state, quantity, confirmed, stale }) => (
              <div key={storeId} className="row-line">
                <span>{nameOf(storeId)}</span>
                <Tag tone={state === 'listed' ? 'green' : 'grey'}>{t(`listingState.${state}`)}</Tag>
                <span>{t('stock.shouldShow', { count: quantity })}</span>
                <span className={stale ? 'late' : 'quiet'}>
                  {confirmed === null
                    ? t('stock.unconfirmed')
                    : t('stock.shows', { count: confirmed.quantity })}
                </span>
              </div>
            ))
          )
        }
      </Loaded>
    </Section>
  )
}
