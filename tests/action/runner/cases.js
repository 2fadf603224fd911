// What the cases share: a job on this test's own server of releases, and what is checked of it.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { runJob } from './job.js';

// What the shell script around says: {server, authority, action, examples, version, path}.
export const settings = JSON.parse(process.env.SEFACA_TEST_SETTINGS);

let failed = 0;
let last = null;

export function check(name, holds) {
  console.log(`${holds ? 'ok' : 'FAILED'}: ${name}`);
  if (holds) return;
  ++failed;
  if (last) console.log(last.log.map((line) => `  log: ${line}`).join('\n'));
}

export function finish() {
  process.exitCode = failed === 0 ? 0 : 1;
}

export const freshDirectory = () => mkdtempSync(join(process.cwd(), 'job-'));

// A directory with these files: {path: content}.
export function tree(files) {
  const top = freshDirectory();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return top;
}

// Runs the job `steps` (YAML, a list) or the whole `workflow`; other options are runJob's.
export async function job({ steps, head = '', ...options }) {
  const indented = (steps ?? '').trim().split('\n').map((line) => `      ${line}`).join('\n');
  const names = ['sefaca', 'changed', 'unnamed', 'none'];
  last = await runJob({
    workflow: `on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n${head}    steps:\n${indented}\n`,
    place: freshDirectory(),
    environment: { PATH: settings.path, HOME: process.env.HOME, LANG: 'C.UTF-8',
      CURL_CA_BUNDLE: settings.authority },
    actions: Object.fromEntries(names.map((name) => [`OWNER/${name}`, settings.action])),
    server: settings.server,
    cache: freshDirectory(),
    repository: tree({ 'a.txt': 'text\n' }),
    ...options,
  });
  last.step = (id) => {
    const all = (list) => list.flatMap((step) => [step, ...all(step.steps)]);
    return all(last.steps).find((step) => step.id === id || step.name === id);
  };
  last.says = (pattern) => last.log.some((line) => pattern.test(line));
  return last;
}

// A step that uses the action: its inputs as {name: value}.
export function action(id, inputs, more = '') {
  const lines = Object.entries(inputs).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  return [`- id: ${id}`, `  uses: OWNER/sefaca/github-action@v1`, ...(more ? [`  ${more}`] : []),
    ...(lines.length > 0 ? ['  with:', ...lines] : [])].join('\n');
}

export const annotationsOf = (step, type) => step.annotations.filter((one) => one.type === type);
