import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { AttachmentType } from '../contracts/attachments.ts'
import type { AuditAction, AuditSource, StoredAuditValue } from '../contracts/audit.ts'
import type { ExportFormat, ExportState } from '../contracts/exports.ts'
import type { KeptLine, RunPhase, RunState } from '../contracts/reconciliation.ts'
import type { SettlementError, SettlementFileState, SettlementType } from '../contracts/settlements.ts'
import type { RecordedFacts } from '../domain/abnormal-facts.ts'
import type { Severity } from '../domain/abnormal-order.ts'
import type { AllocationExplanation } from '../domain/allocation-explanation.ts'
import type { ApprovalStep, ChangeFacts } from '../domain/approval-route.ts'
import type { Change, ChangeEffect, ChangeType } from '../domain/change.ts'
import type { AnomalyEvidence, AnomalyKind, AnomalySubject } from '../domain/change-anomaly.ts'
import type { AnomalyState } from '../domain/change-anomaly-state.ts'
import type { ChangeRequestState } from '../domain/change-request.ts'
import type { DecisionWay } from '../domain/change-request-decision.ts'
import type { ChangeRequestStatus } from '../domain/change-request-state.ts'
import type {
  ChannelOrder,
  ChannelOrderStatus,
  HeldReason,
  Platform,
  SkuPart,
} from '../domain/channel-order.ts'
import type { ComplaintCategory, ComplaintSource } from '../domain/complaint.ts'
import type { IdentityKind } from '../domain/customer-identity.ts'
import type { RfmCuts } from '../domain/customer-segment.ts'
import type { EventDeliveryState, SubscriptionState } from '../domain/event-delivery.ts'
import type { BreakKind, FlowFigures } from '../domain/flow-break-points.ts'
import type { Flow } from '../domain/flow-map.ts'
import type { ManualStep } from '../domain/flow-steps.ts'
import type { HealthComponent } from '../domain/health-score.ts'
import type { InspectionDrawnBy, InspectionState } from '../domain/inspection.ts'
import type { Consequence, PlaceRule } from '../domain/inspection-place.ts'
import type { Checklist, InspectionResult } from '../domain/inspection-result.ts'
import type { ListingReason } from '../domain/listing.ts'
import type {
  NotificationEvent,
  NotificationState,
  NotificationWay,
  RenderedParameter,
} from '../domain/notification.ts'
import type {
  FulfilmentLine,
  InspectedLine,
  OrderState,
  RefundReason,
  WorkItemKind,
} from '../domain/order.ts'
import type { CheckOutcome, CheckState, FindingAction, FindingState } from '../domain/order-check.ts'
import type { OrderStatus, ParcelState, PickTaskState, ReturnState } from '../domain/order-state.ts'
import type { PresaleState } from '../domain/presale.ts'
import type { PromotionState, QuotaShortage } from '../domain/promotion.ts'
import type { PurchaseApprover, PurchaseErpState } from '../domain/purchase.ts'
import type { PurchaseStatus } from '../domain/purchase-state.ts'
import type {
  Counterpart,
  DifferenceKind,
  DifferenceState,
  Facet,
  LineKind,
} from '../domain/reconciliation.ts'
import type { LeadTime, ReplenishmentFacts } from '../domain/replenishment.ts'
import type { Sentence } from '../domain/replenishment-text.ts'
import type { TransferState } from '../domain/transfer.ts'
import type { TransferApprover } from '../domain/transfer-approval.ts'
import type { TransferProposal } from '../domain/transfer-proposal.ts'
import type { TransferStatus } from '../domain/transfer-state.ts'

/** The tables as TypeScript sees them; migrations/ is what they are. */
type Timestamp = ColumnType<Date, Date | string, Date | string>
type WithDefault<T> = ColumnType<T, T | undefined, T>
type DefaultTimestamp = ColumnType<Date, Date | string | undefined, Date | string>
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
type Json<T extends object> = JSONColumnType<T, string, string>

type MasterData = { active: WithDefault<boolean>; created_at: DefaultTimestamp; updated_at: DefaultTimestamp }

type ChangeRequestTable = {
  id: string
  number: string
  order_id: string
  store_id: string
  type: ChangeType
  request_version: WithDefault<number>
  status: ChangeRequestStatus
  version: number
  carried_version: WithDefault<number>
  carry_attempts: WithDefault<number>
  /** Once its workflow was told everything: when that was. */
  next_carry_at: DefaultTimestamp
  applicant: string
  order_version: number
  step_number: WithDefault<number>
  level_number: WithDefault<number>
  due_at: NullableTimestamp
  remind_at: NullableTimestamp
  expires_at: Timestamp
  ship_by: NullableTimestamp
  separated: WithDefault<boolean>
  order_moved: WithDefault<boolean>
  apply_tries: WithDefault<number>
  erp: WithDefault<ChangeRequestState['erp']>
  erp_reference: Nullable<string>
  ends_as: Nullable<'stale' | 'apply_failed' | 'abandoned'>
  end_code: Nullable<string>
  end_detail: Nullable<string>
  needs_attention: WithDefault<boolean>
  holds_order: WithDefault<boolean>
  after_change_id: Nullable<string>
  difference_cents: number
  concession_cents: number
  created_at: DefaultTimestamp
  updated_at: DefaultTimestamp
  closed_at: NullableTimestamp
}

