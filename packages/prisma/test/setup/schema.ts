import { readFileSync } from 'node:fs'

/** The SQL that the package ships. */
export const SCHEMA_SQL: string = readFileSync(new URL('../../sql/postgresql.sql', import.meta.url), 'utf8')

/** Empties every table of the package. */
export const DELETE_ALL = `
  DELETE FROM authcore_session; DELETE FROM authcore_api_key; DELETE FROM authcore_signing_key_ring;
  DELETE FROM authcore_revocation; DELETE FROM authcore_one_time; DELETE FROM authcore_rate_limit;
  DELETE FROM authcore_document;`
