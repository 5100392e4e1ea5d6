import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { Shop } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { Section } from '../components/section.tsx'
import { NothingHere } from '../components/states.tsx'
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
  return (
    <Section title={t('overview.sync')} extra={<Link to="/shops">{t('common.all')}</Link>}>
      <Loaded query={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <NothingHere title={t('overview.noShops')} hint={t('overview.noShopsHint')} />
          ) : (
            items.map((shop) => <ShopLag key={shop.id} shop={shop} />)
          )
        }
      </Loaded>
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
