import ts from 'typescript'
import { violationAt } from './workspace.mjs'

/**
 * @typedef {import('./workspace.mjs').SourceFile} SourceFile
 * @typedef {import('./workspace.mjs').Violation} Violation
 */

/** Time, randomness, network and output are injected; only the defaults of the ports and the backends touch them. */
const EXEMPT = /^src\/(ports\/defaults\.ts$|crypto\/)/

/** Signatures are made with the runtime's `crypto.subtle` there. */
const MAY_USE_SUBTLE = /^src\/jws\//

const FORBIDDEN = new Set([
  'performance',
  'process',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'Buffer',
  'require',
  'Deno',
  'Bun',
])
const GLOBAL_OBJECTS = new Set(['globalThis', 'self', 'window', 'global'])

/** Members of otherwise harmless globals. */
const FORBIDDEN_MEMBERS = /** @type {Record<string, readonly string[]>} */ ({
  Date: ['now'],
  Math: ['random'],
  AbortSignal: ['timeout'],
})

/**
 * Core reaches no clock, randomness, network, environment or output of its own.
 *
 * @param {{ files: SourceFile[], checker: ts.TypeChecker }} core
 * @returns {Violation[]}
 */
export function checkCoreGlobals({ files, checker }) {
  return files.filter(({ inPackage }) => !EXEMPT.test(inPackage)).flatMap(file => checkFile(file, checker))
}

/**
 * @param {SourceFile} file
 * @param {ts.TypeChecker} checker
 * @returns {Violation[]}
 */
function checkFile(file, checker) {
  /** @type {Violation[]} */
  const violations = []
  visit(file.syntax)
  return violations

  /** @param {ts.Node} node */
  function visit(node) {
    const message = isAmbientValue(node)
      ? 'an ambient declaration hides a global'
      : ts.isIdentifier(node) && isGlobalReference(node, checker)
        ? globalProblem(node, file)
        : undefined
    if (message) violations.push(violationAt(file, node, 'core-globals', message))
    ts.forEachChild(node, child => {
      if (!isTypeOnly(child)) visit(child)
    })
  }
}

/** @param {ts.Node} node */
function isTypeOnly(node) {
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)
}

/** @param {ts.Node} node */
function isAmbientValue(node) {
  if (!ts.isVariableStatement(node) && !ts.isFunctionDeclaration(node) && !ts.isModuleDeclaration(node)) {
    return false
  }
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false
}

/**
 * @param {ts.Identifier} node
 * @param {ts.TypeChecker} checker
 */
function isGlobalReference(node, checker) {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false
  if (ts.isMetaProperty(parent)) return false
  if (node.text === 'globalThis') return true
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(node)
  // unresolved: a global of the runtime; declared outside of the sources: a global of the language
  return symbol?.declarations?.every(declaration => declaration.getSourceFile().isDeclarationFile) ?? true
}

/**
 * @param {ts.Identifier} node
 * @param {SourceFile} file
 * @returns {string | undefined}
 */
function globalProblem(node, file) {
  // globalThis.name is judged as the name alone
  if (GLOBAL_OBJECTS.has(node.text)) {
    const name = memberName(node)
    if (name === undefined) return `'${node.text}' as a value hides what is taken from it`
    return nameProblem(name, node.parent, file)
  }
  return nameProblem(node.text, node, file)
}

/**
 * @param {string} name
 * @param {ts.Node} expression the whole expression that stands for the global
 * @param {SourceFile} file
 * @returns {string | undefined}
 */
function nameProblem(name, expression, file) {
  if (FORBIDDEN.has(name)) {
    const isSubtle = name === 'crypto' && memberName(expression) === 'subtle'
    return isSubtle && MAY_USE_SUBTLE.test(file.inPackage) ? undefined : `'${name}' must come through a port`
  }
  const members = FORBIDDEN_MEMBERS[name]
  if (!members) return undefined
  if (name === 'Date' && isDateWithoutNow(expression)) return undefined
  const member = memberName(expression)
  if (member === undefined) return `'${name}' must come through a port`
  return members.includes(member) ? `'${name}.${member}' must come through a port` : undefined
}

/**
 * `new Date(instant)` and `value instanceof Date` ask no clock.
 *
 * @param {ts.Node} expression
 */
function isDateWithoutNow(expression) {
  const { parent } = expression
  if (ts.isNewExpression(parent) && parent.expression === expression) {
    const [first] = parent.arguments ?? []
    return first !== undefined && !ts.isSpreadElement(first)
  }
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
}

/**
 * @param {ts.Node} object
 * @returns {string | undefined} `undefined` when it is not one constant member that is read
 */
function memberName(object) {
  const { parent } = object
  if (ts.isPropertyAccessExpression(parent) && parent.expression === object) return parent.name.text
  if (ts.isElementAccessExpression(parent) && parent.expression === object) {
    return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : undefined
  }
  return undefined
}
