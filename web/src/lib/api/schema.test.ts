import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript';
import { expect, it } from 'vitest';
import document from '../../../openapi.json?raw';
import schema from './schema.d.ts?raw';

it('the client knows the server as it describes itself; `npm run api` brings it up to date', { timeout: 60_000 }, async () => {
  const fresh = COMMENT_HEADER + astToString(await openapiTS(JSON.parse(document) as OpenAPI3, { defaultNonNullable: false }));
  // Not the whole of both, which nobody would read.
  expect(schema === fresh).toBe(true);
});
