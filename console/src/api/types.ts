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
export type WorkItem = Item<'/v1/work-items'>
export type WorkItemDetail = Answer<'/v1/work-items/{workItemId}'>
export type StockWait = NonNullable<WorkItemDetail['stockWait']>
export type StockWaitBody = NonNullable<
  paths['/v1/orders/{orderId}/stock-wait']['post']['requestBody']
>['content']['application/json']
export type StockRow = Item<'/v1/stock/board'>
