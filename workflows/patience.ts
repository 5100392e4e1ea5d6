import type { ActivityOptions, LocalActivityOptions } from '@temporalio/common'
import { isCancellation } from '@temporalio/workflow'

/** Two quick tries inside the workflow task; then the same call as a normal activity, for as long as it takes. */
export const QUICK = {
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 2, initialInterval: '200ms' },
} as const
export const PATIENT = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
} as const

type Callable<Options, Request, Result> = {
  executeWithOptions: (options: Options, args: [Request]) => Promise<Result>
}

/** First as a local activity, which costs one event; if the database does not answer, as one that waits for it. */
export async function tryQuickly<Request, Result>(
  quick: Callable<LocalActivityOptions, Request, Result>,
  patient: Callable<ActivityOptions, Request, Result>,
  request: Request,
  summary: string,
): Promise<Result> {
  try {
    return await quick.executeWithOptions({ ...QUICK, summary }, [request])
  } catch (error) {
    if (isCancellation(error)) throw error
    return await patient.executeWithOptions({ ...PATIENT, summary }, [request])
  }
}
