import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { changesSearch, inboxSearch } from './approvals/search.ts'
import { NotFound } from './components/states.tsx'
import { orderSearch, ordersSearch } from './orders/search.ts'
import { requestSearch } from './requests/search.ts'
import { RouteFailure, RoutePending } from './shell/route-states.tsx'
import { Shell } from './shell/shell.tsx'
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
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
})
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/orders',
  validateSearch: ordersSearch,
  component: lazyRouteComponent(() => import('./orders/orders-page.tsx'), 'OrdersPage'),
})
const order = createRoute({
  getParentRoute: () => shell,
  path: '/orders/$orderId',
  validateSearch: orderSearch,
  component: lazyRouteComponent(() => import('./orders/order-page.tsx'), 'OrderPage'),
})
const request = createRoute({
  getParentRoute: () => shell,
  path: '/orders/$orderId/change',
  validateSearch: requestSearch,
  component: lazyRouteComponent(() => import('./requests/request-page.tsx'), 'RequestPage'),
})
const approvals = createRoute({
  getParentRoute: () => shell,
  path: '/approvals',
  validateSearch: inboxSearch,
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
  component: lazyRouteComponent(() => import('./approvals/changes-page.tsx'), 'ChangesPage'),
})
const change = createRoute({
  getParentRoute: () => shell,
  path: '/change-requests/$changeId',
  component: lazyRouteComponent(() => import('./approvals/change-page.tsx'), 'ChangePage'),
})
const workItems = createRoute({
  getParentRoute: () => shell,
  path: '/work-items',
  validateSearch: workItemsSearch,
  component: lazyRouteComponent(() => import('./watch/work-items-page.tsx'), 'WorkItemsPage'),
})
const workItem = createRoute({
  getParentRoute: () => shell,
  path: '/work-items/$workItemId',
  component: lazyRouteComponent(() => import('./watch/work-item-page.tsx'), 'WorkItemPage'),
})
const stock = createRoute({
  getParentRoute: () => shell,
  path: '/stock',
  validateSearch: stockSearch,
  component: lazyRouteComponent(() => import('./watch/stock-page.tsx'), 'StockPage'),
})
const shops = createRoute({
  getParentRoute: () => shell,
  path: '/shops',
  validateSearch: shopsSearch,
  component: lazyRouteComponent(() => import('./watch/shops-page.tsx'), 'ShopsPage'),
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
