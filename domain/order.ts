import type {
  AppliedChange,
  Change,
  ChangeHold,
  ChangeProblem,
  ChangeReply,
  ChangeTerms,
  GainedUnits,
} from './change.ts'
import type { Platform } from './channel-order.ts'
import type { OrderCheck, OrderCheckAnswer } from './order-check.ts'
import type { OrderStatus, ParcelState, ReturnState } from './order-state.ts'
import type { GivenUpUnits, OrderPresale, PresaleArrival } from './presale.ts'
import type { WorkItemDetail } from './work-item-facts.ts'

/** Deadlines of one order's life, in seconds. They come from policy and are fixed when the order is placed. */
export type OrderDeadlines = {
  /** How long the courier is left alone between two questions; at most 300. */
  trackingIntervalSeconds: number
  /** How long after delivery a return may be asked for; then the order completes. */
  afterSalesWindowSeconds: number
  /** How long an expired or cancelled order still takes (and refunds) money that was under way. */
  latePaymentWindowSeconds: number
  /** After so long without any news a parcel is stuck; absent in orders from before it was recorded. */
  parcelSilenceSeconds?: number | undefined
}

export type OrderLine = { lineNumber: number; skuId: string; quantity: number; unitPriceCents: number }

/** Units of one line promised from one warehouse. */
export type Allocation = { lineNumber: number; skuId: string; warehouseId: string; quantity: number }

/** What an order's workflow is started with: facts without personal data. */
export type OrderPlaced = {
  orderId: string
  channel: string
  storeId: string
  contactId: string
  divisionCode: string
  lines: OrderLine[]
  allocations: Allocation[]
  freightCents: number
  amountCents: number
  placedAt: string
  reservationExpiresAt: string
  deadlines: OrderDeadlines
  /** The version of each kind of policy that checkout decided with; absent in orders from before it was recorded. */
  policyVersions?: Record<string, number> | undefined
  /** The lines that a presale promises; absent where everything comes from stock. */
  presale?: OrderPresale | undefined
  /** The platform that keeps the order, and its money; absent where the hub is asked to place it. */
  platform?: Platform | undefined
  /** Accepted although stock is missing: it holds nothing until `stock_granted`. */
  awaitsStock?: boolean | undefined
  /** Looked at by the rules about abnormal orders before it goes to a warehouse; absent in orders from before there were any. */
  isChecked?: boolean | undefined
}

export type Payment = {
  paymentId: string
  amountCents: number
  paidAt: string
  /** Its platform wants the goods sent before there is money: the buyer pays the courier (货到付款). */
  onDelivery?: boolean | undefined
}

export type RefundReason =
  | 'overpaid'
  | 'paid_after_end'
  | 'cancelled'
  | 'short_picked'
  | 'parcel_lost'
  | 'returned'
  /** An authorised change made the order cheaper. */
  | 'changed'
  /** Agreed for goods that stay sold. */
  | 'allowance'

/** Money on its way back. It always names the payment that it comes from (the payment's serial number). */
export type Refund = {
  refundId: string
  paymentId: string
  amountCents: number
  reason: RefundReason
  /** The change that it follows from. */
  changeId?: string | undefined
  state: 'due' | 'done' | 'failed'
  /** Grows when a person asks to try again, so that a new try is a new step. */
  tries: number
}

export type FulfilmentLine = { lineNumber: number; skuId: string; quantity: number }

/** The part of an order that one warehouse handles; its pick task and first parcel carry the same number. */
export type Fulfilment = {
  fulfilmentId: string
  warehouseId: string
  lines: FulfilmentLine[]
  state: 'picking' | 'packed' | 'void' | 'withdrawn'
}

export type Parcel = {
  parcelId: string
  fulfilmentId: string
  courier: string
  waybillNumber: string
  state: ParcelState
}

export type Shortage = {
  shortageId: string
  fulfilmentId: string
  lines: FulfilmentLine[]
  state: 'open' | 'settled'
}

export type InspectedLine = { lineNumber: number; restocked: number; writtenOff: number }

/** Units of a return as the stock of one warehouse sees them. */
export type ReturnedStock = {
  fulfilmentId: string
  warehouseId: string
  lineNumber: number
  skuId: string
  restocked: number
  writtenOff: number
}

