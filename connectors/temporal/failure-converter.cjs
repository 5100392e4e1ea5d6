// Loaded by path, by the client, the worker and the workflow bundle alike, which is why it is CommonJS.
const { DefaultFailureConverter } = require('@temporalio/common')

/** Messages and stack traces of failures may quote data: they go into the encrypted attributes. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
