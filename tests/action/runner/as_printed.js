// Workflows as they are printed: the specification's two CI examples, docs/ci.md's, and the one of
// examples/github-action.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { action, check, finish, freshDirectory, job, settings, tree } from './cases.js';

const kProject = {
  Makefile: 'build: made\nmade: a.c\n\tcc -o $@ a.c\ntest: build\n\t./made\n\ttouch ../outside\n',
  'a.c': '#include <stdio.h>\nint main(void) { puts("it runs"); }\n',
};
const kSpecification = `# GitHub Actions
- name: Safe Build
  run: SEFACA run --preset=compiler --timeout=300 'make build'
  
- name: Safe Test
  run: SEFACA run --preset=testing --timeout=600 'make test'`;

{
  const steps = `- uses: actions/checkout@v4\n${action('install', { 'install-only': true })}\n${kSpecification}\n` +
    '- id: shown\n  if: always()\n  uses: OWNER/sefaca/github-action@v1';
  const bare = await job({ repository: tree(kProject), steps: '- uses: actions/checkout@v4\n- run: make test' });
  check('the project: bare, its test writes outside', bare.conclusion === 'success');
  const one = await job({ repository: tree(kProject), steps });
  check("the specification's Safe Build", one.step('Safe Build').outcome === 'success' &&
    existsSync(join(one.workspace, 'made')));
  check("the specification's Safe Test runs the test", one.says(/^it runs$/));
  check('… and stops what it does outside', one.step('Safe Test').outcome === 'failure');
  check('… both are in the report', /2 runs, 1 failed/.test(one.step('shown').summary) &&
    /outside/.test(one.step('shown').summary));
}

// --- docs/ci.md --------------------------------------------------------------------------------

{
  const page = readFileSync(join(settings.action, 'docs/ci.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1])
    .filter((block) => /^- /.test(block)).map((block) => block.replace(/^/gm, '').trimEnd());
  check('docs/ci.md has examples', blocks.length === 2);
  const one = await job({ repository: tree({ ...kProject, Makefile: kProject.Makefile.replace('\ttouch ../outside\n', ''),
    'scripts/lint.sh': '#!/bin/sh\necho linted\n' }),
    steps: `- uses: actions/checkout@v4\n${blocks.join('\n')}` });
  check("docs/ci.md's examples run as printed", one.conclusion === 'success' && one.says(/^linted$/) &&
    one.says(/^it runs$/));
}

// --- examples/github-action --------------------------------------------------------------------

{
  const workflow = readFileSync(
    join(settings.examples, 'github-action/.github/workflows/pull-request.yml'), 'utf8');
  const project = (test) => tree({
    'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nenable_testing()\n' +
      'add_executable(p p.c)\nadd_test(NAME p COMMAND p)\n',
    'p.c': `#include <stdio.h>\n#include <stdlib.h>\nint main(void) { ${test} return 0; }\n`,
    'scripts/lint.sh': '#!/bin/sh\ncat "$HOME/.ssh/id_ed25519" || echo "linted"\n',
  });
  // Installs nothing: what it would install is there.
  const programs = freshDirectory();
  writeFileSync(join(programs, 'sudo'), '#!/bin/sh\necho "sudo $*"\n');
  chmodSync(join(programs, 'sudo'), 0o755);
  const environment = { PATH: `${programs}:${settings.path}`, HOME: process.env.HOME,
    CURL_CA_BUNDLE: settings.authority };
  mkdirSync(join(process.env.HOME, '.ssh'), { recursive: true });
  writeFileSync(join(process.env.HOME, '.ssh/id_ed25519'), 'a private key\n');
  const good = await job({ workflow, environment, repository: project('puts("tested");') });
  check('the example: a good pull request is green', good.conclusion === 'success');
  check('… built, tested, linted', good.says(/100% tests passed/) && good.says(/^linted$/));
  check('… its log is an artifact', existsSync(join(good.temporary, '../../artifacts/sefaca-log/sefaca.jsonl')));
  check('… no key is read', !good.says(/a private key/));
  const hostile = await job({ workflow, environment,
    repository: project('FILE *f = fopen(getenv("HOME") ? "../../../../stolen" : "", "w"); if (f) return 1;') });
  check('the example: a test that writes outside, green by itself, fails', hostile.conclusion === 'failure' &&
    hostile.step('Test').outputs['exit-code'] === '0' && Number(hostile.step('Test').outputs.violations) >= 1);
  check('… its log is an artifact all the same',
    existsSync(join(hostile.temporary, '../../artifacts/sefaca-log/sefaca.jsonl')));
  check('… the steps after it are skipped', hostile.step('Lint').outcome === 'skipped');
}
finish();
