import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client'
import type { Duration } from '@temporalio/common'

/** Makes a schedule, or brings the one that is there to this version's settings; a pause by a person stays. */
export async function ensureSchedule(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(options)
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    const { spec, policies, action } = options
    await client.schedule
      .getHandle(options.scheduleId)
      .update((previous) => ({ ...previous, spec, action, policies: { ...previous.policies, ...policies } }))
  }
}

export type Turns = {
  /** Of the schedule, and of the workflow that each turn starts: never two turns at once. */
  id: string
  workflowType: string
  taskQueue: string
  args?: unknown[]
  /** Again and again, or once a night by China's clock; `within`: how late a turn that was missed is made good. */
  when: { every: Duration } | { nightlyAt: { hour: number; minute: number }; within: Duration }
}

/** A schedule whose turns come one after the other. After an outage one turn stands for all that were missed. */
export async function ensureTurns(
  client: Client,
  { id, workflowType, taskQueue, args = [], when }: Turns,
): Promise<void> {
  const [spec, catchupWindow] =
    'every' in when
      ? [{ intervals: [{ every: when.every }] }, when.every]
      : [{ calendars: [when.nightlyAt], timezone: 'Asia/Shanghai' }, when.within]
  await ensureSchedule(client, {
    scheduleId: id,
    spec,
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
    action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue, args },
  })
}
