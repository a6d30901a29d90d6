import ts from 'typescript'

/**
 * @typedef {object} ModuleReference
 * @property {string | undefined} specifier `undefined` when it is computed
 * @property {ts.Node} node
 */

/**
 * Every place where a file names another module: import and export declarations, `import()`, `require()`,
 * `import x = require()` and import types.
 *
 * @param {ts.SourceFile} syntax
 * @returns {ModuleReference[]}
 */
export function moduleReferences(syntax) {
  /** @type {ModuleReference[]} */
  const found = []
  visit(syntax)
  return found

  /** @param {ts.Node} node */
  function visit(node) {
    const expression = moduleExpression(node)
    if (expression) found.push({ specifier: literalText(expression), node })
    ts.forEachChild(node, visit)
  }
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node | undefined}
 */
function moduleExpression(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node)) return node.argument
  if (ts.isCallExpression(node) && isModuleCall(node)) return node.arguments[0]
  return undefined
}

/** @param {ts.CallExpression} call */
function isModuleCall(call) {
  const callee = call.expression
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}

/**
 * @param {ts.Node} node
 * @returns {string | undefined}
 */
function literalText(node) {
  if (ts.isLiteralTypeNode(node)) return literalText(node.literal)
  return ts.isStringLiteralLike(node) ? node.text : undefined
}
