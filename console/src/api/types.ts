import type { paths } from './schema.generated.ts'

/** Names for parts of the API's document, so that screens need not spell out where a type stands in it. */

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type Item<Path extends keyof paths> = Answer<Path> extends { items: (infer Row)[] } ? Row : never

export type Identity = Answer<'/v1/session'>
export type Person = Extract<Identity, { kind: 'person' }>
export type Role = Person['role']

export type OrderSummary = Item<'/v1/orders'>
export type OrderDetail = Answer<'/v1/orders/{orderId}'>
export type StoryEntry = Item<'/v1/orders/{orderId}/story'>
export type LogEntry = Item<'/v1/orders/{orderId}/log'>

export type ChangeSummary = Item<'/v1/change-requests'>
export type ChangeDetail = Answer<'/v1/change-requests/{changeId}'>
export type InboxItem = Item<'/v1/approval-inbox'>
export type ChangeEffect = ChangeDetail['effect']
type SubmitChange = paths['/v1/change-requests']['post']
export type SubmitChangeBody = NonNullable<SubmitChange['requestBody']>['content']['application/json']
export type ChangeBody = SubmitChangeBody['change']
/** What a dry run answers. */
export type ChangePreview = Exclude<
  SubmitChange['responses'][200]['content']['application/json'],
  { changeId: string }
>
export type DraftAttachment =
  paths['/v1/attachments']['post']['responses'][201]['content']['application/json']

export type Shop = Item<'/v1/shops'>
export type ShopMessage = Item<'/v1/shops/{shopId}/messages'>
export type ShopDelivery = Item<'/v1/shops/{shopId}/deliveries'>
export type Courier = Item<'/v1/couriers'>
export type FollowedParcel = Item<'/v1/couriers/{courier}/parcels'>
export type CourierMessage = Item<'/v1/courier-sources/{source}/messages'>
export type ChannelOrder = Item<'/v1/channel-orders'>
export type Platform = Item<'/v1/platforms'>
/** What a platform's credentials are made of. */
export type PlatformFields = Platform['credentials']
export type Subscription = Item<'/v1/subscriptions'>
export type EventDelivery = Item<'/v1/subscriptions/{subscriptionId}/deliveries'>
export type Account = Item<'/v1/accounts'>
export type ApiKey = Item<'/v1/api-keys'>
export type Delegation = Item<'/v1/approval-delegations'>
export type WorkingDay = Item<'/v1/working-days'>
export type AbnormalOrder = Answer<'/v1/abnormal-orders/{orderId}'>
export type WorkItem = Item<'/v1/work-items'>
export type SnoozeBody = NonNullable<
  paths['/v1/work-items/{workItemId}/snooze']['post']['requestBody']
>['content']['application/json']
export type WorkItemDetail = Answer<'/v1/work-items/{workItemId}'>
export type StockWait = NonNullable<WorkItemDetail['stockWait']>
export type StockWaitBody = NonNullable<
  paths['/v1/orders/{orderId}/stock-wait']['post']['requestBody']
>['content']['application/json']
export type StockRow = Item<'/v1/stock/board'>

export type PolicyKindView = Item<'/v1/policies'>
export type PolicyKind = PolicyKindView['kind']
export type PolicyHistory = Answer<'/v1/policies/{kind}'>
export type PolicyVersionView = PolicyHistory['items'][number]
export type PolicyVersion = Answer<'/v1/policies/{kind}/versions/{version}'>
export type DryRunReport =
  paths['/v1/policies/{kind}/drafts/{version}/dry-run']['post']['responses'][200]['content']['application/json']

export type HealthScore = Answer<'/v1/health-score'>
export type HealthComponentScore = HealthScore['components'][number]
export type HealthOutcome = Item<'/v1/health-score/components/{component}/outcomes'>
export type DataFlow = Answer<'/v1/data-flow'>
export type FlowEdgeDetail = Answer<'/v1/data-flow/edges/{edgeId}'>
export type FlowIncident = Item<'/v1/data-flow/incidents'>
export type Difference = Item<'/v1/reconciliation-differences'>
export type DifferenceDetail = Answer<'/v1/reconciliation-differences/{differenceId}'>
export type ReconciliationRun = Item<'/v1/reconciliations'>
export type ReconciliationPeriod = Item<'/v1/reconciliation-periods'>
export type AuditEntry = Item<'/v1/audit'>
export type ReplenishmentLevel = Item<'/v1/replenishment'>
export type PurchaseSummary = Item<'/v1/purchase-lists'>
export type PurchaseDetail = Answer<'/v1/purchase-lists/{purchaseId}'>
export type Anomaly = Item<'/v1/change-anomalies'>
export type AnomalyDetail = Answer<'/v1/change-anomalies/{anomalyId}'>
export type StatisticsRow = Item<'/v1/reports/changes'>
export type CustomerSummary = Item<'/v1/customers'>
export type CustomerDetail = Answer<'/v1/customers/{customerId}'>
export type ErasedCustomer =
  paths['/v1/customers/{customerId}/erasure']['post']['responses'][200]['content']['application/json']
export type CustomerOrder = Item<'/v1/customers/{customerId}/orders'>
export type OversellRisk = Answer<'/v1/reports/oversell-risk'>

export type PickTask = Item<'/v1/pick-tasks'>
export type PickReport = NonNullable<
  paths['/v1/pick-tasks/{pickTaskId}/events']['post']['requestBody']
>['content']['application/json']
export type Inspection = Item<'/v1/inspections'>
export type InspectionDetail = Answer<'/v1/inspections/{inspectionId}'>
export type InspectionForm = InspectionDetail['form']
export type InspectionResultBody = NonNullable<
  paths['/v1/inspections/{inspectionId}/result']['put']['requestBody']
>['content']['application/json']

export type StockCount = Item<'/v1/stock/counts'>
export type StockCountLine = Item<'/v1/stock/counts/{countId}/lines'>
export type Transfer = Item<'/v1/transfers'>
export type TransferDetail = Answer<'/v1/transfers/{transferId}'>
export type TransferProposal = TransferDetail['proposal']
export type Promotion = Item<'/v1/promotions'>
export type PromotionDetail = Answer<'/v1/promotions/{promotionId}'>
export type Presale = Item<'/v1/presales'>
export type CreatePromotionBody = NonNullable<
  paths['/v1/promotions']['post']['requestBody']
>['content']['application/json']
export type CreatePresaleBody = NonNullable<
  paths['/v1/presales']['post']['requestBody']
>['content']['application/json']
