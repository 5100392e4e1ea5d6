import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { api } from './api/client.ts'
import { inboxCountsQuery, inboxQuery } from './approvals/inbox-query.ts'
import { changesSearch, inboxSearch } from './approvals/search.ts'
import { shopSearch } from './channels/search.ts'
import { NotFound } from './components/states.tsx'
import { courierSearch, couriersSearch } from './couriers/search.ts'
import { withScreenTexts } from './i18n/i18n.ts'
import { inspectionsSearch } from './inspections/search.ts'
import { ordersQuery } from './orders/orders-query.ts'
import { orderSearch, ordersSearch } from './orders/search.ts'
import { pickTasksSearch } from './picking/search.ts'
import { policiesSearch, policySearch } from './policies/search.ts'
import {
  anomaliesSearch,
  auditSearch,
  customerSearch,
  customersSearch,
  dataFlowSearch,
  differencesSearch,
  healthSearch,
  oversellSearch,
  periodsSearch,
  purchasesSearch,
  replenishmentSearch,
  runsSearch,
  statisticsSearch,
} from './reports/search.ts'
import { requestSearch } from './requests/search.ts'
import { askEarly } from './session/ask-early.ts'
import { settingsSearch } from './settings/search.ts'
import { RouteFailure, RoutePending } from './shell/route-states.tsx'
import { Shell } from './shell/shell.tsx'
import {
  countSearch,
  countsSearch,
  presalesSearch,
  promotionsSearch,
  transfersSearch,
} from './stock/search.ts'
import { subscriptionSearch, subscriptionsSearch } from './subscriptions/search.ts'
import { wallSearch } from './wall/search.ts'
import { shopsSearch, stockSearch, workItemsSearch } from './watch/search.ts'

/**
 * Every screen and its address. Each is loaded when it is first opened; what it shows is in its search parameters, which are
 * read by a schema: a link with nonsense in it shows the screen without the nonsense.
 */
const root = createRootRouteWithContext<{ queries: QueryClient }>()({ notFoundComponent: NotFound })

/** Whoever holds a card's link has no session yet, so that this page is outside the shell. */
const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('./approvals/link-page.tsx'), 'LinkPage'),
})

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  loader: (loading) =>
    askEarly(loading, '/', (queries) => [
      queries.prefetchQuery(api.queryOptions('get', '/v1/orders/counts')),
      queries.prefetchQuery(api.queryOptions('get', '/v1/work-items/counts')),
    ]),
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
})
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/orders',
  validateSearch: ordersSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps, ...loading }) =>
    askEarly(loading, '/orders', (queries) => [queries.prefetchQuery(ordersQuery(deps))]),
  component: lazyRouteComponent(() => import('./orders/orders-page.tsx'), 'OrdersPage'),
})
const order = createRoute({
  getParentRoute: () => shell,
  path: '/orders/$orderId',
  validateSearch: orderSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./orders/order-page.tsx')),
    'OrderPage',
  ),
})
const request = createRoute({
  getParentRoute: () => shell,
  path: '/orders/$orderId/change',
  validateSearch: requestSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./requests/request-page.tsx')),
    'RequestPage',
  ),
})
const approvals = createRoute({
  getParentRoute: () => shell,
  path: '/approvals',
  validateSearch: inboxSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps, ...loading }) =>
    askEarly(loading, '/approvals', (queries) => [
      queries.prefetchQuery(inboxQuery(deps)),
      queries.prefetchQuery(inboxCountsQuery(deps)),
    ]),
  component: lazyRouteComponent(() => import('./approvals/approvals-page.tsx'), 'ApprovalsPage'),
})
const approval = createRoute({
  getParentRoute: () => approvals,
  path: '/$changeId',
  component: lazyRouteComponent(() => import('./approvals/approval-pane.tsx'), 'ApprovalPane'),
})
const changes = createRoute({
  getParentRoute: () => shell,
  path: '/change-requests',
  validateSearch: changesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./approvals/changes-page.tsx')),
    'ChangesPage',
  ),
})
const change = createRoute({
  getParentRoute: () => shell,
  path: '/change-requests/$changeId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./approvals/change-page.tsx')),
    'ChangePage',
  ),
})
const workItems = createRoute({
  getParentRoute: () => shell,
  path: '/work-items',
  validateSearch: workItemsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./watch/work-items-page.tsx')),
    'WorkItemsPage',
  ),
})
const workItem = createRoute({
  getParentRoute: () => shell,
  path: '/work-items/$workItemId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./watch/work-item-page.tsx')),
    'WorkItemPage',
  ),
})
const stock = createRoute({
  getParentRoute: () => shell,
  path: '/stock',
  validateSearch: stockSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./watch/stock-page.tsx')),
    'StockPage',
  ),
})
const shops = createRoute({
  getParentRoute: () => shell,
  path: '/shops',
  validateSearch: shopsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./watch/shops-page.tsx')),
    'ShopsPage',
  ),
})
const shop = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId',
  validateSearch: shopSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./channels/shop-page.tsx')),
    'ShopPage',
  ),
})
const couriers = createRoute({
  getParentRoute: () => shell,
  path: '/couriers',
  validateSearch: couriersSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./couriers/couriers-page.tsx')),
    'CouriersPage',
  ),
})
const courier = createRoute({
  getParentRoute: () => shell,
  path: '/couriers/$courier',
  validateSearch: courierSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./couriers/courier-page.tsx')),
    'CourierPage',
  ),
})
const subscriptions = createRoute({
  getParentRoute: () => shell,
  path: '/subscriptions',
  validateSearch: subscriptionsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./subscriptions/subscriptions-page.tsx')),
    'SubscriptionsPage',
  ),
})
const subscription = createRoute({
  getParentRoute: () => shell,
  path: '/subscriptions/$subscriptionId',
  validateSearch: subscriptionSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./subscriptions/subscription-page.tsx')),
    'SubscriptionPage',
  ),
})
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./settings/settings-page.tsx')),
    'SettingsPage',
  ),
})

