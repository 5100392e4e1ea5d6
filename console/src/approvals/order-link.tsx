import { Link } from '@tanstack/react-router'

/** An order by the end of its id; only a text for whoever may not open it. */
export function OrderLink({ orderId, isPlain = false }: { orderId: string; isPlain?: boolean }) {
  const text = orderId.slice(-12)
  if (isPlain) return <span className="code">{text}</span>
  return (
    <Link to="/orders/$orderId" params={{ orderId }} className="code" title={orderId}>
      {text}
    </Link>
  )
}
