import { keepPreviousData } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Ago } from '../components/moment.tsx'
import { Loading } from '../components/states.tsx'
import { pickText } from '../format/bilingual.ts'
import { lagOf } from '../watch/lag.ts'

const LOOK_EVERY_MS = 10_000
/** As many as there is room for. */
const SHOWN = 7
const SHOPS = 100

/** What people must look at: shops that are heard too late, and the newest work items. */
export function AlertList() {
  const { t, i18n } = useTranslation()
  const options = { refetchInterval: LOOK_EVERY_MS, placeholderData: keepPreviousData }
  const items = api.useQuery(
    'get',
    '/v1/work-items',
    { params: { query: { state: 'open', sort: 'newest', limit: SHOWN } } },
    options,
  )
  const shops = api.useQuery('get', '/v1/shops', { params: { query: { limit: SHOPS } } }, options)
  const late = (shops.data?.items ?? []).filter((shop) => lagOf(shop).state === 'late')
  const rows = [
    ...late.map(({ id }) => ({ key: `shop ${id}`, text: t('wall.lateShop', { shop: id }), at: null })),
    ...(items.data?.items ?? []).map(({ workItemId, title, createdAt }) => ({
      key: workItemId,
      text: pickText(title, i18n.language),
      at: createdAt,
    })),
  ].slice(0, SHOWN)
  if (items.isPending) return <Loading />
  if (items.isSuccess && rows.length === 0) return <p className="wall-good">✓ {t('wall.noAlerts')}</p>
  return (
    <ul className="wall-list">
      {rows.map(({ key, text, at }) => (
        <li key={key}>
          <span>⚠ {text}</span>
          {at !== null && <Ago at={at} />}
        </li>
      ))}
    </ul>
  )
}