const policies = createRoute({
  getParentRoute: () => shell,
  path: '/policies',
  validateSearch: policiesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./policies/policies-page.tsx')),
    'PoliciesPage',
  ),
})
const policy = createRoute({
  getParentRoute: () => shell,
  path: '/policies/$kind',
  validateSearch: policySearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./policies/policy-page.tsx')),
    'PolicyPage',
  ),
})

const reports = createRoute({
  getParentRoute: () => shell,
  path: '/reports',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/reports-layout.tsx')),
    'ReportsLayout',
  ),
})
const firstReport = createRoute({
  getParentRoute: () => reports,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/reports/health', replace: true })
  },
})
const health = createRoute({
  getParentRoute: () => reports,
  path: '/health',
  validateSearch: healthSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/health-page.tsx')),
    'HealthPage',
  ),
})
const dataFlow = createRoute({
  getParentRoute: () => reports,
  path: '/data-flow',
  validateSearch: dataFlowSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/data-flow-page.tsx')),
    'DataFlowPage',
  ),
})

const differences = createRoute({
  getParentRoute: () => reports,
  path: '/reconciliation',
  validateSearch: differencesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/differences-page.tsx')),
    'DifferencesPage',
  ),
})
const difference = createRoute({
  getParentRoute: () => reports,
  path: '/reconciliation/$differenceId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/difference-page.tsx')),
    'DifferencePage',
  ),
})
const runs = createRoute({
  getParentRoute: () => reports,
  path: '/reconciliation/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/runs-page.tsx')),
    'RunsPage',
  ),
})
const periods = createRoute({
  getParentRoute: () => reports,
  path: '/reconciliation/periods',
  validateSearch: periodsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/periods-page.tsx')),
    'PeriodsPage',
  ),
})
const audit = createRoute({
  getParentRoute: () => reports,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/audit-page.tsx')),
    'AuditPage',
  ),
})
const replenishment = createRoute({
  getParentRoute: () => reports,
  path: '/replenishment',
  validateSearch: replenishmentSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/replenishment-page.tsx')),
    'ReplenishmentPage',
  ),
})
const purchases = createRoute({
  getParentRoute: () => reports,
  path: '/purchases',
  validateSearch: purchasesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/purchases-page.tsx')),
    'PurchasesPage',
  ),
})
const purchase = createRoute({
  getParentRoute: () => reports,
  path: '/purchases/$purchaseId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/purchase-page.tsx')),
    'PurchasePage',
  ),
})
const anomalies = createRoute({
  getParentRoute: () => reports,
  path: '/anomalies',
  validateSearch: anomaliesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/anomalies-page.tsx')),
    'AnomaliesPage',
  ),
})
const anomaly = createRoute({
  getParentRoute: () => reports,
  path: '/anomalies/$anomalyId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/anomaly-page.tsx')),
    'AnomalyPage',
  ),
})
const statistics = createRoute({
  getParentRoute: () => reports,
  path: '/changes',
  validateSearch: statisticsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/statistics-page.tsx')),
    'StatisticsPage',
  ),
})
const customers = createRoute({
  getParentRoute: () => reports,
  path: '/customers',
  validateSearch: customersSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/customers-page.tsx')),
    'CustomersPage',
  ),
})
const customer = createRoute({
  getParentRoute: () => reports,
  path: '/customers/$customerId',
  validateSearch: customerSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/customer-page.tsx')),
    'CustomerPage',
  ),
})
const oversell = createRoute({
  getParentRoute: () => reports,
  path: '/oversell-risk',
  validateSearch: oversellSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./reports/oversell-page.tsx')),
    'OversellPage',
  ),
})

