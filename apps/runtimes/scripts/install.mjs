import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { APP, PLACE, ROOT } from './places.mjs'
import { readPublishedPackages } from './published-packages.mjs'
import { runProgram } from './run-program.mjs'

/**
 * Installs the runtimes, and our packages as they would be published.
 *
 * @returns {Promise<void>}
 */
export async function install() {
  mkdirSync(PLACE, { recursive: true })
  await installRuntimes()
  await installPackages()
}

/** Almost 1 GB, so only when the list has changed. */
async function installRuntimes() {
  const list = readFileSync(join(APP, 'runtimes.json'), 'utf8')
  const place = join(PLACE, 'runtimes')
  const stamp = join(place, '.installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === list) return
  console.log('Installing the runtimes (almost 1 GB; kept for the next run) ...')
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const manifest = { private: true, dependencies: JSON.parse(list) }
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
  await runProgram('npm', NPM_INSTALL, { cwd: place })
  writeFileSync(stamp, list)
}

/** Packed with the versions that a publication would write, then installed by npm from the files. */
async function installPackages() {
  const tarballs = join(PLACE, 'tarballs')
  rmSync(tarballs, { recursive: true, force: true })
  mkdirSync(tarballs)
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const published = readPublishedPackages()
  for (const { directory } of published) {
    await runProgram('npx', ['--yes', packageManager, 'pack', '--pack-destination', tarballs], {
      cwd: directory,
    })
  }
  const files = readdirSync(tarballs)
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(tarballs, file)))
  const place = join(PLACE, 'packages')
  const stamp = join(place, '.installed')
  const digest = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place)
  const own = Object.fromEntries(files.map(file => [nameOf(file), `file:../tarballs/${file}`]))
  // whoever uses a package has the framework that it imports
  const peers = Object.assign({}, ...published.map(each => each.peers))
  // ours are not in the registry: whoever depends on one gets the packed one
  const dependencies = { ...own, ...peers }
  const manifest = { private: true, type: 'module', dependencies, overrides: own }
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
  await runProgram('npm', [...NPM_INSTALL, '--legacy-peer-deps'], { cwd: place })
  writeFileSync(stamp, digest)
}

const NPM_INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']

/** @param {string} file such as `authcore-core-0.0.0.tgz` */
function nameOf(file) {
  return file.replace(/^authcore-(.*)-\d+\.\d+\.\d+\.tgz$/, '@authcore/$1')
}
