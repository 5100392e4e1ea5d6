import { Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ChangeDetail } from '../api/types.ts'
import { useApplicantName } from '../components/actor-name.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'

type Entry = { key: string; at: string; color: string; text: string; note: string }

/** Who asked, who decided and by which way, refused tries included: every try is a row in the hub, too. */
export function ChangeHistory({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  const entries = useEntries(change)
  return (
    <Section title={t('change.history')}>
      <Timeline
        items={entries.map(({ key, at, color, text, note }) => ({
          key,
          color,
          content: (
            <>
              {text} {note !== '' && <q>{note}</q>}
              <div className="quiet">
                <Moment at={at} />
              </div>
            </>
          ),
        }))}
      />
    </Section>
  )
}

function useEntries(change: ChangeDetail): Entry[] {
  const { t } = useTranslation()
  const nameOf = useApplicantName()
  const asked = change.versions.map(
    (version): Entry => ({
      key: `version ${version.requestVersion}`,
      at: version.submittedAt,
      color: 'blue',
      text: `${t('change.version', { number: version.requestVersion })} · ${nameOf(version.submittedBy)}`,
      note: version.reason,
    }),
  )
  const decided = change.decisions.map((decision, index): Entry => {
    const way = t('change.via', { way: t(`way.${decision.via}`) })
    const { refusal, account: name } = decision
    const outcome =
      refusal === null
        ? t(decision.decision === 'approve' ? 'change.approvedBy' : 'change.rejectedBy', { name })
        : t('change.refusedDecision', { name, detail: refusal.detail || refusal.code })
    return {
      key: `decision ${index}`,
      at: decision.recordedAt,
      color: refusal !== null ? 'gray' : decision.decision === 'approve' ? 'green' : 'red',
      text: `${outcome} · ${way}`,
      note: decision.note,
    }
  })
  return [...asked, ...decided].sort((one, other) => one.at.localeCompare(other.at))
}
