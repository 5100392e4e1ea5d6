import { getRouteApi, Link } from '@tanstack/react-router'
import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { OversellRisk } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { Loaded } from '../components/loaded.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { pickText } from '../format/bilingual.ts'
import { formatShare } from '../format/number.ts'
import { dayBefore } from './periods.ts'

const route = getRouteApi('/shell/reports/oversell-risk')
const USUAL_DAYS = 29
const TONES: Record<OversellRisk['level'], Tone> = { low: 'green', medium: 'gold', high: 'red' }

function Level({ level }: { level: OversellRisk['level'] }) {
  const { t } = useTranslation()
  return <Tag tone={TONES[level]}>{t(`riskLevel.${level}`)}</Tag>
}

/** How likely it is that more is sold than there is, by four measures, and what to do about each. */
export function OversellPage() {
  const { t, i18n } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const from = search.from ?? dayBefore(new Date(), USUAL_DAYS)
  const to = search.to ?? dayBefore(new Date(), 0)
  const query = api.useQuery('get', '/v1/reports/oversell-risk', {
    params: { query: present({ from, to }) },
  })
  return (
    <>
      <PageHead title={t('reports.oversellRisk')} extra={query.data && <Level level={query.data.level} />} />
      <FilterBar label={t('list.filters')}>
        {(
          [
            ['from', from],
            ['to', to],
          ] as const
        ).map(([name, value]) => (
          <Input
            key={name}
            type="date"
            className="filter"
            aria-label={t(`orders.${name}`)}
            value={value}
            // Both together: the API takes no period with one end.
            onChange={({ target }) => change({ from, to, [name]: target.value })}
          />
        ))}
      </FilterBar>
      <Loaded query={query}>
        {({ dimensions }) => (
          <div className="columns">
            {dimensions.map((dimension) => (
              <Section
                key={dimension.dimension}
                title={t(`riskDimension.${dimension.dimension}`)}
                extra={<Level level={dimension.level} />}
              >
                <Measured dimension={dimension} />
                <p>{pickText(dimension.measure, i18n.language)}</p>
                <Remedy screen={dimension.screen} />
              </Section>
            ))}
          </div>
        )}
      </Loaded>
    </>
  )
}

const POLICIES = '/policies/'

/** Where it is changed, for what a policy changes. */
function Remedy({ screen }: { screen: string }) {
  const { t } = useTranslation()
  if (!screen.startsWith(POLICIES)) return null
  return (
    <Link to="/policies/$kind" params={{ kind: screen.slice(POLICIES.length) }}>
      {t('risk.openPolicy')}
    </Link>
  )
}

function Measured({ dimension }: { dimension: OversellRisk['dimensions'][number] }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  if (dimension.dimension === 'channels')
    return (
      <>
        {dimension.measured.channels.map((channel) => (
          <Tag key={channel}>
            <ChannelName channel={channel} />
          </Tag>
        ))}
      </>
    )
  if (dimension.dimension === 'orders') {
    const { total, averagePerDay, peak } = dimension.measured
    return (
      <>
        {t('risk.orders', { total, average: averagePerDay.toFixed(1) })}
        {peak && <div>{t('risk.peak', { day: peak.day, orders: peak.orders })}</div>}
      </>
    )
  }
  if (dimension.dimension === 'uncoordinated') {
    const { orders, share, warehouseIds } = dimension.measured
    return (
      <>
        {t('risk.uncoordinated', { orders, share: share === null ? '–' : formatShare(share) })}
        <div>{warehouseIds.map(nameOf).join(' · ')}</div>
      </>
    )
  }
  const { began, perMonth } = dimension.measured
  return <>{t('risk.promotions', { began, perMonth: perMonth.toFixed(1) })}</>
}
