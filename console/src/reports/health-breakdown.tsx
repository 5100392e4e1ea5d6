import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import { Loaded } from '../components/loaded.tsx'
import { Section } from '../components/section.tsx'
import { NothingHere } from '../components/states.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { BandTag } from './health-components.tsx'
import type { HealthCut } from './health-trend.tsx'
import type { Grain } from './periods.ts'

const route = getRouteApi('/shell/reports/health')
const DIMENSIONS = ['channel', 'store', 'warehouse'] as const
/** The worst ones are what is looked for. */
const MOST = 12

type Props = { grain: Grain; at: string | undefined; cut: HealthCut }

/** The same period channel by channel, store by store or warehouse by warehouse, the worst first. */
export function HealthBreakdown({ grain, at, cut }: Props) {
  const { t } = useTranslation()
  const { by = 'channel' } = route.useSearch()
  const change = useFilters<{ by: string }>()
  const query = { grain, ...present({ at }), ...cut, limit: MOST }
  const parts = api.useQuery(
    'get',
    '/v1/health-score/by/{dimension}',
    { params: { path: { dimension: by }, query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <Section
      title={t('health.breakdown')}
      extra={
        <Segmented
          size="small"
          aria-label={t('health.breakdown')}
          value={by}
          options={DIMENSIONS.map((value) => ({ value, label: t(`dimension.${value}`) }))}
          onChange={(value) => change({ by: value === 'channel' ? undefined : value })}
        />
      }
    >
      <Loaded query={parts}>
        {({ items }) =>
          items.length === 0 ? (
            <NothingHere />
          ) : (
            <ul className="health-parts">
              {items.map(({ key, score, band }) => (
                <li key={key}>
                  <span>
                    <KeyName dimension={by} name={key} />
                  </span>
                  <span className="figure">{score === null ? '–' : score.toFixed(1)}</span>{' '}
                  <BandTag band={band} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

function KeyName({ dimension, name }: { dimension: (typeof DIMENSIONS)[number]; name: string }) {
  const stores = useNames('/v1/stores')
  const warehouses = useNames('/v1/warehouses')
  if (dimension === 'channel') return <ChannelName channel={name} />
  return <>{(dimension === 'store' ? stores : warehouses).nameOf(name)}</>
}
