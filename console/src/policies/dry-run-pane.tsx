import { Link } from '@tanstack/react-router'
import { Alert, Button, InputNumber, Progress } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DryRunReport, PolicyKind } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { placeName, shownValue } from './compare-pane.tsx'
import { ConditionText } from './condition-text.tsx'
import { differences } from './documents.ts'
import { useNames } from './names.ts'
import { isRecord } from './schema.ts'
import { useDryRun } from './use-dry-run.ts'

const USUAL_DAYS = 7
const MOST_DAYS = 90

type Props = { kind: PolicyKind; version: number; isUnsaved: boolean }

/** What of the last days would have gone otherwise by this version than by the one in force. */
export function DryRunPane({ kind, version, isUnsaved }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const [days, setDays] = useState(USUAL_DAYS)
  const { report, error, isRunning, start, stop } = useDryRun(kind, version)
  return (
    <Section title={t('policies.dryRun')}>
      <div className="row-line">
        <label htmlFor={id}>{t('policies.days')}</label>
        <InputNumber
          id={id}
          min={1}
          max={MOST_DAYS}
          precision={0}
          value={days}
          onChange={(next) => setDays(next ?? USUAL_DAYS)}
        />
        <Button disabled={isUnsaved} loading={isRunning} onClick={() => start(days)}>
          {t('policies.tryOut')}
        </Button>
        {isRunning && <Button onClick={stop}>{t('policies.stop')}</Button>}
        {isUnsaved && <span className="quiet">{t('policies.saveFirst')}</span>}
      </div>
      {error !== null && <ProblemText error={error} />}
      {report !== null && <Report report={report} isRunning={isRunning} />}
    </Section>
  )
}

function Report({ report, isRunning }: { report: DryRunReport; isRunning: boolean }) {
  const { t, i18n } = useTranslation()
  const { total, examined, changed, refusedBefore, refusedAfter } = report
  const percent = total === 0 ? 100 : Math.floor((examined / total) * 100)
  return (
    <>
      <Progress percent={percent} aria-label={t('policies.dryRun')} />
      <p role="status">
        {t('policies.examined', { examined, total, changed })}{' '}
        {t('policies.refused', { before: refusedBefore, after: refusedAfter })}
      </p>
      {report.warnings.map(({ rule, message }) => (
        <Alert
          key={rule}
          type="warning"
          showIcon
          title={rule}
          description={pickText(message, i18n.language)}
        />
      ))}
      {report.items.length === 0 && !isRunning && (
        <NothingHere title={t('policies.nothingElse')} hint={t('policies.nothingElseHint')} />
      )}
      {report.items.length > 0 && (
        <div className="scrolls">
          <table className="comparison">
            <thead>
              <tr>
                <th scope="col">{t(`subject.${report.subject}`)}</th>
                <th scope="col">{t('policies.outcomeBefore')}</th>
                <th scope="col">{t('policies.outcomeAfter')}</th>
              </tr>
            </thead>
            <tbody>
              {report.items.map((item) => (
                <Item key={item.id} item={item} report={report} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function Item({ item, report }: { item: DryRunReport['items'][number]; report: DryRunReport }) {
  const names = useNames(report.kind)
  const changes = differences(item.before.outcome, item.after.outcome)
  const side = (which: 'before' | 'after') => (
    <>
      <Verdict refused={item[which].refused} />
      {changes.map((change) => (
        <div key={change.path.join(' ')}>
          <span className="quiet">{placeName(change, names)}</span> {shownValue(change[which], names)}
        </div>
      ))}
      {item[which].reasons.flatMap(conditionsIn).map((logic) => (
        <div key={JSON.stringify(logic)} className="quiet">
          <ConditionText kind={report.kind} logic={logic} />
        </div>
      ))}
    </>
  )
  return (
    <tr>
      <th scope="row">
        <Subject id={item.id} subject={report.subject} />
      </th>
      <td>{side('before')}</td>
      <td className="differs">{side('after')}</td>
    </tr>
  )
}

function Subject({ id, subject }: { id: string; subject: DryRunReport['subject'] }) {
  if (subject === 'order') return <OrderLink orderId={id} />
  if (subject !== 'change-request') return <span className="code">{id}</span>
  return (
    <Link to="/change-requests/$changeId" params={{ changeId: id }} className="code">
      {id.slice(-12)}
    </Link>
  )
}

function Verdict({ refused }: { refused: boolean | null }) {
  const { t } = useTranslation()
  if (refused === null) return null
  return <Tag tone={refused ? 'red' : 'green'}>{t(refused ? 'policies.isRefused' : 'policies.isServed')}</Tag>
}

/** The condition of the rule that decided, where a reason is a rule that was tried. */
function conditionsIn(reason: unknown): unknown[] {
  return isRecord(reason) && reason.matched === true && reason.logic !== undefined ? [reason.logic] : []
}
