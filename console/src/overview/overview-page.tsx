import { useTranslation } from 'react-i18next'
import { useLiveOrders } from '../api/live.ts'
import { LiveMark } from '../components/live-mark.tsx'
import { PageHead } from '../components/page-head.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { TourOffer } from '../shell/tour-offer.tsx'
import { ApprovalsCard } from './approvals-card.tsx'
import { HealthCard } from './health-card.tsx'
import { OrdersCard } from './orders-card.tsx'
import { StockCard } from './stock-card.tsx'
import { SyncCard } from './sync-card.tsx'
import { WorkItemsCard } from './work-items-card.tsx'

/** The numbers of this screen are counted anew each time: not at every change of one of thousands of orders. */
const COUNT_AGAIN_MS = 5_000

/** How things stand now. Each number opens the list behind it. */
export function OverviewPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const isLive = useLiveOrders(
    [
      ['get', '/v1/orders/counts'],
      ['get', '/v1/work-items/counts'],
      ['get', '/v1/approval-inbox/counts'],
    ],
    undefined,
    COUNT_AGAIN_MS,
  )
  return (
    <>
      <PageHead title={t('overview.title')} extra={<LiveMark isLive={isLive} />} />
      <TourOffer />
      <div className="overview">
        <OrdersCard />
        <ApprovalsCard />
        <WorkItemsCard />
        <StockCard />
        <SyncCard />
        {isOffered('healthScore', role) && <HealthCard />}
      </div>
    </>
  )
}
