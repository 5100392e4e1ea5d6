import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'

/**
 * The types of an OpenAPI document's paths, as `openapi-fetch` wants them. Here and not in `scripts/`, because the generator
 * needs the TypeScript of the console's packages: the one that checks the rest has no programming interface.
 */
export async function typesOf(document: unknown): Promise<string> {
  const succeeding = JSON.parse(JSON.stringify(document, leaveOutFailures)) as OpenAPI3 // the generator checks that it is one
  return astToString(await openapiTS(succeeding, { alphabetize: true, silent: true }))
}

/** Every operation fails in the same way, which the client throws as a `Problem`: said 200 times, it is nine tenths of the document. */
function leaveOutFailures(name: string, value: unknown): unknown {
  return name === '4XX' || name === '5XX' ? undefined : value
}
