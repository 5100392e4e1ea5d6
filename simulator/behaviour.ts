import { z } from 'zod'

/**
 * How a system of the outside world answers. `down`: 503 before anything happened. `refuse`: a final no, 422.
 * `slow`: right, but late. `timeout-after-applying`: it happened, and the answer was lost on the way.
 */
const mode = z.enum(['ok', 'down', 'refuse', 'slow', 'timeout-after-applying'])
export type Mode = z.output<typeof mode>

const SYSTEMS = ['payment', 'pda', 'courier', 'mall'] as const
export type System = (typeof SYSTEMS)[number]

const rate = z.number().min(0).max(1)
const nextModes = z.array(mode).max(1_000).optional()

/** The body of `POST /control/behaviour`; what is left out stays as it is. */
export const behaviourBody = z.strictObject({
  payment: mode.optional(),
  pda: mode.optional(),
  courier: mode.optional(),
  mall: mode.optional(),
  /** How each system answers its next calls, one after the other, before it goes back to its mode. */
  next: z
    .strictObject({ payment: nextModes, pda: nextModes, courier: nextModes, mall: nextModes })
    .optional(),
  /** Of pick tasks that come up short, of parcels that are lost or come back, of parcels whose courier is away for a while. */
  rates: z
    .strictObject({
      shortPick: rate.optional(),
      lost: rate.optional(),
      returned: rate.optional(),
      courierTrouble: rate.optional(),
    })
    .optional(),
  pickingSeconds: z.number().min(0).max(86_400).optional(),
  deliverySeconds: z.number().min(0).max(2_592_000).optional(),
})
export type BehaviourChange = z.output<typeof behaviourBody>

/** What holds for tasks and parcels that begin now; those under way keep what they began with. */
export type Pace = {
  shortPick: number
  lost: number
  returned: number
  courierTrouble: number
  pickingSeconds: number
  deliverySeconds: number
}

/** How the outside world behaves at the moment. */
export class Behaviour {
  pace: Pace
  readonly #modes: Record<System, Mode> = { payment: 'ok', pda: 'ok', courier: 'ok', mall: 'ok' }
  readonly #next: Record<System, Mode[]> = { payment: [], pda: [], courier: [], mall: [] }

  constructor(pace: Pick<Pace, 'pickingSeconds' | 'deliverySeconds'>) {
    this.pace = { shortPick: 0, lost: 0, returned: 0, courierTrouble: 0, ...pace }
  }

  change(change: BehaviourChange): void {
    for (const system of SYSTEMS) {
      this.#modes[system] = change[system] ?? this.#modes[system]
      this.#next[system] = [...(change.next?.[system] ?? this.#next[system])]
    }
    const { rates } = change
    const before = this.pace
    this.pace = {
      shortPick: rates?.shortPick ?? before.shortPick,
      lost: rates?.lost ?? before.lost,
      returned: rates?.returned ?? before.returned,
      courierTrouble: rates?.courierTrouble ?? before.courierTrouble,
      pickingSeconds: change.pickingSeconds ?? before.pickingSeconds,
      deliverySeconds: change.deliverySeconds ?? before.deliverySeconds,
    }
  }

  /** How a system treats the call that has just come. */
  take(system: System): Mode {
    return this.#next[system].shift() ?? this.#modes[system]
  }

  describe() {
    return { ...this.#modes, next: this.#next, ...this.pace }
  }
}
