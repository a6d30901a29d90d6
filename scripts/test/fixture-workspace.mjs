import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkBoundaries } from '../boundaries/check-boundaries.mjs'

/** A small workspace in which every rule holds. */
const CLEAN = {
  'packages/core/package.json': JSON.stringify({
    name: '@authcore/core',
    exports: { '.': './dist/index.js', './jwt': './dist/jwt.js' },
    imports: { '#crypto': { node: './dist/crypto/node.js', default: './dist/crypto/web.js' } },
    dependencies: { jose: '^6' },
  }),
  'packages/core/src/index.ts': "export { verifyJws } from './jws/verify.js'\n",
  'packages/core/src/crypto/node.ts': [
    "import { verify } from 'node:crypto'",
    'export const backend = { check: verify, now: () => Date.now() }',
    '',
  ].join('\n'),
  'packages/core/src/crypto/web.ts':
    'export const backend = { check: crypto.subtle.verify, now: () => Date.now() }\n',
  'packages/core/src/jws/types.ts': [
    'export interface VerificationKey { verify(input: string): boolean | Promise<boolean> }',
    'export interface SigningKey { sign(input: string): Promise<string> }',
    'export const importKey = async (): Promise<VerificationKey> => ({ verify: () => true })',
    '',
  ].join('\n'),
  'packages/core/src/jws/verify.ts': [
    "import type { VerificationKey } from './types.js'",
    'export const verifyJws = (token: string, key: VerificationKey) => key.verify(token)',
    '',
  ].join('\n'),
  'packages/core/src/ports/defaults.ts': 'export const systemClock = (): number => Date.now()\n',
  'packages/http/package.json': JSON.stringify({
    name: '@authcore/http',
    exports: { '.': './dist/index.js' },
    dependencies: { '@authcore/core': 'workspace:^' },
  }),
  'packages/http/src/index.ts': "export { verifyJws } from '@authcore/core'\n",
  'apps/demo/package.json': JSON.stringify({
    name: '@authcore/demo',
    dependencies: { '@authcore/core': 'workspace:*' },
  }),
  'apps/demo/src/main.ts': "import '@authcore/core/jwt'\nconsole.log(process.argv, new Date())\n",
}

/**
 * Checks the clean workspace with some files added or replaced.
 *
 * @param {Record<string, string>} changes path to content
 * @returns {string[]} one `file:line rule` for every violation
 */
export function violationsWith(changes) {
  const root = mkdtempSync(join(tmpdir(), 'authcore-boundaries-'))
  try {
    for (const [path, content] of Object.entries({ ...CLEAN, ...changes })) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return checkBoundaries(root).violations.map(({ file, line, rule }) => `${file}:${line} ${rule}`)
  } finally {
    rmSync(root, { recursive: true })
  }
}
