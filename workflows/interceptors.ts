import type { Headers, WorkflowInterceptorsFactory } from '@temporalio/workflow'

/** The header in which Temporal's OpenTelemetry interceptors of client and worker pass a trace context on. */
const TRACE_HEADER = '_tracer-data'

/**
 * Hands the trace of whatever moved the order last (its creation, a message, a command) to the activities that follow
 * from it: one trace from the HTTP request to its effects.
 *
 * No spans are made inside the workflow. The library's own workflow interceptor does, and ends them while an evicted
 * workflow is taken apart, which brings down the whole worker; docs/adr/0009 has the story.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let trace: Headers = {}
  const remember = (headers: Headers) => {
    const context = headers[TRACE_HEADER]
    if (context) trace = { [TRACE_HEADER]: context }
  }
  const withTrace = <Input extends { headers: Headers }>(input: Input): Input => ({
    ...input,
    headers: { ...trace, ...input.headers },
  })
  return {
    inbound: [
      {
        execute(input, next) {
          remember(input.headers)
          return next(input)
        },
        handleSignal(input, next) {
          remember(input.headers)
          return next(input)
        },
        handleUpdate(input, next) {
          remember(input.headers)
          return next(input)
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(withTrace(input)),
        scheduleLocalActivity: (input, next) => next(withTrace(input)),
        continueAsNew: (input, next) => next(withTrace(input)),
      },
    ],
  }
}
