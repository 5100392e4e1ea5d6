import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { WORK_ITEM_AGES } from '../../../domain/work-item-age.ts'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { Counting, Figure } from './number.tsx'

/** What waits for a person, by how long it has waited. */
export function WorkItemsCard() {
  const { t } = useTranslation()
  const counts = api.useQuery('get', '/v1/work-items/counts')
  return (
    <Section
      title={t('overview.workItems')}
      extra={<span className="quiet">{t('overview.workItemsByAge')}</span>}
    >
      <Counting of={counts}>
        {({ most, ...counted }, shown) => (
          <>
            <Link to="/work-items">
              <Figure name={t('overview.workItems')}>{shown(counted.total, most)}</Figure>
            </Link>
            {WORK_ITEM_AGES.map((age) => (
              <Link key={age} to="/work-items" search={{ waited: age }}>
                <Figure name={t(`overview.${age}`)}>{shown(counted[age], most)}</Figure>
              </Link>
            ))}
            {counted.snoozed > 0 && (
              <Link to="/work-items" search={{ snoozed: 'only' }}>
                <Figure name={t('workItems.snooze')}>{shown(counted.snoozed, most)}</Figure>
              </Link>
            )}
          </>
        )}
      </Counting>
    </Section>
  )
}
