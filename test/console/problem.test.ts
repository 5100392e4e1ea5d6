import { expect, test } from 'vitest'
import { Problem, problemOf, readProblem, unreachable } from '../../console/src/api/problem.ts'

test('a problem of the API keeps its code, both titles, its fields and the number of the request', async () => {
  const body = {
    code: 'invalid-request',
    title: 'The request is not valid',
    titleZh: '请求无效',
    detail: 'see errors',
    todo: 'Mend the fields',
    errors: [{ field: 'limit', message: 'is too large' }, 'nonsense'],
  }
  const headers = { 'x-request-id': 'r-1', 'content-type': 'application/problem+json' }
  const problem = await readProblem(new Response(JSON.stringify(body), { status: 400, headers }))
  expect(problem).toMatchObject({
    code: 'invalid-request',
    status: 400,
    title: { en: 'The request is not valid', zh: '请求无效' },
    requestId: 'r-1',
    fields: [{ field: 'limit', message: 'is too large' }],
    passes: false,
  })
})

test('an answer that is none of the API’s is a problem all the same', async () => {
  const problem = await readProblem(new Response('<h1>Bad gateway</h1>', { status: 502 }))
  expect(problem).toMatchObject({ code: 'http-502', status: 502, passes: true })
})

test('silence passes, a bug of the console does not', () => {
  expect(unreachable(new TypeError('fetch failed'))).toMatchObject({ code: 'unreachable', passes: true })
  expect(problemOf(new RangeError('oops'))).toMatchObject({ code: 'console-error', passes: false })
  const known = new Problem({ code: 'x', status: 404, title: { zh: '', en: '' }, detail: '' })
  expect(problemOf(known)).toBe(known)
})
