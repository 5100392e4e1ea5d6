import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { bundleWorkflowCode } from '@temporalio/worker'
import { failureConverterPath } from '../connectors/temporal/data-converter.ts'

/** Long enough to tell two bundles apart, short enough to read in Temporal Web. */
const BUILD_ID_CHARACTERS = 16

export type WorkflowBundle = { code: string; buildId: string }

/** The workflow code as one piece, built from the sources. Takes seconds: done once, before the worker starts. */
export async function buildWorkflowBundle(
  workflowsPath: string,
  interceptorsPath: string,
): Promise<WorkflowBundle> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath,
    workflowInterceptorModules: [interceptorsPath],
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  })
  return { code, buildId: buildIdOf(code) }
}

/** A bundle that was built before, with the same build id on every machine. */
export async function readWorkflowBundle(path: string): Promise<WorkflowBundle> {
  const code = await readFile(path, 'utf8')
  return { code, buildId: buildIdOf(code) }
}

/** The hash of the program. The source map holds folders of the machine that built it and stays out. */
export function buildIdOf(code: string): string {
  const map = code.lastIndexOf('\n//# sourceMappingURL=')
  return createHash('sha256')
    .update(map < 0 ? code : code.slice(0, map))
    .digest('hex')
    .slice(0, BUILD_ID_CHARACTERS)
}
