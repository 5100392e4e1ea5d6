import { Link } from '@tanstack/react-router'

import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { Shop } from '../api/types.ts'
import { Section } from '../components/section.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { formatDuration } from '../format/time.ts'
import { lagOf } from '../watch/lag.ts'

const SHOWN = 100
const LOOK_EVERY_MS = 10_000
const COLOURS = { ok: 'green', late: 'red', unknown: 'grey', inactive: 'grey' } as const
const WORDS = { ok: 'lagOk', late: 'lagLate', unknown: 'lagUnknown', inactive: 'inactive' } as const

/** How far behind its platform each shop may be. */
export function SyncCard() {
  const { t } = useTranslation()
  const asked = api.useQuery(
    'get',
    '/v1/shops',
    { params: { query: { limit: SHOWN } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const shops = asked.data?.items ?? []
  return (
    <Section title={t('overview.sync')} extra={<Link to="/shops">{t('common.all')}</Link>}>
      {asked.isPending && <Loading />}
      {asked.isError && !asked.data && <Failure error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isSuccess && shops.length === 0 && (
        <NothingHere title={t('overview.noShops')} hint={t('overview.noShopsHint')} />
      )}
      {shops.map((shop) => (
        <ShopLag key={shop.id} shop={shop} />
      ))}
    </Section>
  )
}

function ShopLag({ shop }: { shop: Shop }) {
  const { t, i18n } = useTranslation()
  const { state, lagSeconds } = lagOf(shop)
  return (
    <div className="row-line">
      <Link to="/shops" search={{ storeId: shop.storeId }}>
        {shop.id}
      </Link>
      <span className="quiet">
        <ChannelName channel={shop.platform} />
      </span>
      <Tag tone={COLOURS[state]}>{t(`overview.${WORDS[state]}`)}</Tag>
      <span className="figure">{lagSeconds === null ? '–' : formatDuration(lagSeconds, i18n.language)}</span>
    </div>
  )
}
