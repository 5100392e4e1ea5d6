import type { Client } from '@temporalio/client'
import { v7 as uuid } from 'uuid'
import { factSignal } from './reference-workflow.ts'
import type { StepListener } from './step-listener.ts'

/** Drives reference workflows from start to end. */
export class ReferenceLife {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #steps: StepListener

  constructor(deps: { client: Client; taskQueue: string; steps: StepListener }) {
    this.#client = deps.client
    this.#taskQueue = deps.taskQueue
    this.#steps = deps.steps
  }

  /** One workflow; returns its id when it has ended. */
  async live(): Promise<string> {
    const id = `reference:${uuid()}`
    const isPlaced = this.#steps.reached(id, 'placed')
    const isPaid = this.#steps.reached(id, 'paid')
    const handle = await this.#client.workflow.start('reference', {
      taskQueue: this.#taskQueue,
      workflowId: id,
      args: [id],
    })
    await isPlaced
    await handle.signal(factSignal, 'paid')
    await isPaid
    await handle.signal(factSignal, 'packed')
    await handle.result()
    return id
  }

  /** Milliseconds that one call takes which starts the least of all workflows. */
  async startNothing(): Promise<number> {
    const from = performance.now()
    await this.#client.workflow.start('nothing', {
      taskQueue: this.#taskQueue,
      workflowId: `nothing:${uuid()}`,
    })
    return performance.now() - from
  }
}
