import { Link } from '@tanstack/react-router'

/** The order that an entry of a log is about: found in the list of orders by the platform's number. */
export function OrderOfLog({ platformOrderId }: { platformOrderId: string | null }) {
  if (platformOrderId === null) return <span className="quiet">–</span>
  return (
    <Link to="/orders" search={{ externalOrderId: platformOrderId }} className="code">
      {platformOrderId}
    </Link>
  )
}
