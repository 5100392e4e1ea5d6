import { useEffect } from 'react'

/** For what is taken out of the page when it closes: the focus goes back to what opened it, and not to the top of the page. */
export function useFocusBack(): void {
  useEffect(() => {
    const opener = document.activeElement
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
}
