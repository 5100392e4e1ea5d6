import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure, Loading } from '../components/states.tsx'

/** While the code of a screen is on its way. */
export function RoutePending() {
  return <Loading />
}

/** A screen that threw: a bug of ours, or a part of an older release that is not there any more. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} onRetry={reset} />
}
