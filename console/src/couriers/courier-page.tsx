import { getRouteApi } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { Courier } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { NotAllowed } from '../components/states.tsx'
import { useFilters } from '../components/use-filters.ts'
import { isOffered, OFFERED } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { FeedState } from '../watch/feed-state.tsx'
import { CourierMessages } from './courier-messages.tsx'
import { CourierParcels } from './courier-parcels.tsx'
import { ParcelCounts } from './parcel-counts.tsx'
import { COURIER_LOGS, type CourierSearch } from './search.ts'

const route = getRouteApi('/shell/couriers/$courier')
const LOOK_EVERY_MS = 10_000

/** One courier: how the hub hears of its parcels, each of them, and what was pushed. */
export function CourierPage() {
  const { t } = useTranslation()
  const { courier } = route.useParams()
  const query = api.useQuery(
    'get',
    '/v1/couriers/{courier}',
    { params: { path: { courier } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <>
      <PageHead title={t('couriers.one', { courier })} />
      <Loaded query={query}>
        {(shown) => (
          <>
            <Feeds courier={shown} />
            <Connection courier={shown} />
            <Logs courier={shown} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Feeds({ courier: { push, poll } }: { courier: Courier }) {
  const { t } = useTranslation()
  return (
    <div className="columns">
      <Section title={t('couriers.push')}>
        {push === null ? (
          <p className="quiet">{t('couriers.pushesNothing')}</p>
        ) : (
          <>
            <div className="row-line">
              <FeedState feed={push} />
            </div>
            <Facts
              facts={[
                [t('couriers.lastPush'), <Moment key="push" at={push.lastMessageAt} />],
                [t('couriers.waiting'), push.waiting],
                [t('couriers.setAside'), push.setAside],
              ]}
            />
          </>
        )}
      </Section>
      <Section title={t('couriers.poll')}>
        <div className="row-line">
          <FeedState feed={poll} />
        </div>
        {poll.lastError !== null && (
          <p className="late">
            {t('shops.error')}: {poll.lastError}
          </p>
        )}
        <Facts facts={[[t('couriers.lastPoll'), <Moment key="poll" at={poll.lastSuccessAt} />]]} />
      </Section>
    </div>
  )
}

function Connection({ courier }: { courier: Courier }) {
  const { t } = useTranslation()
  return (
    <Section title={t('shop.settings')}>
      <Facts
        facts={[
          [t('couriers.source'), t(`courierSource.${courier.source}`)],
          [t('couriers.sourceUrl'), courier.sourceUrl],
          [t('couriers.callsPerSecond'), courier.callsPerSecond],
          [t('couriers.waybillsPerCall'), courier.waybillsPerCall],
          [t('couriers.parcels'), <ParcelCounts key="parcels" parcels={courier.parcels} />],
          [t('shop.credentials'), t('couriers.credentials')],
        ]}
      />
    </Section>
  )
}

/** For those who run the hub. To anybody else a link to one of them says whose it is; without such a link nothing is missing. */
function Logs({ courier: { courier, source, push } }: { courier: Courier }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<CourierSearch>()
  if (!isOffered('courierLogs', role))
    return (
      search.log !== undefined && (
        <Section title={t(`courierLog.${search.log}`)}>
          <NotAllowed roles={OFFERED.courierLogs} />
        </Section>
      )
    )
  const log = push === null ? 'parcels' : (search.log ?? 'parcels')
  return (
    <Section
      title={t(`courierLog.${log}`)}
      extra={
        push !== null && (
          <Segmented
            aria-label={t('shopLog.which')}
            value={log}
            onChange={(value) => change({ log: value === 'parcels' ? undefined : value })}
            options={COURIER_LOGS.map((value) => ({ value, label: t(`courierLog.${value}`) }))}
          />
        )
      }
    >
      {log === 'messages' && source === 'kuaidi100' ? (
        <CourierMessages source={source} search={search} />
      ) : (
        <CourierParcels courier={courier} search={search} />
      )}
    </Section>
  )
}
