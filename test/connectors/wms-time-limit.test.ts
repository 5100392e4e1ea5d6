import { expect, test } from 'vitest'
import { allRows, inReadOnlyTransaction, type Session } from '../../connectors/wms/session.ts'

/** A connection that says which server it leads to, and keeps what it was asked. */
function connectionTo(version: string): Session & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    query: ({ sql }, done) => {
      asked.push(sql)
      done(null, sql === 'SELECT VERSION()' ? [[version]] : {})
    },
  }
}

test.each([
  { version: '8.0.44', limit: 'SET SESSION max_execution_time = 1500' },
  { version: '8.4.7-commercial', limit: 'SET SESSION max_execution_time = 1500' },
  { version: '5.7.44-log', limit: 'SET SESSION max_execution_time = 1500' },
  { version: '5.5.5-10.6.22-MariaDB', limit: 'SET SESSION max_statement_time = 1.5' },
  { version: '11.8.3-MariaDB-1+deb13u1', limit: 'SET SESSION max_statement_time = 1.5' },
])(
  'a server $version is told how long a statement may take, in its own words and before it is asked for stock',
  async ({ version, limit }) => {
    const connection = connectionTo(version)
    await inReadOnlyTransaction(connection, 1.5, (session) => allRows(session, 'SELECT stock'))
    expect(connection.asked).toEqual([
      'SELECT VERSION()',
      limit,
      'SET SESSION TRANSACTION READ ONLY',
      'START TRANSACTION READ ONLY',
      'SELECT stock',
      'COMMIT',
    ])
  },
)
