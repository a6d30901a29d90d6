// Generates the clients that the tests use, of Prisma 7 and of Prisma 6, from the schema that the package ships.
// Works without a network: neither generating nor the generated clients need an engine.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const SCHEMA = join(PACKAGE, 'prisma/authcore.prisma')
const TARGET = join(PACKAGE, 'test/dist')

const CLIENTS = [
  { name: 'prisma-7', program: 'prisma', runtime: '@prisma/client', engine: '', datasource: '' },
  {
    name: 'prisma-6',
    program: 'prisma-6',
    runtime: '@prisma/client-6',
    engine: 'engineType = "client"',
    datasource: 'url = "postgresql://unused"',
  },
]

for (const client of CLIENTS) {
  const stamp = stampOf(client)
  if (readStamp(client) === stamp) continue
  publish(client, generate(client), stamp)
}

/** @param {typeof CLIENTS[number]} client */
function generate({ name, program, runtime, engine, datasource }) {
  const folder = join(TARGET, `.${name}-${process.pid}`)
  mkdirSync(join(folder, 'schema'), { recursive: true })
  // a schema folder, as in the README: the shipped file as it is, beside one with the rest
  cpSync(SCHEMA, join(folder, 'schema/authcore.prisma'))
  writeFileSync(
    join(folder, 'schema/schema.prisma'),
    `generator client {
  provider            = "prisma-client"
  output              = "../client"
  importFileExtension = "js"
  ${engine}
}

datasource db {
  provider = "postgresql"
  ${datasource}
}
`,
  )
  execFileSync(process.execPath, [programOf(program), 'generate', '--schema', join(folder, 'schema')], {
    cwd: PACKAGE,
    // generating uses no engine, but looks for one and would download it
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (const file of sourcesIn(join(folder, 'client'))) compile(file, runtime)
  return folder
}

/** @param {string} program */
function programOf(program) {
  const manifest = join(PACKAGE, 'node_modules', program, 'package.json')
  return join(manifest, '..', JSON.parse(readFileSync(manifest, 'utf8')).bin.prisma)
}

/**
 * Two versions of one package stand side by side under two names, and tests also run in plain Node.
 *
 * @param {string} file
 * @param {string} runtime
 */
function compile(file, runtime) {
  const source = readFileSync(file, 'utf8').replaceAll('"@prisma/client/', `"${runtime}/`)
  writeFileSync(file, source)
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  writeFileSync(file.replace(/\.ts$/, '.js'), outputText)
}

/** @param {string} folder */
function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file))
}

/**
 * Puts it in place in one step. Another task may be doing the same, or be reading what it has put there already.
 *
 * @param {typeof CLIENTS[number]} client
 * @param {string} folder
 * @param {string} stamp
 */
function publish(client, folder, stamp) {
  writeFileSync(join(folder, 'stamp'), stamp)
  const place = join(TARGET, client.name)
  const outdated = `${folder}-outdated`
  if (existsSync(place) && readStamp(client) !== stamp) renameSync(place, outdated)
  try {
    renameSync(folder, place)
  } catch (error) {
    if (readStamp(client) !== stamp) throw error
  }
  for (const rest of [folder, outdated]) rmSync(rest, { recursive: true, force: true })
}

/** @param {typeof CLIENTS[number]} client */
function readStamp({ name }) {
  const file = join(TARGET, name, 'stamp')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** @param {typeof CLIENTS[number]} client */
function stampOf({ program }) {
  const hash = createHash('sha256')
  for (const file of [
    SCHEMA,
    fileURLToPath(import.meta.url),
    join(PACKAGE, 'node_modules', program, 'package.json'),
  ]) {
    hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}
