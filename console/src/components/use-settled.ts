import { useEffect, useState } from 'react'

/** Between two letters of somebody who types. */
const PAUSE_MS = 300

/** A value as soon as it has stayed the same for a moment: what is asked of the API by it is asked once, not at each letter. */
export function useSettled<Value>(value: Value, pauseMs = PAUSE_MS): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs)
    return () => clearTimeout(timer)
  }, [value, pauseMs])
  return settled
}
