import { readSignInProblem } from '../../../domain/return-path.ts'

/** What became of a sign-in at the company's provider, as the address says that this page was opened with; null: nothing. */
export const arrivalProblem = takeSignInProblem()

/** Takes it out of the address, so that nobody is told twice, and before the router does, which drops what no screen knows. */
function takeSignInProblem() {
  const { pathname, search, hash } = window.location
  const { problem, path } = readSignInProblem(`${pathname}${search}${hash}`)
  if (problem !== null) window.history.replaceState(window.history.state, '', path)
  return problem
}
