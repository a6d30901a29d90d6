// Generates the Prisma client of the benchmarks into src/database/dist, unless nothing has changed since it last did.
// Works without a network: neither generating nor the client needs an engine.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { resolve } = createRequire(import.meta.url)
const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const TARGET = join(PACKAGE, 'src/database/dist')
const STAMP = join(TARGET, 'stamp')
const OWN_SCHEMA = join(PACKAGE, 'src/database/schema.prisma')
const SHIPPED_SCHEMA = join(resolve('@authcore/prisma/package.json'), '../prisma/authcore.prisma')
const PRISMA_MANIFEST = resolve('prisma/package.json')

const stamp = hash([OWN_SCHEMA, SHIPPED_SCHEMA, PRISMA_MANIFEST, fileURLToPath(import.meta.url)])
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp) {
  generate()
  writeFileSync(STAMP, stamp)
}

/** A schema folder: our own file beside the one that the package ships, as its README has it. */
function generate() {
  const schema = join(TARGET, 'schema')
  rmSync(TARGET, { recursive: true, force: true })
  mkdirSync(schema, { recursive: true })
  cpSync(OWN_SCHEMA, join(schema, 'schema.prisma'))
  cpSync(SHIPPED_SCHEMA, join(schema, 'authcore.prisma'))
  const program = join(PRISMA_MANIFEST, '..', JSON.parse(readFileSync(PRISMA_MANIFEST, 'utf8')).bin.prisma)
  execFileSync(process.execPath, [program, 'generate', '--schema', schema], {
    cwd: PACKAGE,
    // generating uses no engine, but looks for one and would download it
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** @param {readonly string[]} files */
function hash(files) {
  const digest = createHash('sha256')
  for (const file of files) digest.update(readFileSync(file)).update('\0')
  return digest.digest('hex')
}
