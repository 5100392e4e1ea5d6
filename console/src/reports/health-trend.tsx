import { keepPreviousData } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { HEALTH_COMPONENTS } from '../../../domain/health-score.ts'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { BandTag } from './health-components.tsx'
import { type Grain, periodName } from './periods.ts'

// The charts are larger than all else of this screen: the figures are read while they come.
const LineChart = lazy(async () => ({ default: (await import('../components/line-chart.tsx')).LineChart }))
const PERIODS = 30

export type HealthCut = { channel?: string; storeId?: string; warehouseId?: string }
type Props = { grain: Grain; cut: HealthCut; onOpen: (from: string) => void }

/** One period after the other, as lines and as a table; a period of the table opens its own figures. */
export function HealthTrend({ grain, cut, onOpen }: Props) {
  const { t } = useTranslation()
  const trend = api.useQuery(
    'get',
    '/v1/health-score/trend',
    { params: { query: { grain, ...cut, limit: PERIODS } } },
    { placeholderData: keepPreviousData },
  )
  const items = trend.data?.items
  // Lines through nothing would be an empty frame.
  const isBare = items?.every(({ components }) => components.every(({ score }) => score === null)) ?? false
  const chart = useMemo(() => {
    const periods = [...(items ?? [])].reverse()
    const points = (value: number | null | undefined) =>
      value === null || value === undefined ? null : Number(value.toFixed(1))
    const series = [
      { name: t('health.score'), values: periods.map(({ score }) => points(score)), isMain: true },
      ...HEALTH_COMPONENTS.map((component) => ({
        name: t(`healthComponent.${component}`),
        values: periods.map(({ components }) =>
          points(components.find((part) => part.component === component)?.score),
        ),
      })),
    ]
    return { names: periods.map(({ from }) => periodName(from, grain)), series }
  }, [items, grain, t])
  return (
    <Section title={t('health.trend')}>
      {trend.isPending && <Loading />}
      {trend.isError && <Failure error={trend.error} onRetry={() => void trend.refetch()} />}
      {isBare && <NothingHere title={t('health.noTrend')} hint={t('health.noTrendHint')} />}
      {items && !isBare && (
        <>
          <Suspense fallback={<Loading />}>
            <LineChart
              label={t('health.trendOf', { count: items.length })}
              names={chart.names}
              series={chart.series}
              minimum={0}
              maximum={100}
            />
          </Suspense>
          <details>
            <summary>{t('health.asTable')}</summary>
            <table className="comparison">
              <thead>
                <tr>
                  <th scope="col">{t('health.period')}</th>
                  <th scope="col">{t('health.score')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ from, score, band, complete }) => (
                  <tr key={from}>
                    <th scope="row">
                      <button type="button" className="link-button" onClick={() => onOpen(from)}>
                        {periodName(from, grain)}
                      </button>{' '}
                      {!complete && <span className="quiet">{t('health.running')}</span>}
                    </th>
                    <td>
                      {score === null ? '–' : score.toFixed(1)} <BandTag band={band} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </Section>
  )
}
