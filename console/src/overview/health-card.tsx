import { Link } from '@tanstack/react-router'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { HealthScore } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Figure } from './number.tsx'

const LOOK_EVERY_MS = 60_000

/** Today's health score, and what it is made of. */
export function HealthCard() {
  const { t } = useTranslation()
  const score = api.useQuery(
    'get',
    '/v1/health-score',
    { params: { query: { grain: 'day' } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <Section
      title={t('overview.health')}
      extra={
        score.data && (
          <span className="quiet">
            <Moment at={score.data.refreshedAt} />
          </span>
        )
      }
    >
      <Loaded query={score}>{(data) => <Parts score={data} />}</Loaded>
    </Section>
  )
}

function Parts({ score: { band, score, change, components } }: { score: HealthScore }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="figures">
        <Link to="/reports/health">
          <Figure name={band === null ? t('overview.healthUnknown') : t(`band.${band}`)}>
            {score === null ? '–' : Math.round(score)}
          </Figure>
        </Link>
        {change !== null && (
          <Figure name={t('overview.healthChange')}>{`${change > 0 ? '+' : ''}${change.toFixed(1)}`}</Figure>
        )}
      </div>
      {components.map(({ component, score: part }) => (
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
            percent={part === null ? 0 : Math.round(part)}
            size="small"
            aria-labelledby={`health-${component}`}
            format={() => (part === null ? '–' : Math.round(part))}
          />
        </div>
      ))}
    </>
  )
}
