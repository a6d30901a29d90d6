/** The tables of `schema.prisma` that are the demo's own. */
export const DEMO_TABLES_SQL: string = `
BEGIN;
CREATE TABLE demo_user (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  roles TEXT[],
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX demo_user_created_at_idx ON demo_user (created_at);
CREATE TABLE demo_clock (
  id INTEGER NOT NULL PRIMARY KEY,
  latest_at BIGINT NOT NULL
);
COMMIT;`