export type Database = {
  sku: MasterData & {
    id: string
    name: string
    category: string
    standard_price_cents: number
    weight_grams: number
  }
  warehouse: MasterData & {
    id: string
    name: string
    division_code: string
    longitude: number
    latitude: number
    region: string
  }
  store: MasterData & { id: string; name: string; channel: string; region: string }
  policy: {
    kind: string
    version: number
    document: Json<object>
    author: string
    reason: string
    state: WithDefault<'draft' | 'published' | 'retired'>
    /** Counts the edits of a draft, so that what is published is what was looked at. */
    revision: WithDefault<number>
    publisher: Nullable<string>
    /** The version whose document this one brings back; 0 is the built-in one. */
    rollback_of: Nullable<number>
    created_at: DefaultTimestamp
    published_at: NullableTimestamp
    retired_at: NullableTimestamp
  }
  account: {
    id: string
    user_name: string
    display_name: string
    password_hash: string
    role: string
    store_ids: WithDefault<string[]>
    region: Nullable<string>
    disabled: WithDefault<boolean>
    failed_sign_ins: WithDefault<number>
    locked_until: NullableTimestamp
    must_change_password: WithDefault<boolean>
    contact_id: Nullable<string>
    created_at: DefaultTimestamp
  }
  second_factor: {
    account_id: string
    key_id: string
    sealed: Buffer
    confirmed_at: NullableTimestamp
    last_step: WithDefault<number>
    created_at: DefaultTimestamp
  }
  saved_view: {
    id: string
    account_id: string
    screen: string
    name: string
    search: Json<object>
    is_shared: WithDefault<boolean>
    created_at: DefaultTimestamp
  }
  oidc_identity: { issuer: string; subject: string; account_id: string; created_at: DefaultTimestamp }
  recovery_code: { account_id: string; code_hash: Buffer; used_at: NullableTimestamp }
  export_job: {
    id: string
    caller: string
    actor: string
    kind: string
    format: ExportFormat
    request: Json<object>
    state: WithDefault<ExportState>
    attempt: WithDefault<number>
    rows_written: WithDefault<number>
    bytes: Nullable<number>
    sha256: Nullable<Buffer>
    leased_until: NullableTimestamp
    created_at: DefaultTimestamp
    finished_at: NullableTimestamp
    expires_at: NullableTimestamp
  }
  audit_entry: {
    id: GeneratedAlways<number>
    at: ColumnType<Date, never, never>
    transaction_id: ColumnType<string, never, never>
    actor: string
    /** Also names that this version no longer writes. */
    action: ColumnType<string, AuditAction, never>
    subject_kind: string
    subject_id: string
    old_value: ColumnType<StoredAuditValue, string | null, never>
    new_value: ColumnType<StoredAuditValue, string | null, never>
    reason: Nullable<string>
    source: AuditSource
    request_id: Nullable<string>
    related_hash: Nullable<Buffer>
  }
  /** These three are written by functions of the database alone. */
  audit_seal: {
    sequence: ColumnType<number, never, never>
    entry_id: ColumnType<number, never, never>
    previous_hash: ColumnType<Buffer, never, never>
    hash: ColumnType<Buffer, never, never>
    sealed_at: ColumnType<Date, never, never>
  }
  audit_chain: {
    id: boolean
    sequence: ColumnType<number, never, never>
    hash: ColumnType<Buffer, never, never>
    position_transaction_id: ColumnType<string, never, never>
    position_entry_id: ColumnType<number, never, never>
  }
  audit_head: {
    day: ColumnType<Date, never, never>
    sequence: ColumnType<number, never, never>
    hash: ColumnType<Buffer, never, never>
    created_at: ColumnType<Date, never, never>
  }
  attachment: {
    id: string
    owner: string
    uploaded_by: string
    media_type: AttachmentType
    bytes: number
    sha256: Buffer
    original_sha256: Buffer
    width_pixels: Nullable<number>
    height_pixels: Nullable<number>
    key_id: string
    uploaded_at: DefaultTimestamp
    change_id: Nullable<string>
    request_version: Nullable<number>
    position: Nullable<number>
    attached_by: Nullable<string>
    attached_at: NullableTimestamp
    erased_at: NullableTimestamp
    inspection_id: Nullable<string>
  }
  inspection_due: { id: Generated<number>; order_id: string; due_at: DefaultTimestamp }
  inspection: {
    id: string
    order_id: string
    store_id: string
    channel: string
    division_code: string
    region: Nullable<string>
    state: WithDefault<InspectionState>
    policy_version: number
    drawn_by: Json<InspectionDrawnBy>
    checklist: Json<Checklist>
    place_rule: Json<PlaceRule>
    when_photo_old: Consequence
    assignee: Nullable<string>
    assigned_at: NullableTimestamp
    told_at: NullableTimestamp
    created_at: DefaultTimestamp
    due_at: Timestamp
    overdue_at: NullableTimestamp
    cancelled_at: NullableTimestamp
    cancelled_by: Nullable<string>
    cancel_reason: Nullable<string>
    closed_at: NullableTimestamp
    closed_by: Nullable<string>
    submission_id: Nullable<string>
    submission_sha256: Nullable<Buffer>
    result: ColumnType<InspectionResult | null, string | null | undefined, string | null>
  }
  inspection_part: {
    inspection_id: string
    client_id: string
    number: number
    bytes: number
    key_id: string
    sealed: Buffer
    put_at: DefaultTimestamp
  }
  inspection_photo: {
    attachment_id: string
    inspection_id: string
    client_id: string
    kind: 'photo' | 'signature'
    field: Nullable<string>
    taken_at: NullableTimestamp
    place_key_id: Nullable<string>
    sealed_place: Nullable<Buffer>
  }
  change_number: { day: string; last: number }
  change_request: ChangeRequestTable
  change_request_version: {
    change_id: string
    request_version: number
    change: Json<Change>
    reason_code: string
    reason: string
    order_version: number
    effect: Json<ChangeEffect>
    facts: Json<ChangeFacts>
    steps: Json<ApprovalStep[]>
    tier: string
    policy_version: number
    limits: Json<{ maximumVersions: number; minimumDeadlineSeconds: number; applyWithinSeconds?: number }>
    submitted_by: string
    submitted_at: DefaultTimestamp
  }
  change_event: {
    change_id: string
    event_id: string
    version: number
    type: string
    body: Json<object>
    operator: string
    recorded_at: DefaultTimestamp
  }
  change_approver: {
    change_id: string
    request_version: number
    step_number: number
    level_number: number
    principal: string
    account: string
    state: 'open' | 'approved' | 'rejected' | 'closed'
    reminders: WithDefault<number>
    opened_at: DefaultTimestamp
    reminded_at: NullableTimestamp
    settled_at: NullableTimestamp
  }
  change_decision: {
    id: string
    change_id: string
    request_version: number
    step_number: number
    level_number: number
    order_version: number
    account: string
    on_behalf_of: Nullable<string>
    decision: 'approve' | 'reject'
    note: string
    via: DecisionWay
    refusal_code: Nullable<string>
    refusal_detail: Nullable<string>
    recorded_at: DefaultTimestamp
  }
  change_delegation: {
    id: string
    principal: string
    delegate: string
    reason: string
    starts_at: Timestamp
    ends_at: Timestamp
    created_by: string
    created_at: DefaultTimestamp
    ended_by: Nullable<string>
    ended_at: NullableTimestamp
    next_turn_at: NullableTimestamp
  }
  api_key: {
    id: string
    name: string
    key_hash: Buffer
    system: string
    store_ids: WithDefault<string[]>
    disabled: WithDefault<boolean>
    created_at: DefaultTimestamp
    last_used_at: NullableTimestamp
  }
  session: { id_hash: Buffer; account_id: Nullable<string>; data: Json<object>; expires_at: Timestamp }
  idempotency_key: {
    caller: string
    key: string
    request_hash: Buffer
    status: Nullable<number>
    response: ColumnType<unknown, string | null | undefined, string | null>
    claimed_until: Timestamp
    created_at: DefaultTimestamp
  }
  reconciliation_run: {
    id: string
    counterpart: Counterpart
    /** Calendar days; read them as text. */
    from_day: string
    to_day: string
    origin: 'schedule' | 'person'
    requested_by: string
    state: WithDefault<RunState>
    phase: WithDefault<RunPhase>
    position: Nullable<string>
    attempt: WithDefault<number>
    failures: WithDefault<number>
    leased_until: NullableTimestamp
    next_attempt_at: DefaultTimestamp
    policy_version: Nullable<number>
    hub_lines: WithDefault<number>
    counterpart_lines: WithDefault<number>
    compared_lines: WithDefault<number>
    pairs: WithDefault<number>
    differences: WithDefault<number>
    opened: WithDefault<number>
    awaited: WithDefault<number>
    auto_closed: WithDefault<number>
    last_error: Nullable<string>
    created_at: DefaultTimestamp
    started_at: NullableTimestamp
    finished_at: NullableTimestamp
  }
  reconciliation_line: {
    run_id: string
    side: 'hub' | 'there'
    ref: string
    kind: LineKind
    key: string
    group_key: string
    value: Nullable<number>
    status: Nullable<string>
    at: NullableTimestamp
    in_period: boolean
    order_id: Nullable<string>
    store_id: Nullable<string>
    is_left: WithDefault<boolean>
  }
  reconciliation_difference: {
    id: Generated<string>
    counterpart: Counterpart
    subject: string
    kind: DifferenceKind
    facets: Facet[]
    line_kind: LineKind
    hub: ColumnType<KeptLine | null, string | null, string | null>
    there: ColumnType<KeptLine | null, string | null, string | null>
    value_difference: number
    at_stake_cents: number
    order_id: Nullable<string>
    store_id: Nullable<string>
    /** A calendar day; read it as text. */
    occurred_on: string
    fingerprint: Buffer
    state: WithDefault<DifferenceState>
    version: WithDefault<number>
    change_id: Nullable<string>
    after_close: WithDefault<boolean>
    first_run_id: string
    last_run_id: string
    found_at: DefaultTimestamp
    seen_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  reconciliation_move: {
    difference_id: string
    version: number
    from_state: DifferenceState
    to_state: DifferenceState
    reason: string
    operator: string
    run_id: Nullable<string>
    moved_at: DefaultTimestamp
  }
  reconciliation_period: {
    id: string
    counterpart: Counterpart
    /** The first day of a month; read it as text. */
    month: string
    summary: string
    signature: Buffer
    key_id: string
    closed_by: string
    reason: string
    closed_at: DefaultTimestamp
  }
  settlement_file: {
    id: string
    format: ExportFormat
    account: string
    uploaded_by: string
    bytes: number
    sha256: Buffer
    state: WithDefault<SettlementFileState>
    attempt: WithDefault<number>
    leased_until: NullableTimestamp
    rows_read: WithDefault<number>
    new_lines: WithDefault<number>
    known_lines: WithDefault<number>
    encoding: Nullable<string>
    errors: JSONColumnType<SettlementError[], string | undefined, string>
    uploaded_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  settlement_line: {
    account: string
    line_id: string
    type: SettlementType
    serial: Nullable<string>
    order_ref: Nullable<string>
    amount_cents: number
    settled_at: Timestamp
    file_id: Nullable<string>
    counts: boolean
    added_at: DefaultTimestamp
  }
  change_anomaly: {
    id: Generated<string>
    key: string
    kind: AnomalyKind
    subject_kind: AnomalySubject['kind']
    subject_id: string
    change_id: string
    store_id: string
    score: number
    evidence: Json<AnomalyEvidence>
    people: string[]
    policy_version: number
    state: WithDefault<AnomalyState>
    version: WithDefault<number>
    found_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  change_anomaly_move: {
    anomaly_id: string
    version: number
    from_state: AnomalyState
    to_state: AnomalyState
    note: string
    operator: string
    moved_at: DefaultTimestamp
  }
  change_statistic: {
    month: Date
    store_id: string
    applicant: string
    type: string
    requests: number
    applied: number
    rejected: number
    difference_cents: number
    concession_cents: number
    refreshed_at: DefaultTimestamp
  }
  complaint: {
    id: string
    order_id: string
    store_id: string
    channel: string
    category: ComplaintCategory
    source: ComplaintSource
    source_key: Nullable<string>
    refund_reason: Nullable<string>
    note: Nullable<string>
    occurred_at: Timestamp
    recorded_by: string
    recorded_at: DefaultTimestamp
    withdrawn_at: NullableTimestamp
    withdrawn_by: Nullable<string>
    withdraw_reason: Nullable<string>
  }
  health_target: { kind: 'sync' | 'ship' | 'deliver'; key: string; seconds: number }
  health_outcome: {
    component: HealthComponent
    source_id: string
    part: string
    happened_at: Timestamp
    channel: string
    store_id: string
    warehouse_id: string
    order_id: Nullable<string>
    measured: number
    missed: number
  }
  health_figure: {
    grain: 'hour' | 'day'
    starts_at: Timestamp
    component: HealthComponent
    channel: string
    store_id: string
    warehouse_id: string
    measured: number
    missed: number
    outcomes: number
    missed_outcomes: number
  }
  health_due: { id: GeneratedAlways<number>; kind: 'order' | 'change' | 'count'; source_id: string }
  health_due_hour: { hour: Timestamp; component: HealthComponent }
  health_state: {
    id: boolean
    transaction_id: string
    log_id: number
    targets: string
    policy_version: number
    counted_until: NullableTimestamp
    refreshed_at: NullableTimestamp
  }
  customer: {
    id: string
    version: WithDefault<number>
    created_at: DefaultTimestamp
    merged_into: Nullable<string>
    erased_at: NullableTimestamp
    orders: WithDefault<number>
    amount_cents: WithDefault<number>
    net_cents: WithDefault<number>
    returned_orders: WithDefault<number>
    change_requests: WithDefault<number>
    complaints: WithDefault<number>
    first_order_at: NullableTimestamp
    last_order_at: NullableTimestamp
    last_order_day: WithDefault<number>
    lifetime_orders: WithDefault<number>
    preferred_channel: Nullable<string>
    preferred_warehouse: Nullable<string>
    recency_score: Nullable<number>
    frequency_score: Nullable<number>
    monetary_score: Nullable<number>
    segment: Nullable<string>
  }
  customer_identity: {
    id: string
    customer_id: string
    kind: IdentityKind
    channel: string
    hash: Nullable<Buffer>
    seen_at: DefaultTimestamp
    erased_at: NullableTimestamp
  }
  customer_order: {
    order_id: string
    identity_id: string
    ordered_at: Timestamp
    channel: string
    store_id: string
    warehouse_id: string
    counts: boolean
    amount_cents: number
    net_cents: number
    returned: boolean
    change_requests: number
    complaints: number
  }
  customer_due: { id: GeneratedAlways<number>; order_id: string }
  customer_state: {
    id: boolean
    started: boolean
    transaction_id: string
    log_id: number
    window_from: NullableTimestamp
    cuts: Json<RfmCuts>
    graded_on: Nullable<number>
    policy_version: number
    graded_until: Nullable<string>
    refreshed_at: NullableTimestamp
  }
  flow_edge: {
    id: string
    flow: Flow
    key: string
    from_system: string
    to_system: string
    title: Nullable<string>
    interval_seconds: Nullable<number>
    age_target_seconds: Nullable<number>
    is_configured: boolean
    figures: Json<FlowFigures>
    manual_steps: Json<ManualStep[]>
    last_success_at: NullableTimestamp
    first_seen_at: DefaultTimestamp
    checked_at: DefaultTimestamp
  }
  flow_minute: {
    edge_id: string
    minute: Timestamp
    succeeded: WithDefault<number>
    failed: WithDefault<number>
    latency_sum_ms: WithDefault<number>
    latency_max_ms: WithDefault<number>
    backlog: WithDefault<number>
  }
  flow_state: {
    id: boolean
    counted_until: NullableTimestamp
    watched_since: NullableTimestamp
    checked_at: NullableTimestamp
    round: number
    policy_version: number
  }
  flow_incident: {
    id: Generated<string>
    edge_id: string
    flow: Flow
    kind: BreakKind
    opened_at: Timestamp
    last_seen_at: Timestamp
    closed_at: NullableTimestamp
    measured: number
    limit_value: number
    orders_affected: number
    worst_measured: number
    worst_limit: number
    worst_backlog: number
    worst_orders: number
    worst_at: Timestamp
    policy_version: number
  }
  working_day: {
    id: Generated<string>
    store_id: Nullable<string>
    day: string
    kind: 'work' | 'rest'
    name: Nullable<string>
    changed_by: string
    changed_at: DefaultTimestamp
  }
  contact: {
    id: string
    key_id: string
    sealed: Nullable<Buffer>
    customer: Nullable<Buffer>
    buyer: Nullable<Buffer>
    division_code: string
    created_at: DefaultTimestamp
    erased_at: NullableTimestamp
  }
  orders: {
    id: string
    channel: string
    store_id: string
    external_order_id: Nullable<string>
    contact_id: string
    division_code: string
    status: OrderStatus
    version: WithDefault<number>
    run_id: WithDefault<string>
    event_count: WithDefault<number>
    needs_attention: WithDefault<boolean>
    amount_cents: number
    freight_cents: number
    paid_cents: WithDefault<number>
    refunded_cents: WithDefault<number>
    /** What a paid order costs on top since a change; nothing is packed until it is paid. */
    supplement_cents: WithDefault<number>
    supplement_since: Date | null
    reservation_expires_at: Timestamp
    policy_versions: Json<Record<string, number>>
    placed_by: string
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    closed_at: NullableTimestamp
  }
  order_line: {
    order_id: string
    line_number: number
    sku_id: string
    quantity: number
    unit_price_cents: number
  }
  order_snapshot: { order_id: string; version: number; state: Json<OrderState>; applied: string[] }
  payment: {
    id: string
    order_id: Nullable<string>
    named_order_id: string
    amount_cents: number
    method: string
    paid_at: Timestamp
    outcome: 'accepted' | 'partial' | 'late' | 'unmatched'
    received_at: DefaultTimestamp
  }
  refund: {
    id: string
    order_id: string
    payment_id: string
    amount_cents: number
    reason: RefundReason
    state: 'due' | 'done' | 'failed'
    created_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  order_return: {
    id: string
    order_id: string
    state: ReturnState
    reason: string
    lines: Json<{ lineNumber: number; quantity: number }[]>
    inspected: JSONColumnType<InspectedLine[], string | undefined, string>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  stock_level: {
    sku_id: string
    warehouse_id: string
    total: WithDefault<number>
    shipped: WithDefault<number>
    reserved: WithDefault<number>
    shortfall: WithDefault<number>
    safety_stock: WithDefault<number>
    updated_at: DefaultTimestamp
  }
  reservation: {
    id: string
    owner_kind: 'order_line' | 'promotion' | 'transfer'
    owner_id: string
    order_id: Nullable<string>
    line_number: Nullable<number>
    sku_id: string
    warehouse_id: string
    quantity: number
    state: 'held' | 'confirmed' | 'consumed' | 'expired' | 'released'
    expires_at: Timestamp
    operation_id: string
    /** The quota that an order line's units came from; null: free stock. */
    drawn_from: Nullable<string>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  promotion: {
    id: string
    name: string
    state: WithDefault<PromotionState>
    starts_at: Timestamp
    ends_at: Timestamp
    max_share_percent: number
    retry_seconds: number
    policy_version: number
    shortages: JSONColumnType<QuotaShortage[], string | undefined, string>
    created_by: string
    created_at: DefaultTimestamp
    started_at: NullableTimestamp
    closed_at: NullableTimestamp
    closed_by: Nullable<string>
    close_reason: Nullable<string>
    updated_at: DefaultTimestamp
  }
  promotion_quota: {
    promotion_id: string
    sku_id: string
    channel: string
    quota_id: GeneratedAlways<string>
    promised: number
    drawn: WithDefault<number>
    returned: WithDefault<number>
  }
  presale: {
    id: string
    sku_id: string
    /** Where it is expected. */
    warehouse_id: string
    state: WithDefault<PresaleState>
    promised: WithDefault<number>
    sold: WithDefault<number>
    served: WithDefault<number>
    freed: WithDefault<number>
    waiting: GeneratedAlways<number>
    /** A calendar day; read it as text. */
    expected_on: string
    opens_at: Timestamp
    closes_at: Timestamp
    created_by: string
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  presale_hold: {
    id: string
    presale_id: string
    order_id: string
    line_number: number
    quantity: number
    served: WithDefault<number>
    state: 'held' | 'waiting' | 'served' | 'expired' | 'released'
    expires_at: Timestamp
    paid_at: NullableTimestamp
    operation_id: string
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  presale_ledger: {
    id: GeneratedAlways<number>
    presale_id: string
    kind: PresaleMovementKind
    promised_delta: WithDefault<number>
    sold_delta: WithDefault<number>
    served_delta: WithDefault<number>
    freed_delta: WithDefault<number>
    operation_id: string
    order_id: Nullable<string>
    operator: string
    reason: Nullable<string>
    recorded_at: DefaultTimestamp
  }
  allocation_decision: {
    order_id: string
    operation_id: string
    policy_version: number
    /** Null: the same as of the decision that is named. */
    explanation: Json<AllocationExplanation> | null
    same_as_order: Nullable<string>
    same_as_operation: Nullable<string>
    decided_at: DefaultTimestamp
  }
  stock_operation: { id: string; result: Json<object>; created_at: DefaultTimestamp }
  stock_ledger: {
    id: GeneratedAlways<number>
    sku_id: string
    warehouse_id: string
    kind: StockMovementKind
    total_delta: WithDefault<number>
    shipped_delta: WithDefault<number>
    reserved_delta: WithDefault<number>
    shortfall_delta: WithDefault<number>
    operation_id: string
    order_id: Nullable<string>
    operator: string
    reason: Nullable<string>
    recorded_at: DefaultTimestamp
  }
  stock_alert: {
    sku_id: string
    warehouse_id: string
    state: 'raised' | 'cleared'
    number: WithDefault<number>
    changed_at: DefaultTimestamp
  }
  stock_count: {
    id: string
    warehouse_id: string
    is_blind: boolean
    state: 'draft' | 'submitted' | 'approved' | 'rejected' | 'recount'
    note: Nullable<string>
    recount_of: Nullable<string>
    counted_at: Timestamp
    created_by: string
    submitted_by: Nullable<string>
    decided_by: Nullable<string>
    decision_reason: Nullable<string>
    line_count: Nullable<number>
    exact_lines: Nullable<number>
    book_units: Nullable<number>
    missing_units: Nullable<number>
    surplus_units: Nullable<number>
    difference_cents: Nullable<number>
    created_at: DefaultTimestamp
    submitted_at: NullableTimestamp
    decided_at: NullableTimestamp
  }
  stock_count_line: {
    count_id: string
    sku_id: string
    counted: Nullable<number>
    counted_by: Nullable<string>
    counted_at: NullableTimestamp
    book: Nullable<number>
    unit_price_cents: Nullable<number>
    adjusted: Nullable<number>
  }
  demand_level: {
    sku_id: string
    warehouse_id: string
    available: number
    out_since: NullableTimestamp
    first_at: Timestamp
  }
  demand_day: {
    sku_id: string
    warehouse_id: string
    /** A calendar day; read it as text. */
    day: string
    units: WithDefault<number>
    promotion_units: WithDefault<number>
    out_ms: WithDefault<number>
  }
  sku_supply: {
    sku_id: string
    supplier_id: string
    pack_units: WithDefault<number>
    minimum_units: WithDefault<number>
    unit_cost_cents: Nullable<number>
    changed_by: string
    changed_at: DefaultTimestamp
  }
  replenishment_run: {
    id: string
    day: string
    state: 'running' | 'done' | 'cancelled'
    policy_version: number
    skus: number
    skus_done: WithDefault<number>
    levels: WithDefault<number>
    after_sku_id: WithDefault<string>
    started_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    finished_at: NullableTimestamp
  }
  replenishment: {
    sku_id: string
    warehouse_id: string
    run_id: string
    day: string
    policy_version: number
    category: string
    supplier_id: Nullable<string>
    facts: Json<ReplenishmentFacts>
    tried_on: Nullable<string>
    per_day: number
    growth_percent: Nullable<number>
    lead_time_days: number
    lead_time_deviation_days: number
    lead_time_source: LeadTime['source']
    safety_units: number
    reorder_point: number
    order_up_to: number
    cover_days: Nullable<number>
    suggested_units: number
    transfer_units: number
    purchase_units: number
    excess_units: number
    unit_cost_cents: number
    updated_at: DefaultTimestamp
  }
  purchase_number: { day: string; last: number }
  purchase_list: {
    id: string
    number: string
    warehouse_id: string
    supplier_id: string
    status: PurchaseStatus
    version: WithDefault<number>
    note: Nullable<string>
    amount_cents: number
    created_by: string
    submitted_by: Nullable<string>
    approver_roles: WithDefault<PurchaseApprover[]>
    policy_version: Nullable<number>
    approved_at: NullableTimestamp
    /** A calendar day; read it as text. */
    expected_on: Nullable<string>
    erp_state: WithDefault<PurchaseErpState>
    erp_reference: Nullable<string>
    erp_error: Nullable<string>
    erp_attempts: WithDefault<number>
    erp_next_at: DefaultTimestamp
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    closed_at: NullableTimestamp
  }
  purchase_line: {
    purchase_id: string
    line_number: number
    sku_id: string
    warehouse_id: string
    units: number
    unit_cost_cents: number
    suggested_units: number
    reason: JSONColumnType<Sentence | null, string | null, string | null>
    received_units: WithDefault<number>
    is_open: WithDefault<boolean>
  }
  purchase_event: {
    purchase_id: string
    event_id: string
    version: number
    type: string
    body: Json<object>
    operator: string
    recorded_at: DefaultTimestamp
  }
  purchase_receipt: {
    purchase_id: string
    line_number: number
    event_id: string
    sku_id: string
    warehouse_id: string
    supplier_id: string
    units: number
    lead_days: number
    received_at: DefaultTimestamp
  }
  stock_cursor: {
    consumer: string
    ledger_id: number
    fence_ledger_id: number
    fence_transaction_id: string
    after_sku_id: Nullable<string>
    after_warehouse_id: Nullable<string>
    updated_at: DefaultTimestamp
  }
  pick_task: {
    id: string
    order_id: string
    warehouse_id: string
    state: PickTaskState
    lines: Json<FulfilmentLine[]>
    /** The change that an open task waits for, or that replaced a withdrawn one. */
    change_id: Nullable<string>
    operator: Nullable<string>
    recipient: Nullable<Buffer>
    combined_id: Nullable<string>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  pick_task_event: {
    pick_task_id: string
    event_id: string
    type: 'started' | 'picked' | 'short' | 'packed'
    body: Json<object>
    result: Json<object>
    operator: string
    occurred_at: Timestamp
    received_at: DefaultTimestamp
  }
  parcel: {
    id: string
    order_id: string
    pick_task_id: string
    courier: string
    waybill_number: string
    main_parcel_id: Nullable<string>
    state: ParcelState
    consecutive_failures: WithDefault<number>
    last_polled_at: NullableTimestamp
    next_poll_at: NullableTimestamp
    poll_interval_ms: WithDefault<number>
    last_news_at: NullableTimestamp
    last_push_at: NullableTimestamp
    silent_at: NullableTimestamp
    last_error: Nullable<string>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  courier_subscription: {
    parcel_id: string
    number: number
    source: string
    state: 'asked' | 'active' | 'refused' | 'ended'
    asked_at: DefaultTimestamp
    ended_at: NullableTimestamp
    detail: string | null
  }
  notification: {
    id: Generated<string>
    event: NotificationEvent
    way: NotificationWay
    parcel_id: string
    order_id: string
    policy_version: number
    template_id: string
    parameters: ColumnType<RenderedParameter[], string, never>
    state: WithDefault<NotificationState>
    attempts: WithDefault<number>
    due_at: DefaultTimestamp
    recipient: Nullable<Buffer>
    sending_at: NullableTimestamp
    provider_id: Nullable<string>
    reason: Nullable<string>
    created_at: DefaultTimestamp
    settled_at: NullableTimestamp
    news_at: DefaultTimestamp
    provider: Nullable<string>
    report_due_at: NullableTimestamp
    reported_at: NullableTimestamp
    was_missed: WithDefault<boolean>
    instead_of: Nullable<string>
  }
  notification_feed: { id: boolean; position: number }
  tracking_event: {
    parcel_id: string
    event_key: string
    state: string
    description: string
    occurred_at: Timestamp
    received_at: DefaultTimestamp
  }
  inbox: {
    id: Generated<number>
    source: string
    shop: WithDefault<string>
    source_event_id: string
    type: string
    order_key: string
    starts_order: WithDefault<boolean>
    state: WithDefault<
      | 'pending'
      | 'waiting'
      | 'delivered'
      | 'late'
      | 'set_aside'
      | 'dismissed'
      | 'hint'
      | 'fetched'
      | 'unread'
      | 'read'
    >
    attempts: WithDefault<number>
    next_attempt_at: DefaultTimestamp
    last_error: Nullable<string>
    trace_parent: Nullable<string>
    occurred_at: Timestamp
    received_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  inbox_body: { inbox_id: number; received_at: DefaultTimestamp; body: Json<object> }
  relay_lease: { order_key: string; owner: string; expires_at: Timestamp }
  delivery: {
    id: string
    kind: string
    target: string
    operation_id: string
    order_id: Nullable<string>
    order_key: string
    payload: Json<object>
    state: WithDefault<'pending' | 'delivered' | 'failed' | 'withdrawn'>
    attempts: WithDefault<number>
    next_attempt_at: DefaultTimestamp
    last_status: Nullable<number>
    last_error: Nullable<string>
    created_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  wecom_member: {
    id: Generated<string>
    account_id: string
    member_id: string
    mapped_by: string
    mapped_at: DefaultTimestamp
    ended_by: Nullable<string>
    ended_at: NullableTimestamp
  }
  wecom_token: {
    app: string
    token_hash: Nullable<Buffer>
    key_id: Nullable<string>
    sealed: Nullable<Buffer>
    ends_at: NullableTimestamp
    asking_until: NullableTimestamp
  }
  wecom_turn: { recipient: string; next_at: Timestamp }
  wecom_card: {
    id: Generated<string>
    task_id: string
    subject_key: string
    account_id: string
    member_id: string
    subject: Json<object>
    content: Json<object>
    state: WithDefault<'waiting' | 'sent' | 'closed'>
    response_code: Nullable<string>
    response_code_at: NullableTimestamp
    outcome: Nullable<string>
    created_at: DefaultTimestamp
    sent_at: NullableTimestamp
    closed_at: NullableTimestamp
  }
  wecom_click: {
    id: Generated<string>
    task_id: string
    member_id: string
    button_key: string
    clicked_at: Timestamp
    outcome: string
    answer: Nullable<string>
    received_at: DefaultTimestamp
  }
  mobile_link: {
    id: string
    account_id: string
    subject: string
    created_at: DefaultTimestamp
    expires_at: Timestamp
    used_at: NullableTimestamp
  }
  transfer: {
    id: string
    sku_id: string
    destination_id: string
    quantity: number
    status: TransferStatus
    version: number
    carried_version: WithDefault<number>
    carry_attempts: WithDefault<number>
    /** Once its workflow was told everything: when that was. */
    next_carry_at: DefaultTimestamp
    requested_by: string
    reason: string
    proposal_number: number
    maximum_proposals: number
    proposal: Json<TransferProposal>
    approver_roles: TransferApprover[]
    policy_version: number
    value_cents: number
    called_back: WithDefault<boolean>
    deadlines: Json<TransferState['deadlines']>
    due_at: NullableTimestamp
    needs_attention: WithDefault<boolean>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    closed_at: NullableTimestamp
  }
  transfer_leg: {
    transfer_id: string
    leg_number: number
    sku_id: string
    source_id: string
    destination_id: string
    heading_to: string
    path: string[]
    reserved: number
    dispatched: WithDefault<number>
    received: WithDefault<number>
    lost: WithDefault<number>
    returned: WithDefault<number>
    in_transit: GeneratedAlways<number>
  }
  transfer_event: {
    transfer_id: string
    event_id: string
    version: Nullable<number>
    type: string
    body: Json<object>
    operator: string
    recorded_at: DefaultTimestamp
  }
  /** A view: units on their way to a warehouse. */
  stock_in_transit: { sku_id: string; warehouse_id: string; quantity: number }
  listing_sku: {
    sku_id: string
    due_at: DefaultTimestamp
    decided_at: NullableTimestamp
    policy_version: Nullable<number>
  }
  listing: {
    store_id: string
    sku_id: string
    active: WithDefault<boolean>
    version: WithDefault<number>
    quantity: WithDefault<number>
    reason: WithDefault<ListingReason | 'new'>
    decided_at: NullableTimestamp
    sent_version: WithDefault<number>
    may_show: WithDefault<number>
    confirmed_version: Nullable<number>
    confirmed_quantity: Nullable<number>
    confirmed_at: NullableTimestamp
    resend: WithDefault<boolean>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    state: GeneratedAlways<'new' | 'listed' | 'delisted' | 'removed'>
    stale: GeneratedAlways<boolean>
  }
  counted_hour: { hour: Timestamp; counted_at: DefaultTimestamp }
  order_day: { day: string; store_id: string; warehouse_ids: string[]; orders: number }
  sales_day: { sku_id: string; store_id: string; day: string; quantity: number }
  operation_log: {
    id: GeneratedAlways<number>
    at: DefaultTimestamp
    transaction_id: ColumnType<string, undefined, never>
    order_id: string
    store_id: string
    version: number
    field: string
    old_value: Nullable<string>
    new_value: Nullable<string>
    operator: string
    source: string
    source_time: NullableTimestamp
    inbox_id: Nullable<number>
    /** The payment, refund, parcel, return or pick task that it is about. */
    subject_id: Nullable<string>
    amount_cents: Nullable<number>
    /** Of the call that caused it, where it was one. */
    request_id: Nullable<string>
  }
  outbound_event: {
    position: GeneratedAlways<number>
    event_id: GeneratedAlways<string>
    type: string
    order_key: string
    store_id: Nullable<string>
    at: Timestamp
    data: Json<object>
    recorded_at: DefaultTimestamp
  }
  announced_event: {
    id: GeneratedAlways<number>
    type: string
    order_key: string
    store_id: Nullable<string>
    at: Timestamp
    data: Json<object>
  }
  event_feed: { id: boolean; transaction_id: string; log_id: number; updated_at: DefaultTimestamp }
  subscription: {
    id: string
    name: string
    url: string
    event_types: string[]
    store_ids: WithDefault<string[]>
    state: WithDefault<SubscriptionState>
    state_reason: Nullable<string>
    position: number
    starts_at: NullableTimestamp
    consecutive_failures: WithDefault<number>
    failing_since: NullableTimestamp
    throttled_until: NullableTimestamp
    last_success_at: NullableTimestamp
    created_by: string
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  subscription_secret: {
    id: string
    subscription_id: string
    key_id: string
    sealed: Nullable<Buffer>
    created_by: string
    created_at: DefaultTimestamp
    expires_at: NullableTimestamp
  }
  event_delivery: {
    id: Generated<string>
    subscription_id: string
    position: number
    event_type: string
    order_key: string
    state: WithDefault<EventDeliveryState>
    attempts: WithDefault<number>
    next_attempt_at: DefaultTimestamp
    replays: WithDefault<number>
    last_status: Nullable<number>
    last_error: Nullable<string>
    last_milliseconds: Nullable<number>
    created_at: DefaultTimestamp
    last_attempt_at: NullableTimestamp
    settled_at: NullableTimestamp
  }
  event_attempt: {
    delivery_id: string
    at: DefaultTimestamp
    status: Nullable<number>
    error: string
    milliseconds: number
  }
  event_replay: {
    id: string
    subscription_id: string
    from_at: Timestamp
    to_at: Timestamp
    event_types: string[]
    state: WithDefault<'running' | 'done' | 'cancelled'>
    after_at: Timestamp
    after_position: WithDefault<number>
    queued: WithDefault<number>
    requested_by: string
    created_at: DefaultTimestamp
    finished_at: NullableTimestamp
  }
  order_check: {
    order_id: string
    number: number
    store_id: string
    policy_version: number
    words_version: number
    outcome: CheckOutcome
    state: CheckState
    facts: Json<RecordedFacts>
    checked_at: DefaultTimestamp
    settled_at: NullableTimestamp
    released_by: Nullable<string>
    release_reason: Nullable<string>
  }
  order_finding: {
    id: Generated<string>
    order_id: string
    number: number
    position: number
    store_id: string
    rule: string
    tag: string
    severity: Severity
    action: FindingAction
    because: string
    facts: Json<Record<string, unknown>>
    handler: Nullable<string>
    handler_role: Nullable<string>
    released_by_roles: string[]
    state: FindingState
    was_released: WithDefault<boolean>
    found_at: DefaultTimestamp
  }
  address_seen: {
    address: Buffer
    order_id: string
    seen_at: DefaultTimestamp
  }
  sales_line: {
    sku_id: string
    month: string
    quantity: number
    lines: number
  }
  work_item: {
    id: string
    kind: WorkItemKind
    key: string
    order_id: Nullable<string>
    state: WithDefault<'open' | 'resolved'>
    detail: Json<Record<string, string | number>>
    owner: Nullable<string>
    occurrences: WithDefault<number>
    resolution: Nullable<string>
    resolved_by: Nullable<string>
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
    resolved_at: NullableTimestamp
    snoozed_until: NullableTimestamp
    snoozed_by: Nullable<string>
    snooze_reason: Nullable<string>
  }
  shop: {
    id: string
    store_id: string
    platform: Platform
    platform_shop_id: string
    app_key: string
    gateway_url: string
    push_url: Nullable<string>
    key_id: string
    sealed: Buffer
    credentials_version: WithDefault<number>
    refreshing_until: NullableTimestamp
    active: WithDefault<boolean>
    changed_by: string
    created_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  channel_feed: {
    shop_id: string
    way: 'push' | 'pull'
    watermark: NullableTimestamp
    last_success_at: NullableTimestamp
    last_message_at: NullableTimestamp
    last_error: Nullable<string>
    consecutive_failures: WithDefault<number>
    state: WithDefault<'unknown' | 'connected' | 'disconnected' | 'ok' | 'failing'>
    updated_at: DefaultTimestamp
  }
  sku_mapping: {
    shop_id: string
    platform_sku_id: string
    version: number
    parts: Json<SkuPart[]>
    platform_item_id: Nullable<string>
    author: string
    created_at: DefaultTimestamp
  }
  channel_order: {
    shop_id: string
    platform_order_id: string
    order_id: Nullable<string>
    state: 'held' | 'placed' | 'ignored'
    held_reason: Nullable<HeldReason>
    status: Nullable<ChannelOrderStatus>
    raw_status: string
    modified_at: Timestamp
    canonical: Json<Omit<ChannelOrder, 'receiver' | 'buyerRemark'>>
    contact_id: string
    mapping_versions: Json<Record<string, number>>
    line_map: ColumnType<Record<string, string>, string | undefined, string>
    try_again_at: NullableTimestamp
    first_seen_at: DefaultTimestamp
    updated_at: DefaultTimestamp
  }
  stock_wait: {
    order_id: string
    paid_at: NullableTimestamp
    placed_at: Timestamp
    hold_until: Timestamp
    priority: WithDefault<number>
    state: WithDefault<'waiting' | 'served' | 'ended'>
    change_id: Nullable<string>
    try_at: NullableTimestamp
    look_again_at: NullableTimestamp
    created_at: DefaultTimestamp
    settled_at: NullableTimestamp
  }
  stock_wait_line: { order_id: string; sku_id: string; quantity: number; waiting: WithDefault<boolean> }
  wms_connection: {
    name: string
    host: string
    port: number
    database_name: string
    user_name: string
    tls: 'verify' | 'required' | 'off'
    certificate_authority: Nullable<string>
    key_id: string
    sealed: Buffer
    changed_by: string
    changed_at: DefaultTimestamp
  }
  warehouse_freshness: {
    warehouse_id: string
    last_attempt_at: NullableTimestamp
    last_success_at: NullableTimestamp
    last_full_at: NullableTimestamp
    last_error_code: Nullable<string>
    last_error: Nullable<string>
    consecutive_failures: WithDefault<number>
    next_attempt_at: DefaultTimestamp
    full_requested: WithDefault<boolean>
    cursor_value: Nullable<string>
    cursor_source: Nullable<string>
    newest_as_of: NullableTimestamp
    clock_skew_ms: Nullable<number>
    rows_read: WithDefault<number>
    levels_changed: WithDefault<number>
    bad_rows: WithDefault<number>
    unknown_skus: WithDefault<number>
    policy_version: Nullable<number>
  }
  wms_level: {
    warehouse_id: string
    sku_id: string
    on_hand: number
    as_of: NullableTimestamp
    decision: 'applied' | 'quarantined' | 'dismissed'
    is_settled: boolean
    seen_at: DefaultTimestamp
  }
}

export type PresaleMovementKind =
  | 'open'
  | 'raise'
  | 'lower'
  | 'reschedule'
  | 'sell'
  | 'expire'
  | 'release'
  | 'serve'
  | 'free'
  | 'close'

export type StockMovementKind =
  | 'receive'
  | 'adjust'
  | 'count'
  | 'reserve'
  | 'release'
  | 'expire'
  | 'ship'
  | 'return'
  | 'write_off'
  | 'transfer_out'
  | 'transfer_in'
  | 'promotion_hold'
  | 'snapshot'
