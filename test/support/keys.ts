/** Payload keys of the tests; recorded histories are sealed with them. Worth nothing anywhere else. */
export const TEST_PAYLOAD_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`