export type OrderReturn = {
  returnId: string
  state: ReturnState
  reason: string
  lines: { lineNumber: number; quantity: number }[]
  inspected: InspectedLine[]
  stock: ReturnedStock[]
}

/**
 * Everything that the workflow of one order knows. Plain JSON: it is what continue-as-new carries, what each
 * commit stores beside the order, and what a lost workflow resumes from.
 */
export type OrderState = {
  placed: OrderPlaced
  /** The version of the order's row that this state stands for; given by the database at each commit. */
  version: number
  /** How many events went into this state: of two states of one run, the one with more is the newer. */
  eventCount: number
  status: OrderStatus
  needsAttention: boolean
  payments: Payment[]
  refunds: Refund[]
  fulfilments: Fulfilment[]
  parcels: Parcel[]
  shortages: Shortage[]
  returns: OrderReturn[]
  /** Units per line number that nobody could supply; they are not owed and not charged. */
  unfillable: Record<number, number>
  /**
   * `held` until the money is complete or the time is over; `lapsed` when the holds are gone; `awaiting` while a
   * platform's order waits for stock.
   */
  reservation: 'held' | 'checking' | 'confirmed' | 'lapsed' | 'reserving_again' | 'awaiting'
  reservationExpiresAtMs: number
  /** How often the goods were asked for again after the holds were gone. */
  reserveAgainTries: number
  /** What came in for presale lines, of this order's present and earlier holds. */
  presaleArrivals: PresaleArrival[]
  /** Units of presale lines that will not come in; they are unfillable. */
  presaleGivenUp: GivenUpUnits[]
  /** Numbers of the presale lines that are in a fulfilment, or given up. */
  presaleOpened: number[]
  /** When the last parcel arrived, in ms since the epoch; the after-sales window runs from here. */
  deliveredAtMs: number | null
  cancellation: {
    requestId: string
    reason: string
    operator: string
    mayCancelPaid: boolean
    /** The platform has closed the order; nobody waits for an answer. */
    byChannel?: boolean
    /** It is an authorised change that cancels it. */
    changeId?: string | undefined
    state: 'waiting' | 'deciding' | 'refused' | 'granted'
  } | null
  /** The authorised changes that were made so, in their order. */
  changes: AppliedChange[]
  /** The change that pins the order at this moment. */
  changeHold: ChangeHold | null
  /** How many holds there have been. */
  changeHoldCount: number
  /** What the rules about abnormal orders say of it; null: not asked yet, or an order from before there were any. */
  check: OrderCheck | null
  /** The pick tasks are on hold in the database, until a change is settled and what it costs is paid. */
  isPickingPaused: boolean
  /** What goes to the warehouses as soon as picking may go on. `cause` names the fulfilments. */
  unopened: { allocations: Allocation[]; cause: string }[]
  /** When the order closes by itself (late-payment or after-sales window), in ms since the epoch. */
  closesAtMs: number | null
  closed: boolean
  /** Facts about what this run does not know of yet; see `order-early.ts`. */
  early: Extract<OrderEvent, { type: 'fulfilment_packed' | 'fulfilment_short' | 'check_released' }>[]
  /** Inbox ids that were applied, so that a fact delivered twice counts once. Bounded, oldest out. */
  seen: number[]
  /** Answers given to callers, so that a repeated command gets its first answer. Bounded, oldest out. */
  answered: { requestId: string; answer: CommandAnswer | ChangeReply }[]
}

