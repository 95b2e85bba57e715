import { fileURLToPath } from 'node:url'
import { type JsonSchema, schemaOfType } from '../scripts/schema-of-type.ts'

/** The text of `schemas/snapshot.schema.json`. */
export function snapshotSchema(): JsonSchema {
  const file = fileURLToPath(new URL('../src/audit/saved-snapshot.ts', import.meta.url))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'The file that `kysely-tenants audit --snapshot` saves',
    description:
      'Written by `npm run docs` from `SnapshotFile` in src/audit/saved-snapshot.ts. `version` changes whenever a release reads more facts.',
    ...schemaOfType(file, 'SnapshotFile'),
  }
}
