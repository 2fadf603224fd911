// validate.js ROOT: the action and the workflows of the project by GitHub's own language service, and
// what that does not look at: inputs, outputs, variables and steps that nobody declares or uses.
import { readFileSync, readdirSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';

register('./json_hook.js', import.meta.url);
const { validate } = await import('@actions/languageservice');
const { TextDocument } = await import('vscode-languageserver-textdocument');

const root = process.argv[2];
const read = (path) => readFileSync(join(root, path), 'utf8');
let failed = 0;
function check(name, complaints) {
  console.log(`${complaints.length === 0 ? 'ok' : 'FAILED'}: ${name}`);
  for (const complaint of complaints) console.log(`  ${complaint}`);
  failed += complaints.length === 0 ? 0 : 1;
}

// --- The language service ----------------------------------------------------------------------

const actionText = read('github-action/action.yml');
const action = parse(actionText);
// Of actions of others: the inputs that are used here, each looked up in their documentation.
const kOthers = {
  'actions/attest-build-provenance': ['subject-path'],
  'actions/cache': ['path', 'key'],
  'actions/checkout': ['persist-credentials'],
  'actions/download-artifact': ['name', 'path'],
  'actions/upload-artifact': ['name', 'path', 'if-no-files-found'],
};
const kOutputsOfOthers = { 'actions/cache/restore': ['cache-hit'] };
const actionsMetadataProvider = {
  fetchActionMetadata: async ({ owner, name }) => {
    if (name === 'sefaca') return action;
    const inputs = kOthers[`${owner}/${name}`];
    return inputs && { name, description: name,
      inputs: Object.fromEntries(inputs.map((one) => [one, { description: one }])) };
  },
};
let documents = 0;
async function complaints(path, text) {
  // The service keeps what it read by this name.
  const document = TextDocument.create(`file:///${++documents}/${path}`, 'yaml', 1, text);
  const found = await validate(document, { actionsMetadataProvider });
  return found.map(({ range, message }) => `${path}:${range.start.line + 1}: ${message}`);
}

const workflows = ['.github/workflows', 'examples/github-action/.github/workflows']
  .flatMap((directory) => readdirSync(join(root, directory)).map((name) => `${directory}/${name}`));
check('action.yml', await complaints('action.yml', actionText));
for (const workflow of workflows) check(workflow, await complaints(workflow, read(workflow)));
const steps = [...read('docs/ci.md').matchAll(/```yaml\n(- [^]*?)```/g)].map((match) => match[1]).join('');
const page = `on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n${steps.replace(/^/gm, '      ')}`;
check('the steps of docs/ci.md', await complaints('.github/workflows/page.yml', page));

// That it finds what it is asked to find.
const finds = async (name, path, text) =>
  check(`it finds ${name}`, (await complaints(path, text)).length > 0 ? [] : ['it did not']);
await finds('an input of no name', '.github/workflows/x.yml',
  page.replace('preset: compiler', 'prest: compiler'));
await finds('a context that there is not', 'action.yml',
  actionText.replace('inputs.preset', 'input.preset'));
await finds('a step without a shell', 'action.yml', actionText.replace('      shell: sh\n', ''));
await finds('a key of no name', '.github/workflows/x.yml', page.replace('runs-on', 'run-on'));

// --- What is declared and used -----------------------------------------------------------------

// Of an action's text: what is used and not declared, declared and not used.
function strangers(text, scripts) {
  const { inputs, outputs, runs } = parse(text);
  const out = [];
  const ids = new Map(runs.steps.filter(({ id }) => id).map((step) => [step.id, step]));
  const script = (step) => scripts[/\/([a-z]+\.sh)"/.exec(step.run ?? '')?.[1]] ?? '';
  const used = new Set();
  for (const [, name] of text.matchAll(/\binputs\.([a-z-]+)/g)) {
    used.add(name);
    if (!(name in inputs)) out.push(`inputs.${name} is not declared`);
  }
  for (const name of Object.keys(inputs).filter((one) => !used.has(one)))
    out.push(`nobody uses the input ${name}`);
  for (const [, id, kind, name] of text.matchAll(/\bsteps\.([a-z]+)\.(outcome|outputs)(?:\.([a-z-]+))?/g)) {
    if (!ids.has(id)) out.push(`there is no step ${id}`);
    else if (kind === 'outputs' && kOutputsOfOthers[ids.get(id).uses?.split('@')[0]]?.includes(name)) continue;
    else if (kind === 'outputs' && !new RegExp(`(output |["' ]|echo )${name}[ =]`).test(script(ids.get(id))))
      out.push(`step ${id} has no output ${name}`);
  }
  for (const [name, { value }] of Object.entries(outputs)) {
    if (!/steps\./.test(value)) out.push(`the output ${name} has no value`);
  }
  for (const step of runs.steps.filter(({ run }) => run)) {
    if (/\$\{\{/.test(step.run)) out.push(`step ${step.id}: an expression in a script`);
    const code = script(step);
    const given = Object.keys(step.env ?? {});
    for (const name of given.filter((one) => one.startsWith('SEFACA_') && !code.includes(one)))
      out.push(`step ${step.id}: ${name} is given and not used`);
  }
  // Each variable that a script reads is given by a step that runs it.
  for (const [name, code] of Object.entries(scripts)) {
    const given = new Set(runs.steps.filter(({ run }) => run?.includes(name))
      .flatMap(({ env }) => Object.keys(env ?? {})));
    for (const [, variable] of code.matchAll(/\$\{?(SEFACA_(?:INPUT_[A-Z_]+|PREFIX|FROM|VERSION|REPOSITORY|LOG))\b(?!:-)/g))
      if (!given.has(variable)) out.push(`${name}: $${variable} is given by no step`);
  }
  return out;
}

const scripts = Object.fromEntries(['install.sh', 'run.sh', 'report.sh']
  .map((name) => [name, read(`github-action/${name}`)]));
check('inputs, outputs, variables and steps fit', strangers(actionText, scripts));
for (const [what, from, to] of [
  ['an input that is not declared', 'inputs.preset', 'inputs.presets'],
  ['an output of a step that it has not', 'outputs.prefix', 'outputs.prefx'],
  ['a step that there is not', 'steps.find', 'steps.fnd'],
  ['an expression in a script', 'run: exec sh', 'run: ${{ inputs.run }} exec sh'],
  ['a variable that nobody gives', 'SEFACA_INPUT_LEVEL:', 'SEFACA_INPUT_LEVL:'],
]) {
  check(`the check finds ${what}`,
    strangers(actionText.replace(from, to), scripts).length > 0 ? [] : ['it did not']);
}
const documented = read('docs/ci.md');
check('docs/ci.md has every input and output',
  [...Object.keys(action.inputs), ...Object.keys(action.outputs)].filter((name) => !documented.includes(`\`${name}\``)));
process.exitCode = failed === 0 ? 0 : 1;
