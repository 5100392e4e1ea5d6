import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure, Loading } from '../components/states.tsx'

/** While the code of a screen is on its way. */
export function RoutePending() {
  return <Loading />
}

/** A screen that threw: a bug of ours, or a part of a new release that this old page asks for in vain. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} onRetry={reset} />
}
