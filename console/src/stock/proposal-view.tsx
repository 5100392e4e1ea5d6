import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import type { TransferProposal } from '../api/types.ts'
import { Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'

// The map is as large as a screen of its own.
const TransferMap = lazy(async () => ({ default: (await import('./transfer-map.tsx')).TransferMap }))
const NO_LEGS: TransferProposal['legs'] = []

/** From where, by which way, at what cost, and why not from elsewhere. */
export function ProposalView({
  destinationId,
  proposal,
  rejected,
}: {
  destinationId: string
  proposal: TransferProposal | null
  rejected: TransferProposal['rejected']
}) {
  const { t, i18n } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const way = (path: readonly string[]) => path.map(nameOf).join(' → ')
  return (
    <Section title={t('transfers.proposal')}>
      <div className="columns">
        <div>
          {proposal === null && <p className="late">{t('transfers.noSource')}</p>}
          {proposal?.legs.map((leg) => (
            <div key={leg.sourceId} className="leg">
              <strong>
                {way(leg.path)} × {leg.quantity}
              </strong>
              {leg.breaksSafetyStock && <Tag tone="orange">{t('transfers.breaksSafety')}</Tag>}
              <div className="quiet">
                {Math.round(leg.distanceKilometres)} km · <Money cents={leg.freightCents} />
              </div>
              <div>{pickText(leg.text, i18n.language)}</div>
            </div>
          ))}
          {proposal !== null && (
            <p>
              {t('orders.freight')} <Money cents={proposal.freightCents} />
              {proposal.crossRegion && <Tag tone="purple">{t('transfers.crossRegion')}</Tag>}
            </p>
          )}
          <h3 className="section-title">{t('transfers.alternatives')}</h3>
          {rejected.length === 0 && <p className="quiet">{t('transfers.noAlternatives')}</p>}
          <ul>
            {rejected.map((each) => (
              <li key={each.path.join(' ') + each.sourceIds.join(' ')}>
                {way(each.path.length > 0 ? each.path : each.sourceIds)}：{pickText(each.text, i18n.language)}
              </li>
            ))}
          </ul>
        </div>
        <Suspense fallback={<Loading />}>
          <TransferMap destinationId={destinationId} legs={proposal?.legs ?? NO_LEGS} rejected={rejected} />
        </Suspense>
      </div>
    </Section>
  )
}
