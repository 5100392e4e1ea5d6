import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { HealthComponentScore, HealthScore } from '../api/types.ts'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { formatPoints, formatShare } from '../format/number.ts'
import { Figure } from '../overview/number.tsx'

const TONES: Record<'good' | 'fair' | 'poor', Tone> = { good: 'green', fair: 'gold', poor: 'red' }

export function BandTag({ band }: { band: keyof typeof TONES | null }) {
  const { t } = useTranslation()
  return band === null ? <span className="quiet">–</span> : <Tag tone={TONES[band]}>{t(`band.${band}`)}</Tag>
}

type Props = { score: HealthScore; onOpen: (component: HealthComponentScore['component']) => void }

/** The score, what moved it since the period before, and each part with what it is made of. */
export function HealthComponents({ score, onOpen }: Props) {
  const { t } = useTranslation()
  return (
    <Section
      title={t('health.score')}
      extra={<span className="quiet">{t('health.weighed', { number: score.policyVersion })}</span>}
    >
      <div className="figures">
        <Figure name={score.band === null ? t('overview.healthUnknown') : t(`band.${score.band}`)}>
          {score.score === null ? '–' : score.score.toFixed(1)}
        </Figure>
        <Figure name={t('health.change')}>{score.change === null ? '–' : formatPoints(score.change)}</Figure>
        {(score.moved ?? [])
          .filter(({ points }) => Math.abs(points) >= 0.05)
          .map(({ component, points }) => (
            <Figure key={component} name={t(`healthComponent.${component}`)}>
              {formatPoints(points)}
            </Figure>
          ))}
      </div>
      <div className="scrolls">
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('health.component')}</th>
              <th scope="col">{t('health.points')}</th>
              <th scope="col">{t('health.weight')}</th>
              <th scope="col">{t('health.value')}</th>
              <th scope="col">{t('health.measured')}</th>
              <th scope="col">{t('health.behind')}</th>
            </tr>
          </thead>
          <tbody>
            {score.components.map((part) => (
              <tr key={part.component}>
                <th scope="row">{t(`healthComponent.${part.component}`)}</th>
                <td>
                  {part.score === null ? '– ' : `${part.score.toFixed(1)} `}
                  {part.band !== null && <BandTag band={part.band} />}
                  {part.unknown !== null && (
                    <span className="quiet">{t(`healthUnknown.${part.unknown}`)}</span>
                  )}
                </td>
                <td>{part.weight}%</td>
                <td>{part.value === null ? '–' : formatShare(part.value)}</td>
                <td>{t('health.missedOf', { missed: part.missed, measured: part.measured })}</td>
                <td>
                  <Button size="small" disabled={part.outcomes === 0} onClick={() => onOpen(part.component)}>
                    {t('health.open', { count: part.missedOutcomes })}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
