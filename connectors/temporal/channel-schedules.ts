import { createHash } from 'node:crypto'
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client'

const PREFIX = 'channel-pull/'
/** After an outage one turn catches up for all that were missed. */
const CATCH_UP = '1m'

export type PulledShop = { shopId: string; everySeconds: number }

/**
 * The schedules that pull each shop's changes: made as shops come into service, brought to this version's settings,
 * removed as they leave. A pause by a person stays.
 */
export class PullSchedules {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #prefix: string
  /** What this process knows to be there; null until it has looked. */
  #known: Map<string, number> | null = null

  constructor(client: Client, options: { taskQueue: string; prefix?: string }) {
    this.#client = client
    this.#taskQueue = options.taskQueue
    this.#prefix = options.prefix ?? PREFIX
  }

  /** Makes the schedules what these shops need. */
  async sync(shops: readonly PulledShop[]): Promise<void> {
    const known = this.#known ?? (await this.#existing())
    const wanted = new Map(shops.map(({ shopId, everySeconds }) => [shopId, everySeconds]))
    for (const shopId of known.keys()) {
      if (!wanted.has(shopId)) await this.#remove(shopId)
    }
    for (const shop of shops) {
      if (known.get(shop.shopId) !== shop.everySeconds) await this.#ensure(shop)
    }
    this.#known = wanted
  }

  /** Forgets what is there: a server that lost its data has none of it. */
  forget(): void {
    this.#known = null
  }

  async #existing(): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for await (const { scheduleId } of this.#client.schedule.list()) {
      // Of another interval than any shop has: whatever it is, it is brought to this version's.
      if (scheduleId.startsWith(this.#prefix)) found.set(scheduleId.slice(this.#prefix.length), 0)
    }
    return found
  }

  async #ensure({ shopId, everySeconds }: PulledShop): Promise<void> {
    const scheduleId = `${this.#prefix}${shopId}`
    const options: ScheduleOptions = {
      scheduleId,
      // Not all shops in the same second.
      spec: { intervals: [{ every: everySeconds * 1000, offset: offsetMs(shopId, everySeconds) }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
      action: {
        type: 'startWorkflow',
        workflowType: 'channelPull',
        workflowId: scheduleId,
        taskQueue: this.#taskQueue,
        args: [{ shopId }],
      },
    }
    try {
      await this.#client.schedule.create(options)
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error
      const { spec, action, policies } = options
      await this.#client.schedule.getHandle(scheduleId).update((previous) => ({
        ...previous,
        spec,
        action,
        policies: { ...previous.policies, ...policies },
      }))
    }
  }

  async #remove(shopId: string): Promise<void> {
    try {
      await this.#client.schedule.getHandle(`${this.#prefix}${shopId}`).delete()
    } catch (error) {
      // Another worker was first.
      if (!(error instanceof ScheduleNotFoundError)) throw error
    }
  }
}

function offsetMs(shopId: string, everySeconds: number): number {
  return (createHash('sha256').update(shopId).digest().readUInt32BE() % everySeconds) * 1000
}
