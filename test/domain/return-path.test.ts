import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSignInProblem, safeReturnPath, withSignInProblem } from '../../domain/return-path.ts'

test.each([
  ['/orders?status=paid', '/orders?status=paid'],
  ['/orders/a%20b#x', '/orders/a%20b#x'],
  ['/', '/'],
])('%s is a page of the console', (wanted, path) => {
  expect(safeReturnPath(wanted)).toBe(path)
})

test.each([
  undefined,
  '',
  'orders',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/v1/session/oidc',
  '/orders\n',
  `/${'x'.repeat(1_001)}`,
])('%o leads to the first page', (wanted) => {
  expect(safeReturnPath(wanted)).toBe('/')
})

test('no text leads to another host', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    'evil.example',
    '@',
    ':',
    '\t',
    '%2f',
    '?',
    '#',
    'http:',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = safeReturnPath(`/${pieces.join('')}`)
      expect(new URL(path, 'https://hub.example').origin).toBe('https://hub.example')
      expect(path.startsWith('/') && !path.startsWith('//')).toBe(true)
    }),
  )
})

test.each([
  ['/', '/?signIn=refused'],
  ['/orders?status=paid#x', '/orders?status=paid&signIn=refused#x'],
  ['/?signIn=unknown', '/?signIn=refused'],
])('what became of a sign-in is said at %s, and can be taken away again', (path, told) => {
  expect(withSignInProblem(path, 'refused')).toBe(told)
  const read = readSignInProblem(told)
  expect([read.problem, readSignInProblem(read.path).problem]).toEqual(['refused', null])
})

test('an address that says nothing of a sign-in is left as it is', () => {
  for (const path of ['/orders?q=a%20b', '/?signIn=something', '/wall#x'])
    expect(readSignInProblem(path)).toEqual({ problem: null, path })
})
