import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure, Loading, Offline } from '../components/states.tsx'

/** While the code of a screen is on its way. */
export function RoutePending() {
  return <Loading />
}

/** A screen that threw: a bug of ours, a part that cannot be fetched for now, or one of an older release that is not there any more. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  if (!navigator.onLine) return <Offline onBack={() => window.location.reload()} />
  return <Failure error={error} onRetry={reset} />
}
