import ts from 'typescript'
import { violationAt } from './workspace.mjs'

/**
 * @typedef {import('./workspace.mjs').SourceFile} SourceFile
 * @typedef {import('./workspace.mjs').Violation} Violation
 */

const MAY_SIGN = /^src\/(jws|crypto)\//
const KEY_METHODS = new Set(['sign', 'verify'])
const NODE_SIGNATURE_NAME = /^(create)?(sign|verify)$/i
const JOSE_SIGNATURE_NAME = /(Verify|Sign|SignJWT|UnsecuredJWT)$/

/**
 * One folder makes and checks signatures; everything else asks it.
 *
 * Looks for `subtle`, for the signature functions of node:crypto and jose, and for the `sign` and `verify` of the
 * keys that the folder hands out.
 *
 * @param {{ files: SourceFile[], checker: ts.TypeChecker }} core
 * @returns {Violation[]}
 */
export function checkCoreSignatures({ files, checker }) {
  const keyFiles = new Set(files.filter(isSignatureFile).map(({ syntax }) => syntax))
  return files.filter(file => !isSignatureFile(file)).flatMap(file => checkFile(file, checker, keyFiles))
}

/** @param {SourceFile} file */
function isSignatureFile({ inPackage }) {
  return MAY_SIGN.test(inPackage)
}

/**
 * @param {SourceFile} file
 * @param {ts.TypeChecker} checker
 * @param {Set<ts.SourceFile>} keyFiles
 * @returns {Violation[]}
 */
function checkFile(file, checker, keyFiles) {
  /** @type {Violation[]} */
  const violations = []
  visit(file.syntax)
  return violations

  /** @param {ts.Node} node */
  function visit(node) {
    const name = importedSignature(node) ?? memberSignature(node, checker, keyFiles)
    if (name) violations.push(violationAt(file, node, 'core-signatures', `'${name}' belongs into src/jws`))
    ts.forEachChild(node, visit)
  }
}

/**
 * `import { verify } from 'node:crypto'`, `export { jwtVerify } from 'jose'`, `import * as jose from 'jose'`.
 *
 * @param {ts.Node} node
 * @returns {string | undefined}
 */
function importedSignature(node) {
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) {
    const name = (node.propertyName ?? node.name).text
    return signaturePattern(node)?.test(name) ? name : undefined
  }
  // with the whole module every function of it could be called under any name
  if (ts.isNamespaceImport(node) || ts.isNamespaceExport(node)) {
    return signaturePattern(node) && `* as ${node.name.text}`
  }
  return undefined
}

/**
 * @param {ts.Node} node
 * @returns {RegExp | undefined}
 */
function signaturePattern(node) {
  const declaration = ts.findAncestor(
    node,
    ancestor => ts.isImportDeclaration(ancestor) || ts.isExportDeclaration(ancestor),
  )
  if (!declaration || !(ts.isImportDeclaration(declaration) || ts.isExportDeclaration(declaration)))
    return undefined
  const specifier = declaration.moduleSpecifier
  if (!specifier || !ts.isStringLiteral(specifier)) return undefined
  if (/^(node:)?crypto$/.test(specifier.text)) return NODE_SIGNATURE_NAME
  return /^jose(\/|$)/.test(specifier.text) ? JOSE_SIGNATURE_NAME : undefined
}

/**
 * `key.verify(...)`, `key['sign']`, `const { verify } = key`, `crypto.subtle`.
 *
 * @param {ts.Node} node
 * @param {ts.TypeChecker} checker
 * @param {Set<ts.SourceFile>} keyFiles
 * @returns {string | undefined}
 */
function memberSignature(node, checker, keyFiles) {
  const member = readMember(node)
  if (!member) return undefined
  const { name, object } = member
  if (name === 'subtle') return name
  if (!KEY_METHODS.has(name)) return undefined
  const declarations = checker.getTypeAtLocation(object).getProperty(name)?.declarations ?? []
  return declarations.some(declaration => keyFiles.has(declaration.getSourceFile())) ? name : undefined
}

/**
 * @param {ts.Node} node
 * @returns {{ name: string, object: ts.Node } | undefined}
 */
function readMember(node) {
  if (ts.isPropertyAccessExpression(node)) return { name: node.name.text, object: node.expression }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return { name: node.argumentExpression.text, object: node.expression }
  }
  // the type of a pattern is the type of what is taken apart
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    return { name: (node.propertyName ?? node.name).getText(), object: node.parent }
  }
  return undefined
}
