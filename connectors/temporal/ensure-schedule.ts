import { type Client, ScheduleAlreadyRunning, type ScheduleOptions } from '@temporalio/client'

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
