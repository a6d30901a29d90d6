/**
 * @typedef {object} Requirement
 * @property {string} id
 * @property {string} summary in our own words
 * @property {number} [level] of the standard
 * @property {string} [responsible] who sees to it instead, a colon, and how: `application: owns its pages`
 * @property {string} [gap] what is not covered, in plain words
 *
 * @typedef {object} Standard
 * @property {string} prefix of the ids in tags
 * @property {string} title
 * @property {string} url
 * @property {{ title: string, requirements: Requirement[] }[]} chapters
 *
 * @typedef {import('./find-tags.mjs').Tag} Tag
 */

const HEAD = `# Which requirement is proved where

Each requirement stands here with the tests that prove it, with who sees to it instead, or with what is not covered. The
summaries are ours; the standards themselves are behind the links. This page is written by \`npm run trace\` from
[requirements.json](requirements.json) and from the comments \`// covers ASVS-9.1.1\` above the tests, and the test run fails
when it is not what they say. A test that is named here passes in every run: there are no skipped tests among them.
`

/**
 * Puts requirements and tags together.
 *
 * @param {readonly Standard[]} standards
 * @param {readonly Tag[]} tags
 * @returns {string} Markdown
 */
export function renderTrace(standards, tags) {
  const proofs = groupTags(tags)
  const parts = standards.map(standard => renderStandard(standard, proofs))
  return `${[HEAD, renderSummary(standards, proofs), ...parts].join('\n')}`
}

/**
 * What is wrong with the requirements and the tags.
 *
 * @param {readonly Standard[]} standards
 * @param {readonly Tag[]} tags
 * @returns {string[]}
 */
export function findTraceProblems(standards, tags) {
  const proofs = groupTags(tags)
  const requirements = new Map(
    standards.flatMap(({ prefix, chapters }) =>
      chapters.flatMap(chapter => chapter.requirements.map(entry => [`${prefix}-${entry.id}`, entry])),
    ),
  )
  const unknown = tags
    .filter(({ requirement }) => !requirements.has(requirement))
    .map(({ requirement, file }) => `${file}: ${requirement} is not in the list of requirements`)
  const unclear = [...requirements].flatMap(([id, { responsible, gap }]) => {
    const isProved = proofs.has(id)
    if (!isProved && responsible === undefined && gap === undefined) {
      return [`${id}: no test covers it, nobody is named as responsible, and no gap is stated`]
    }
    return isProved && gap !== undefined ? [`${id}: a test covers it and a gap is stated`] : []
  })
  return [...unknown, ...unclear]
}

/**
 * @param {readonly Tag[]} tags
 * @returns {Map<string, Tag[]>}
 */
function groupTags(tags) {
  /** @type {Map<string, Tag[]>} */
  const groups = new Map()
  for (const tag of tags) groups.set(tag.requirement, [...(groups.get(tag.requirement) ?? []), tag])
  return groups
}

/**
 * @param {readonly Standard[]} standards
 * @param {Map<string, Tag[]>} proofs
 */
function renderSummary(standards, proofs) {
  const rows = standards.map(({ prefix, title, chapters }) => {
    const all = chapters.flatMap(({ requirements }) => requirements)
    const proved = all.filter(({ id }) => proofs.has(`${prefix}-${id}`))
    const gaps = all.filter(({ gap }) => gap !== undefined)
    const others = all.length - proved.length - gaps.length
    return `| ${title} | ${all.length} | ${proved.length} | ${others} | ${gaps.length} |`
  })
  return [
    '| | requirements | proved by tests | seen to by others | not covered |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/**
 * @param {Standard} standard
 * @param {Map<string, Tag[]>} proofs
 */
function renderStandard({ prefix, title, url, chapters }, proofs) {
  const tables = chapters.map(chapter => {
    const rows = chapter.requirements.map(
      entry =>
        `| ${entry.id} | ${entry.level ?? ''} | ${entry.summary} | ${renderAnswer(entry, proofs.get(`${prefix}-${entry.id}`))} |`,
    )
    return [`### ${chapter.title}`, '', '| | level | requirement | |', '|---|---|---|---|', ...rows, ''].join(
      '\n',
    )
  })
  return [`## [${title}](${url})`, '', ...tables].join('\n')
}

/**
 * @param {Requirement} requirement
 * @param {readonly Tag[]} [tags]
 */
function renderAnswer({ responsible, gap }, tags = []) {
  const proofs = tags.map(({ file, title }) => `[${escapeMarkdown(title)}](../../${file})`)
  const others = responsible === undefined ? [] : [renderResponsible(responsible)]
  const gaps = gap === undefined ? [] : [`**not covered**: ${gap}`]
  return [...proofs, ...others, ...gaps].join('<br>')
}

/** @param {string} responsible */
function renderResponsible(responsible) {
  const [who = '', ...how] = responsible.split(':')
  return `**${who}**:${how.join(':')}`
}

/** @param {string} title */
function escapeMarkdown(title) {
  return title.replace(/[\\|[\]<>`*_]/g, '\\$&')
}
