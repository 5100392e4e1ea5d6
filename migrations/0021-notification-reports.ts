import { type Kysely, sql } from 'kysely'

/**
 * What operators report of text messages, a third way of telling customers, and messages that go by another way because the first
 * one reached nobody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table notification
  drop constraint notification_way_check,
  drop constraint notification_state_check,
  drop constraint notification_check,
  -- When that happened which it tells: an old message that goes by another way is no newer for it.
  add column news_at timestamptz not null default clock_timestamp(),
  -- Who took it, and so can say what became of it.
  add column provider text check (length(provider) between 1 and 40),
  -- When its provider is next asked for the operator's report; null: none is expected.
  add column report_due_at timestamptz,
  add column reported_at timestamptz,
  -- It ended without reaching the customer, who may be told by another way.
  add column was_missed boolean not null default false,
  add column instead_of uuid references notification (id),
  add constraint notification_way_check check (way in ('sms', 'wechat', 'wechat_template')),
  add constraint notification_state_check check (
    state in ('pending', 'sending', 'unknown', 'sent', 'delivered', 'undelivered', 'failed', 'skipped')),
  add constraint notification_settled check (
    (state in ('sent', 'delivered', 'undelivered', 'failed', 'skipped')) = (settled_at is not null)),
  add constraint notification_report_awaited check (report_due_at is null or state = 'sent'),
  add constraint notification_report_received check ((state in ('delivered', 'undelivered')) = (reported_at is not null)),
  add constraint notification_missed check (was_missed or state <> 'undelivered'),
  add constraint notification_missed_nobody check (not was_missed or state in ('undelivered', 'failed', 'skipped'));
update notification set news_at = created_at;
update notification set was_missed = true where state = 'failed';
create index notification_report_due on notification (report_due_at) where report_due_at is not null;
create index notification_by_provider_id on notification (provider_id) where provider_id is not null;
create index notification_by_time on notification (created_at, id);
create index notification_by_state on notification (state, created_at, id);
`)
    .execute(db)
}
