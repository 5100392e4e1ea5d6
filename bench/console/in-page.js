// Runs in the page that is looked at, before anything of it, so that times are the page's own and not those of whoever asks.
const measured = { usableAtMs: null, turnedMs: null, awaitUse, awaitTurn }
window.measured = measured

/**
 * Tells when rows are shown and a key has had its effect, in ms since the navigation began.
 *
 * @param row selects a row of the list
 * @param marked selects what is there once the key was heard
 */
function awaitUse({ row, marked }) {
  let isHeard = false
  const look = () => {
    if (isHeard && document.querySelector(marked)) {
      measured.usableAtMs = performance.now()
      return
    }
    if (!isHeard && document.querySelector(row)) isHeard = press('j')
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Whether somebody took the key for theirs. */
function press(key) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  return !document.body.dispatchEvent(event)
}

/** Tells how long after the last click or key other rows are shown, and no more are on their way. */
function awaitTurn() {
  const rows = () => Array.from(document.querySelectorAll('tr.row-opens a'), ({ href }) => href).join()
  const before = rows()
  let actedAtMs = null
  const note = ({ timeStamp }) => {
    actedAtMs = timeStamp
  }
  addEventListener('click', note, true)
  addEventListener('keydown', note, true)
  const look = () => {
    const isBusy = document.querySelector('.list-rows')?.getAttribute('aria-busy') !== 'false'
    if (actedAtMs !== null && !isBusy && rows() !== before) {
      measured.turnedMs = performance.now() - actedAtMs
      return
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