/** Facts and answers that move an order. Facts from outside carry the id of their inbox row. */
export type OrderEvent =
  | {
      type: 'payment_received'
      inboxId: number
      paymentId: string
      amountCents: number
      paidAt: string
      /** Who reported it; absent in messages from before it was recorded. */
      operator?: string | undefined
      /** Whether the payment route could confirm every hold in the transaction that recorded the payment. */
      holdsConfirmed: boolean
      onDelivery?: boolean | undefined
      /** Orders from before payments were judged by when they were made go on as they began. */
      isJudgedByClock?: boolean | undefined
    }
  | {
      type: 'fulfilment_packed'
      inboxId: number
      fulfilmentId: string
      courier: string
      waybillNumber: string
      operator: string
      occurredAt: string
    }
  | {
      type: 'fulfilment_short'
      inboxId: number
      eventId: string
      fulfilmentId: string
      lines: FulfilmentLine[]
      /** Nothing is left to pack: the task is over. */
      taskClosed: boolean
      operator: string
      occurredAt: string
    }
  | { type: 'presale_arrived'; inboxId: number; units: PresaleArrival[] }
  | { type: 'presale_given_up'; inboxId: number; units: GivenUpUnits[]; operator: string }
  | {
      type: 'stock_granted'
      inboxId: number
      allocations: Allocation[]
      /** Whether the holds were confirmed at once because the order is paid. */
      confirmed: boolean
      expiresAt: string
      /** Units of the lines that will not come: a person decided to ship without them. */
      givenUp: { lineNumber: number; quantity: number }[]
      operator: string
    }
  | { type: 'channel_closed'; inboxId: number; reason: string; operator: string; occurredAt: string }
  | { type: 'refund_retry_requested'; inboxId: number; refundId: string; operator: string }
  | { type: 'attention_cleared'; inboxId: number; operator: string }
  | { type: 'check_released'; inboxId: number; number: number; operator: string }
  | { type: 'unknown_fact'; inboxId: number; factType: string }
  | { type: 'cancel_requested'; requestId: string; reason: string; operator: string; mayCancelPaid: boolean }
  | {
      type: 'return_requested'
      requestId: string
      returnId: string
      reason: string
      operator: string
      lines: { lineNumber: number; quantity: number }[]
    }
  | {
      type: 'return_decided'
      requestId: string
      returnId: string
      decision: 'approve' | 'reject'
      operator: string
      note: string
    }
  | { type: 'return_received'; requestId: string; returnId: string; operator: string }
  | {
      type: 'return_inspected'
      requestId: string
      returnId: string
      operator: string
      lines: InspectedLine[]
    }
  | {
      type: 'change_hold_requested'
      requestId: string
      operator: string
      changeId: string
      requestVersion: number
      orderVersion: number
      change: Change
      until: string
    }
  | { type: 'change_prepare_requested'; requestId: string; operator: string; changeId: string; until: string }
  | {
      type: 'change_commit_requested'
      requestId: string
      operator: string
      changeId: string
      changeNumber: string
      approvers: string[]
      /** Not said by earlier builds. */
      differenceCents?: number
    }
  | { type: 'change_release_requested'; requestId: string; operator: string; changeId: string }
  | { type: 'change_hold_decided'; number: number; problem: ChangeProblem | null }
  | {
      type: 'change_prepared'
      number: number
      tries: number
      /** Where the difference was reserved; null where there is a problem. */
      gained: GainedUnits[] | null
      problem: ChangeProblem | null
    }
  | { type: 'change_settled'; number: number; outcome: 'applied' | 'ended'; terms: ChangeTerms | null }
  | { type: 'deadline_reached'; atMs: number }
  | { type: 'reservation_checked'; answer: 'confirmed' | 'expired' | 'held'; remainingMs: number }
  | { type: 'reserved_again'; allocations: Allocation[] | null; presale?: OrderPresale | undefined }
  | { type: 'presale_due'; lineNumber: number | null }
  | {
      type: 'cancellation_decided'
      refusal: { code: RefusalCode; detail: string } | null
      /** The change request that it was recorded as; none where nothing was paid, or in orders from before there were any. */
      change?: { changeId: string; changeNumber: string } | null | undefined
    }
  | { type: 'shortage_settled'; shortageId: string; allocations: Allocation[] }
  | ({ type: 'order_checked'; number: number } & OrderCheckAnswer)
  | { type: 'refund_settled'; refundId: string; tries: number; outcome: 'done' | 'failed'; detail: string }
  | { type: 'parcel_news'; parcelId: string; state: ParcelState; occurredAt: string; inboxId?: number }
  | { type: 'parcel_silent'; inboxId: number; parcelId: string; silentSince: string; detail: string }
  | { type: 'tracking_gave_up'; parcelId: string; detail: string }

/** One line of the operation log: what changed, from what to what, by whom, and because of which message. */
export type LogEntry = {
  field: string
  oldValue: string | null
  newValue: string | null
  operator: string
  source: string
  sourceTime: string | null
  inboxId: number | null
  /** The payment, refund, parcel, return or pick task that it is about. */
  subjectId?: string | null
  /** The money that it moves. */
  amountCents?: number | null
  /** Of the call that caused it, where it was one. */
  requestId?: string | null
}

