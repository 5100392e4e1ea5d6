import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { PurchaseDetail } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { ExportButton } from '../components/export-button.tsx'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { PurchaseActions } from './purchase-actions.tsx'
import { PurchaseLines } from './purchase-lines.tsx'
import { PurchaseStatus } from './purchases-page.tsx'

const route = getRouteApi('/shell/reports/purchases/$purchaseId')

/** One purchase list: its lines with what the night had suggested and why, who decides, what the ERP says, and its story. */
export function PurchasePage() {
  const { t } = useTranslation()
  const { purchaseId } = route.useParams()
  const query = api.useQuery('get', '/v1/purchase-lists/{purchaseId}', { params: { path: { purchaseId } } })
  const list = query.data
  const refresh = () => void query.refetch()
  return (
    <>
      <PageHead
        title={list ? list.number : t('purchase.one')}
        extra={
          list && (
            <>
              <PurchaseStatus list={list} />{' '}
              <ExportButton
                what={(format) => ({ kind: 'purchase-lists', format, filters: { purchaseId } })}
              />
            </>
          )
        }
      />
      <Link to="/reports/purchases" className="back-link">
        {t('approvals.backToList')}
      </Link>
      <Loaded query={query}>
        {(data) => (
          <>
            <About list={data} />
            <PurchaseLines key={data.version} list={data} onSaved={refresh} />
            <PurchaseActions key={`${data.status} ${data.version}`} list={data} onDone={refresh} />
            <Story list={data} />
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ list }: { list: PurchaseDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const { erp, approverRoles } = list
  return (
    <Section title={t('purchase.about')}>
      <Facts
        facts={[
          [t('stock.warehouse'), nameOf(list.warehouseId)],
          [t('replenishment.supplierId'), list.supplierId],
          [t('purchase.amount'), <Money key="amount" cents={list.amountCents} />],
          [t('purchase.received'), `${list.receivedUnits} / ${list.units}`],
          [t('purchase.createdBy'), <ActorName key="by" actor={list.createdBy} />],
          [t('purchase.submittedBy'), list.submittedBy ?? '–'],
          [t('purchase.approvers'), approverRoles.map((role) => t(`role.${role}`)).join(' · ') || '–'],
          [t('purchase.expectedOn'), list.expectedOn ?? '–'],
          [t('purchase.erp'), `${t(`purchaseErp.${erp.state}`)} ${erp.reference ?? ''}`],
          ...(erp.error === null ? [] : ([[t('purchase.erpError'), erp.error]] as const)),
        ]}
      />
      {list.note !== null && <p>{list.note}</p>}
    </Section>
  )
}

function Story({ list: { events } }: { list: PurchaseDetail }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('purchase.story')}>
      {events.map(({ type, operator, recordedAt }) => {
        const key = `purchaseEvent.${type}`
        return (
          <div key={`${recordedAt} ${type}`} className="row-line">
            <span>{i18n.exists(key) ? t(key as 'purchaseEvent.created') : type}</span>
            <span className="quiet">
              <ActorName actor={operator} />
            </span>
            <Moment at={recordedAt} />
          </div>
        )
      })}
    </Section>
  )
}
