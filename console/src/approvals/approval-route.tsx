import { Steps } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ChangeDetail } from '../api/types.ts'
import { Moment, Until } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { formatDuration } from '../format/time.ts'
import { type RouteStep, routeOf } from './route-steps.ts'

const SHOWN = { done: 'finish', current: 'process', ahead: 'wait', stopped: 'error' } as const

/** Who has decided, who is next and until when, and to whom it rises if nobody does. */
export function ApprovalRoute({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  const steps = routeOf(change)
  return (
    <Section title={t('change.route')}>
      {steps.length === 0 ? (
        <span className="quiet">{t('change.automatic')}</span>
      ) : (
        <Steps
          orientation="vertical"
          size="small"
          items={steps.map((step) => ({
            key: step.number,
            title: `${t('change.step', { number: step.number })} · ${step.level?.title ?? ''}`,
            status: SHOWN[step.state],
            content: <StepText step={step} dueAt={step.state === 'current' ? change.dueAt : null} />,
          }))}
        />
      )}
    </Section>
  )
}

function StepText({ step, dueAt }: { step: RouteStep; dueAt: string | null }) {
  const { t, i18n } = useTranslation()
  const { level, nextLevel, places, waitingFor, state } = step
  return (
    <div className="step-text">
      {level && (
        <div className="quiet">
          <ModeText mode={level.mode} /> ·{' '}
          {t('change.deadline', { duration: formatDuration(level.deadlineSeconds, i18n.language) })}
          {nextLevel && <> · {t('change.escalates', { title: nextLevel.title })}</>}
        </div>
      )}
      {state === 'current' && (
        <div>
          {waitingFor.length > 0
            ? t('change.waiting', { names: waitingFor.join(', ') })
            : t('change.noApprover')}
          {dueAt !== null && (
            <>
              {' · '}
              <Until at={dueAt} />
            </>
          )}
        </div>
      )}
      {places
        .filter((place) => place.state === 'approved' || place.state === 'rejected')
        .map((place) => (
          <div key={`${place.account} ${place.levelNumber}`}>
            <Tag tone={place.state === 'approved' ? 'green' : 'red'}>
              {t(place.state === 'approved' ? 'change.approvedBy' : 'change.rejectedBy', {
                name: place.account,
              })}
            </Tag>
            {place.onBehalfOf !== null && t('approvals.onBehalf', { name: place.onBehalfOf })}
            <span className="quiet">
              <Moment at={place.openedAt} />
            </span>
          </div>
        ))}
    </div>
  )
}

type Mode = NonNullable<RouteStep['level']>['mode']

/** How many of those who are asked must agree. */
export function ModeText({ mode }: { mode: Mode }) {
  const { t } = useTranslation()
  if (mode === 'any') return t('change.modeAny')
  if (mode === 'all') return t('change.modeAll')
  return t('change.modeAtLeast', { count: mode.atLeast })
}