/** Rows that a commit writes in one transaction with the order's new version. */
export type OrderWrite =
  | { kind: 'create_pick_task'; fulfilment: Fulfilment }
  | { kind: 'record_refund'; refund: Refund }
  /** What an authorised change makes of the order's rows, of its holds and of its pick tasks. */
  | {
      kind: 'apply_change'
      change: AppliedChange
      lines: OrderLine[]
      freightCents: number
      amountCents: number
      contact: { contactId: string; divisionCode: string } | null
      giveBack: Allocation[]
      /** Pick tasks that others replace. */
      withdraw: string[]
    }
  /** A change that is given up: what was reserved for it goes back. */
  | { kind: 'give_back'; changeId: string; units: GainedUnits[] }
  | { kind: 'resume_picking' }
  | { kind: 'upsert_return'; return: OrderReturn }
  | { kind: 'settle_return'; returnId: string; lines: ReturnedStock[] }
  | {
      kind: 'open_work_item'
      workItemKind: WorkItemKind
      key: string
      detail: WorkItemDetail
      /** Who is to look at it; null: nobody in particular. */
      owner?: string | null
    }
  | {
      kind: 'resolve_work_item'
      workItemKind: WorkItemKind
      key: string
      resolution?: string
      by?: string
    }
  /** The findings of a check are over: the order has ended. */
  | { kind: 'end_check'; number: number }

/** What a person may have to look at. Each kind has its text and next step in contracts/work-items.ts. */
export const WORK_ITEM_KINDS = [
  'unmatched_payment',
  'late_payment',
  'payment_mismatch',
  'short_pick',
  'courier_unreachable',
  'tracking_stopped',
  'parcel_stuck',
  'waybill_unknown',
  'parcel_lost',
  'parcel_returned',
  'refund_failed',
  'late_message',
  'unknown_message',
  'contradiction',
  'message_set_aside',
  'order_not_found',
  'delivery_failed',
  'delisting_failed',
  'workflow_missing',
  'workflow_left_over',
  'stock_shortfall',
  'transfer_overdue',
  'transfer_sold_out',
  'transfer_loss',
  'change_no_approver',
  'change_apply_failed',
  'change_undo_failed',
  'stock_drift',
  'wms_unreachable',
  'wms_bad_rows',
  'wms_jump',
  'promotion_not_held',
  'presale_goods_in_stock',
  'bodies_kept',
  'awaiting_stock',
  'channel_order_held',
  'channel_change',
  'unknown_shop',
  'unknown_channel_message',
  'channel_order_unread',
  'shop_refused',
  'subscription_disabled',
  'events_exhausted',
  'notification_refused',
  'notification_unknown',
  'wecom_refused',
  'holidays_unknown',
  'supplement_unpaid',
  'reconciliation_differences',
  'reconciliation_failed',
  'purchase_overdue',
  'purchase_refused',
  'abnormal_order',
  'inspection_failed',
  'inspection_overdue',
  'inspection_unassigned',
] as const
export type WorkItemKind = (typeof WORK_ITEM_KINDS)[number]

/** The answer that a caller of an Update gets. A refusal is a value, never an exception. */
export type CommandAnswer = { accepted: true } | { accepted: false; code: RefusalCode; detail: string }

export type RefusalCode =
  | 'order-already-shipped'
  | 'order-already-closed'
  | 'cancellation-in-progress'
  | 'paid-cancellation-forbidden'
  | 'return-not-allowed'
  | 'return-quantity-too-large'
  | 'return-not-found'
  | 'return-wrong-state'

/** What one event adds to the records. The key says once and for all which event it was. */
export type EventRecord = { key: string; log: LogEntry[]; writes: OrderWrite[] }

/** What follows from one event. */
export type Decision = {
  state: OrderState
  /** Of the event, and of those before it that can be told only now; without those that add nothing. */
  records: EventRecord[]
  /** Answers to callers that are waiting, by request id. */
  answers: { requestId: string; answer: CommandAnswer | ChangeReply }[]
}
