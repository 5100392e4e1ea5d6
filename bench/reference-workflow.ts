import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import type { ReferenceActivities } from './reference-activities.ts'

/**
 * What the orders of the benchmark are held against: a workflow with the outline of an order (a deadline, two facts
 * from outside, five notes of how far it has come, two waits for somebody outside) and nothing in it. It makes exactly
 * this many history events; the benchmark checks it. Changing it makes earlier figures meaningless.
 */
export const REFERENCE_EVENTS = 33

/** A fact from outside. Each is sent when the workflow waits for it, so that none shares a task with another. */
export const factSignal = defineSignal<['paid' | 'packed']>('fact')

const { note } = proxyLocalActivities<ReferenceActivities>({ startToCloseTimeout: '5s' })
const { askOutside } = proxyActivities<ReferenceActivities>({ startToCloseTimeout: '30s' })

/** started 1 · per task 3 · local activity 1 · timer 1 + 1 · signal 1 · activity 3 · completed 1 */
export async function reference(id: string): Promise<void> {
  const facts = new Set<string>()
  setHandler(factSignal, (fact) => {
    facts.add(fact)
  })
  await note(id, 'placed')
  const deadline = new CancellationScope()
  deadline
    .run(() => sleep('1 hour'))
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error
    })
  await condition(() => facts.has('paid'))
  await note(id, 'paid')
  deadline.cancel()
  await condition(() => facts.has('packed'))
  await note(id, 'packed')
  await askOutside()
  await note(id, 'in_transit')
  await askOutside()
  await note(id, 'delivered')
  await note(id, 'completed')
}

/** The least that a workflow can be, for the time that starting one takes. */
export async function nothing(): Promise<void> {}
