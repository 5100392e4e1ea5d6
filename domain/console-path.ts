/** Where the API and its pages answer: what is unknown there is a problem, never a page of the console. */
const NOT_PAGES = /^\/(v1|docs|codec|assets|metrics|healthz|readyz|openapi\.json)(\/|$)/

/** Whether an address that somebody opens is a page of the console: all that the API does not answer by itself. */
export function isConsolePage(path: string): boolean {
  return !NOT_PAGES.test(path)
}
