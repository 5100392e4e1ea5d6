import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

const TABS = [
  { key: 'levels', path: '/stock' },
  { key: 'counts', path: '/stock/counts' },
  { key: 'transfers', path: '/stock/transfers' },
  { key: 'promotions', path: '/stock/promotions' },
  { key: 'presales', path: '/stock/presales' },
] as const

/** What there is of stock. */
export function StockTabs() {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('stock.title')}>
      <ul className="tabs">
        {TABS.map(({ key, path }) => (
          <li key={key}>
            <Link
              to={path}
              className="tab"
              activeOptions={{ exact: path === '/stock', includeSearch: false }}
            >
              {t(`stockTab.${key}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
