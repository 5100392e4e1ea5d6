import { getRouteApi } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Loaded } from '../components/loaded.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { NotAllowed } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { isOffered, OFFERED } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { ChannelOrders } from './channel-orders.tsx'
import { LOGS, type ShopSearch } from './search.ts'
import { ShopDeliveries } from './shop-deliveries.tsx'
import { ShopFeeds } from './shop-feeds.tsx'
import { ShopMessages } from './shop-messages.tsx'
import { ShopSettings } from './shop-settings.tsx'

const route = getRouteApi('/shell/shops/$shopId')
const LOOK_EVERY_MS = 10_000

/** One shop at its platform: how well it is heard, what it sent and was told, and how it is connected. */
export function ShopPage() {
  const { t } = useTranslation()
  const { shopId } = route.useParams()
  const shop = api.useQuery(
    'get',
    '/v1/shops/{shopId}',
    { params: { path: { shopId } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { data } = shop
  return (
    <>
      <PageHead
        title={t('shop.title', { id: shopId })}
        extra={
          data && (
            <>
              <Tag>
                <ChannelName channel={data.platform} />
              </Tag>
              <Tag tone={data.active ? 'green' : 'grey'}>
                {t(data.active ? 'shop.active' : 'shop.inactive')}
              </Tag>
            </>
          )
        }
      />
      <Loaded query={shop}>
        {(shown) => (
          <>
            <ShopFeeds shop={shown} />
            <ShopSettings shop={shown} onChanged={() => void shop.refetch()} />
            <Logs shopId={shopId} />
          </>
        )}
      </Loaded>
    </>
  )
}

const SHOWN = { messages: ShopMessages, deliveries: ShopDeliveries, orders: ChannelOrders } as const

/** What is seen here of others' orders is for those who run the hub; orders of one's own stores are for everybody. */
function Logs({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<ShopSearch>()
  const open: readonly (keyof typeof SHOWN)[] = isOffered('shopLogs', role) ? LOGS : ['orders']
  const log = search.log ?? open[0] ?? 'orders'
  const mayRead = open.includes(log)
  const Shown = SHOWN[log]
  return (
    <Section
      title={t(`shopLog.${log}`)}
      extra={
        (open.length > 1 || !mayRead) && (
          <Segmented
            aria-label={t('shopLog.which')}
            value={log}
            onChange={(value) => change({ log: value === open[0] ? undefined : value })}
            options={open.map((value) => ({ value, label: t(`shopLog.${value}`) }))}
          />
        )
      }
    >
      {mayRead ? (
        <Shown shopId={shopId} search={search} />
      ) : (
        // Somebody else's link may lead where this role has nothing to read.
        <NotAllowed roles={OFFERED.shopLogs} />
      )}
    </Section>
  )
}