/** Screens for a handheld, which keep what is done on them until the hub has heard it. */
const device = createRoute({
  getParentRoute: () => shell,
  id: 'device',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./device/device.tsx')),
    'DeviceFrame',
  ),
})
const pickTasks = createRoute({
  getParentRoute: () => device,
  path: '/picking',
  validateSearch: pickTasksSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./picking/pick-tasks-page.tsx')),
    'PickTasksPage',
  ),
})
const pickTask = createRoute({
  getParentRoute: () => device,
  path: '/picking/$orderId/$pickTaskId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./picking/pick-task-page.tsx')),
    'PickTaskPage',
  ),
})
const inspections = createRoute({
  getParentRoute: () => device,
  path: '/inspections',
  validateSearch: inspectionsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./inspections/inspections-page.tsx')),
    'InspectionsPage',
  ),
})
const inspection = createRoute({
  getParentRoute: () => device,
  path: '/inspections/$inspectionId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./inspections/inspection-page.tsx')),
    'InspectionPage',
  ),
})
const wall = createRoute({
  getParentRoute: () => shell,
  path: '/wall',
  validateSearch: wallSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./wall/wall-page.tsx')),
    'WallPage',
  ),
})

const stockCounts = createRoute({
  getParentRoute: () => shell,
  path: '/stock/counts',
  validateSearch: countsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/counts-page.tsx')),
    'CountsPage',
  ),
})
const stockCount = createRoute({
  getParentRoute: () => shell,
  path: '/stock/counts/$countId',
  validateSearch: countSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/count-page.tsx')),
    'CountPage',
  ),
})
const transfers = createRoute({
  getParentRoute: () => shell,
  path: '/stock/transfers',
  validateSearch: transfersSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/transfers-page.tsx')),
    'TransfersPage',
  ),
})
const newTransfer = createRoute({
  getParentRoute: () => shell,
  path: '/stock/transfers/new',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/new-transfer-page.tsx')),
    'NewTransferPage',
  ),
})
const transfer = createRoute({
  getParentRoute: () => shell,
  path: '/stock/transfers/$transferId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/transfer-page.tsx')),
    'TransferPage',
  ),
})
const promotions = createRoute({
  getParentRoute: () => shell,
  path: '/stock/promotions',
  validateSearch: promotionsSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/promotions-page.tsx')),
    'PromotionsPage',
  ),
})
const newPromotion = createRoute({
  getParentRoute: () => shell,
  path: '/stock/promotions/new',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/new-promotion-page.tsx')),
    'NewPromotionPage',
  ),
})
const promotion = createRoute({
  getParentRoute: () => shell,
  path: '/stock/promotions/$promotionId',
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/promotion-page.tsx')),
    'PromotionPage',
  ),
})
const presales = createRoute({
  getParentRoute: () => shell,
  path: '/stock/presales',
  validateSearch: presalesSearch,
  component: lazyRouteComponent(
    withScreenTexts(() => import('./stock/presales-page.tsx')),
    'PresalesPage',
  ),
})

const routeTree = root.addChildren([
  link,
  shell.addChildren([
    overview,
    orders,
    order,
    request,
    approvals.addChildren([approval]),
    changes,
    change,
    workItems,
    workItem,
    stock,
    shops,
    policies,
    policy,
    reports.addChildren([
      firstReport,
      health,
      dataFlow,
      differences,
      difference,
      runs,
      periods,
      audit,
      replenishment,
      purchases,
      purchase,
      anomalies,
      anomaly,
      statistics,
      customers,
      customer,
      oversell,
    ]),
    stockCounts,
    stockCount,
    transfers,
    newTransfer,
    transfer,
    promotions,
    newPromotion,
    promotion,
    presales,
    wall,
    device.addChildren([pickTasks, pickTask, inspections, inspection]),
    shop,
    couriers,
    courier,
    subscriptions,
    subscription,
    settings,
  ]),
])

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    // Its code is fetched when a pointer rests on a link; its data when it is opened.
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: RoutePending,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
