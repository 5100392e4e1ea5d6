import { useEffect, useRef } from 'react'
import { isTyping } from '../components/keyboard.ts'
import { Wedge } from './wedge.ts'

/** Hears a scanner wherever the focus is, but in a field: there it types, and the field takes it. */
export function useScanner(onCode: (code: string) => void): void {
  const latest = useRef(onCode)
  latest.current = onCode
  useEffect(() => {
    const wedge = new Wedge((code) => latest.current(code))
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      // Enter at the end of a code would press the button that has the focus.
      if (wedge.key(event.key, event.timeStamp)) event.preventDefault()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
}
