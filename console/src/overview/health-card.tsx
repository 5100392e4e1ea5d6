import { Link } from '@tanstack/react-router'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { Figure } from './number.tsx'

const LOOK_EVERY_MS = 60_000

/** Today's health score, and what it is made of. */
export function HealthCard() {
  const { t } = useTranslation()
  const asked = api.useQuery(
    'get',
    '/v1/health-score',
    { params: { query: { grain: 'day' } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { data } = asked
  if (!data) {
    return (
      <Section title={t('overview.health')}>
        {asked.isError ? <Failure error={asked.error} onRetry={() => void asked.refetch()} /> : <Loading />}
      </Section>
    )
  }
  return (
    <Section
      title={t('overview.health')}
      extra={
        <span className="quiet">
          <Moment at={data.refreshedAt} />
        </span>
      }
    >
      <div className="figures">
        <Link to="/reports/health">
          <Figure name={data.band === null ? t('overview.healthUnknown') : t(`band.${data.band}`)}>
            {data.score === null ? '–' : Math.round(data.score)}
          </Figure>
        </Link>
        {data.change !== null && (
          <Figure
            name={t('overview.healthChange')}
          >{`${data.change > 0 ? '+' : ''}${data.change.toFixed(1)}`}</Figure>
        )}
      </div>
      {data.components.map(({ component, score }) => (
        <div key={component} className="row-line">
          <Link
            to="/reports/health"
            search={{ component }}
            className="health-name"
            id={`health-${component}`}
          >
            {t(`healthComponent.${component}`)}
          </Link>
          <Progress
            percent={score === null ? 0 : Math.round(score)}
            size="small"
            aria-labelledby={`health-${component}`}
            format={() => (score === null ? '–' : Math.round(score))}
          />
        </div>
      ))}
    </Section>
  )
}
