/** An address of the console, which somebody wanted to see before they had signed in. */
const MOST_CHARACTERS = 1_000
/** Any: only whether it is left matters. */
const HERE = 'http://here.invalid'

/**
 * Where somebody goes after signing in: a page of this console and of nothing else, whatever a link said. What is none, or is an
 * address of the API, is the first page.
 */
export function safeReturnPath(wanted: string | undefined): string {
  // A browser reads a backslash as a slash, and leaves out tabs and line ends: `/\evil` and `/<tab>/evil` name hosts.
  const isPath = wanted !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)
  if (!isPath || wanted.length > MOST_CHARACTERS || !URL.canParse(wanted, HERE)) return '/'
  const { origin, pathname, search, hash } = new URL(wanted, HERE)
  const isElsewhere = origin !== HERE || pathname.startsWith('//') || /^\/(v1|docs)(\/|$)/.test(pathname)
  return isElsewhere ? '/' : `${pathname}${search}${hash}`
}

/** Why a sign-in at the company's provider came to nothing: not believed, no account here, nobody answered. */
const SIGN_IN_PROBLEMS = ['refused', 'unknown', 'unavailable'] as const
type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number]

const PARAMETER = 'signIn'

/** The same page of the console, told what became of the sign-in. */
export function withSignInProblem(path: string, problem: SignInProblem): string {
  const { pathname, search, hash } = new URL(path, HERE)
  const query = new URLSearchParams(search)
  query.set(PARAMETER, problem)
  return `${pathname}?${query}${hash}`
}

/** What a page's address says of a sign-in, and the address without it. */
export function readSignInProblem(path: string): { problem: SignInProblem | null; path: string } {
  const { pathname, search, hash } = new URL(path, HERE)
  const query = new URLSearchParams(search)
  const problem = SIGN_IN_PROBLEMS.find((each) => each === query.get(PARAMETER)) ?? null
  query.delete(PARAMETER)
  const rest = query.toString()
  return { problem, path: problem === null ? path : `${pathname}${rest === '' ? '' : `?${rest}`}${hash}` }
}
